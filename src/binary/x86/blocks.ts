/** Basic blocks and edges of a function's instructions. */

import type { BasicBlock, Instruction } from '../instruction.ts';

export interface ControlFlow {
  blocks: BasicBlock[];
  /** True where an indirect jump through no known table leaves edges unknown. */
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

/**
 * `instructions` are in order of address. Jumps that leave them, or land inside one, make no edge.
 * @param tables where an indirect jump leads, by its index
 */
export function findBlocks(
  instructions: readonly Instruction[],
  tables: ReadonlyMap<number, readonly number[]> = new Map(),
): ControlFlow {
  const indexOf = new Map<number, number>();
  for (const [i, { address }] of instructions.entries()) indexOf.set(address, i);
  const isLeader = new Uint8Array(instructions.length + 1);
  isLeader[0] = 1;
  for (const [i, instruction] of instructions.entries()) {
    if (endsBlock(instruction)) isLeader[i + 1] = 1;
    if (instruction.flow === 'call') continue;
    const target = targetOf(instruction);
    for (const to of target === undefined ? (tables.get(i) ?? []) : [target]) {
      const index = indexOf.get(to);
      if (index !== undefined) isLeader[index] = 1;
    }
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
    const lastIndex = block.first + block.count - 1;
    const last = instructions[lastIndex];
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
      const targets = tables.get(lastIndex);
      if (!targets) incomplete = true;
      for (const to of targets ?? []) {
        const index = indexOf.get(to);
        // Each once already; `follow` would look through thousands for each.
        if (index !== undefined) block.successors.push(blockAt[index]);
      }
    } else if (flow !== 'return' && flow !== 'trap' && i + 1 < blocks.length) {
      follow(i + 1);
    }
  }
  return { blocks, incomplete };
}
