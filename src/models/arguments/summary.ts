/**
 * What a function's code says of its arguments before anything is known of the functions that it calls: for
 * each block the registers read and written between calls, for each call the registers that were set for it,
 * the stack arguments reached, and whether it saves registers as a variadic function does.
 */

import type { FunctionBody, Instruction } from '../../binary/instruction.ts';
import { hasImplicitEffects, INTEGER_MASK, RAX, registerEffects, VECTOR_MASK } from './registers.ts';
import { stackArgumentSlots } from './stack.ts';
import { variadicNamed } from './variadic.ts';

/** A run of instructions without a call, and the call that ends it. */
export interface Step {
  /** Registers read before the run writes them. */
  reads: number;
  /** Registers that the run writes. */
  writes: number;
  /** Index into `calls`; -1 where the run ends with its block. */
  call: number;
}

export interface OutgoingCall {
  /** Address called; 0 where it is not known. */
  target: number;
  /** Argument registers written since the last call and not read since: what the caller sets for the callee. */
  setup: number;
  /** A branch that may leave the function: where it does not, the registers are as they were. */
  conditional: boolean;
}

export interface ArgumentSummary {
  blocks: { steps: Step[]; successors: number[] }[];
  calls: OutgoingCall[];
  /** Stack slots of 8 bytes above the return address, counted up to the last one reached. */
  stackSlots: number;
  /** Named integer arguments of a function with a variadic prologue; null for others. */
  variadicNamed: number | null;
}

/** A call may change every register that carries arguments (psABI: all of them are caller-saved). */
export const CALL_WRITES = INTEGER_MASK | VECTOR_MASK | RAX;

/** Time and memory are linear in the number of instructions. */
export function summarise(body: FunctionBody): ArgumentSummary {
  const { instructions, blocks } = body;
  const calls: OutgoingCall[] = [];
  const predecessors = listPredecessors(body);
  // The targets of a jump table are blocks that nothing else leads to: the same with the table at hand or, as in
  // training, without.
  const tableTargets = predecessors.flatMap((list, block) => (block > 0 && list.length === 0 ? [block] : []));
  const pendingAtEnd = new Int32Array(blocks.length);
  const summaries = blocks.map(({ first, count, successors }, index) => {
    const steps: Step[] = [];
    let reads = 0;
    let writes = 0;
    // Set for a call, and not read since. A block with one way in goes on where that one ended.
    const before = predecessors[index];
    let pending = before.length === 1 && before[0] < index ? pendingAtEnd[before[0]] : 0;
    for (let i = first; i < first + count; i++) {
      const instruction = instructions[i];
      const effects = registerEffects(instruction);
      const read = effects & 0xffff;
      const written = effects >>> 16;
      reads |= read & ~writes;
      writes |= written;
      pending &= ~read;
      // A write on the side, like the remainder of a division, is rarely meant for a callee.
      if (!hasImplicitEffects(instruction)) pending |= written;
      const target = calledAddress(instruction, body, tableTargets.length > 0);
      if (target === undefined) continue;
      const conditional = instruction.flow === 'branch';
      steps.push({ reads, writes, call: calls.length });
      // Branches lead to cold parts of the function, for which nothing is set up.
      const setup = conditional ? 0 : pending & (INTEGER_MASK | VECTOR_MASK);
      calls.push({ target, setup, conditional });
      reads = writes = 0;
      if (!conditional) pending = 0;
    }
    steps.push({ reads, writes, call: -1 });
    pendingAtEnd[index] = pending;
    const byTable = instructions[first + count - 1].flow === 'indirect-jump';
    return { steps, successors: byTable ? tableTargets : successors };
  });
  return {
    blocks: summaries,
    calls,
    stackSlots: stackArgumentSlots(body),
    variadicNamed: variadicNamed(body),
  };
}

/** By direct jumps and by going on. */
function listPredecessors({ blocks, instructions }: FunctionBody): number[][] {
  const predecessors: number[][] = blocks.map(() => []);
  blocks.forEach(({ first, count, successors }, block) => {
    if (instructions[first + count - 1].flow === 'indirect-jump') return;
    for (const next of successors) predecessors[next].push(block);
  });
  return predecessors;
}

/** The address that is called, or jumped to for good; 0 where it is not known; undefined for what is no call. */
function calledAddress(
  { flow, operands }: Instruction,
  { instructions }: FunctionBody,
  hasTableTargets: boolean,
): number | undefined {
  const target = operands[0]?.kind === 'target' ? operands[0].address : 0;
  switch (flow) {
    case 'call':
    case 'indirect-call':
      return target;
    case 'indirect-jump':
      return hasTableTargets ? undefined : 0;
    case 'jump':
    case 'branch': {
      const inside =
        target >= instructions[0].address && target <= instructions[instructions.length - 1].address;
      return inside ? undefined : target;
    }
    default:
      return undefined;
  }
}
