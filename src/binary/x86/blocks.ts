/** Basic blocks and edges of a function's instructions. */

import type { BasicBlock, Instruction } from '../instruction.ts';

export interface ControlFlow {
  blocks: BasicBlock[];
  /** True where an indirect jump leaves edges unknown. */
  incomplete: boolean;
}

/** What ends a block. A call does not: control comes back. */
function endsBlock(instruction: Instruction): boolean {
  const { flow } = instruction;
  return flow !== 'next' && flow !== 'call' && flow !== 'indirect-call';
}

/** The direct target of a call, jump or branch. */
export function targetOf(instruction: Instruction): number | undefined {
  const operand = instruction.operands[0];
  return operand?.kind === 'target' ? operand.address : undefined;
}

/** `instructions` are in order of address. Jumps that leave them, or land inside one, make no edge. */
export function findBlocks(instructions: readonly Instruction[]): ControlFlow {
  const indexOf = new Map<number, number>();
  for (const [i, { address }] of instructions.entries()) indexOf.set(address, i);
  const isLeader = new Uint8Array(instructions.length + 1);
  isLeader[0] = 1;
  for (const [i, instruction] of instructions.entries()) {
    if (endsBlock(instruction)) isLeader[i + 1] = 1;
    if (instruction.flow === 'call') continue;
    const target = targetOf(instruction);
    const index = target === undefined ? undefined : indexOf.get(target);
    if (index !== undefined) isLeader[index] = 1;
  }
  const blocks: BasicBlock[] = [];
  const blockAt = new Int32Array(instructions.length).fill(-1);
  for (let first = 0; first < instructions.length;) {
    let end = first + 1;
    while (end < instructions.length && !isLeader[end]) end++;
    blockAt[first] = blocks.length;
    blocks.push({ start: instructions[first].address, first, count: end - first, successors: [] });
    first = end;
  }
  let incomplete = false;
  for (const [i, block] of blocks.entries()) {
    const last = instructions[block.first + block.count - 1];
    const { flow } = last;
    const follow = (index: number | undefined): void => {
      if (index !== undefined && index >= 0 && !block.successors.includes(index))
        block.successors.push(index);
    };
    if (flow === 'jump' || flow === 'branch') {
      const index = indexOf.get(targetOf(last) ?? -1);
      if (flow === 'branch' && i + 1 < blocks.length) follow(i + 1);
      if (index !== undefined) follow(blockAt[index]);
    } else if (flow === 'indirect-jump') {
      incomplete = true;
    } else if (flow !== 'return' && flow !== 'trap' && i + 1 < blocks.length) {
      follow(i + 1);
    }
  }
  return { blocks, incomplete };
}
