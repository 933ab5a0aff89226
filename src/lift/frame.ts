/** Where the stack pointer and the frame pointer stand before each instruction, counted from the stack pointer at entry. */

import type { FunctionBody, Instruction } from '../binary/instruction.ts';
import { MNEMONIC_NAMES } from '../binary/x86/names.ts';
import { CALLEE_SAVED, CannotLift, RBP, RSP } from './code.ts';
import { REGISTER_PARTS } from './registers.ts';

export interface FramePointers {
  readonly rsp: number;
  /** Undefined where rbp is a register like others. */
  readonly rbp: number | undefined;
}

/** By index of the instruction; undefined for what is not reached. @throws CannotLift */
export function framePointers(
  body: Pick<FunctionBody, 'instructions' | 'blocks'>,
): (FramePointers | undefined)[] {
  const before = new Array<FramePointers | undefined>(body.instructions.length).fill(undefined);
  const open = [0];
  if (body.blocks.length === 0) throw new CannotLift('no code');
  before[0] = { rsp: 0, rbp: undefined };
  const done = new Set<number>();
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    if (done.has(b)) continue;
    done.add(b);
    const { first, count, successors } = body.blocks[b];
    let state = before[first]!;
    for (let i = first; i < first + count; i++) {
      before[i] = state;
      state = after(body.instructions[i], state);
    }
    for (const next of successors) {
      const start = body.blocks[next].first;
      const known = before[start];
      if (known === undefined) before[start] = state;
      else if (known.rsp !== state.rsp) throw new CannotLift('the stack has another depth on another path');
      else if (known.rbp !== state.rbp && known.rbp !== undefined) {
        // Seen again with less known of it.
        before[start] = { rsp: state.rsp, rbp: undefined };
        done.delete(next);
      }
      if (!done.has(next)) open.push(next);
    }
  }
  return before;
}

/**
 * Offsets at which registers are kept that the caller wants back: pushed, and popped from the same place. Where registers
 * are popped that somebody still reads, the reading is refused later, since a pop leaves them undefined.
 */
export function savedRegisters(
  { instructions }: FunctionBody,
  before: readonly (FramePointers | undefined)[],
): Set<string> {
  const pushed = new Set<string>();
  const saved = new Set<string>();
  for (const [i, { mnemonic, operands }] of instructions.entries()) {
    const [operand] = operands;
    const name = MNEMONIC_NAMES[mnemonic];
    const state = before[i];
    if (state === undefined) continue;
    const part = operand?.kind === 'register' ? REGISTER_PARTS[operand.register] : undefined;
    if (name === 'push' && part && CALLEE_SAVED.includes(part.variable))
      pushed.add(savedAt(part.variable, state.rsp - 8));
    if (name === 'pop' && part) saved.add(savedAt(part.variable, state.rsp));
    const restored = part && restoredFrom({ mnemonic, operands }, state);
    if (part && restored !== undefined) saved.add(savedAt(part.variable, restored));
    if (name === 'leave' && state.rbp !== undefined) saved.add(savedAt(RBP, state.rbp));
  }
  return new Set([...saved].filter((one) => pushed.has(one)));
}

/** `mov rbx, [rbp-8]`: the place in the frame that a whole register comes from. */
export function restoredFrom(
  { mnemonic, operands: [to, from] }: Pick<Instruction, 'mnemonic' | 'operands'>,
  { rbp }: FramePointers,
): number | undefined {
  if (MNEMONIC_NAMES[mnemonic] !== 'mov' || rbp === undefined) return undefined;
  if (to?.kind !== 'register' || REGISTER_PARTS[to.register]?.bits !== 64) return undefined;
  if (from?.kind !== 'memory' || from.index !== 0 || !isWhole(from.base, RBP)) return undefined;
  return rbp + from.displacement;
}

export function savedAt(variable: number, offset: number): string {
  return `${variable} at ${offset}`;
}

function after({ mnemonic, operands, flow }: Instruction, state: FramePointers): FramePointers {
  const { rsp, rbp } = state;
  const name = MNEMONIC_NAMES[mnemonic];
  const [to, from] = operands;
  const written = to?.kind === 'register' ? REGISTER_PARTS[to.register] : undefined;
  if (name === 'push') return { rsp: rsp - 8, rbp };
  if (name === 'pop') return { rsp: rsp + 8, rbp: written?.variable === RBP ? undefined : rbp };
  if (name === 'leave') {
    if (rbp === undefined) throw new CannotLift('leave without a known frame pointer');
    return { rsp: rbp + 8, rbp: undefined };
  }
  if (flow !== 'next' || name === 'cmp' || name === 'test') return state;
  if (written?.variable === RSP) {
    const moved = written.bits === 64 ? stackPointer(name, from, state) : undefined;
    if (moved === undefined) throw new CannotLift('the stack pointer moves by what is computed');
    return { rsp: moved, rbp };
  }
  if (written?.variable !== RBP) return state;
  const isCopy = name === 'mov' && from?.kind === 'register' && isWhole(from.register, RSP);
  return { rsp, rbp: isCopy ? rsp : undefined };
}

function stackPointer(
  name: string,
  from: Instruction['operands'][number] | undefined,
  { rsp, rbp }: FramePointers,
): number | undefined {
  if (from?.kind === 'immediate') {
    if (name === 'sub') return rsp - from.value;
    if (name === 'add') return rsp + from.value;
    return undefined;
  }
  if (from?.kind === 'register' && name === 'mov' && isWhole(from.register, RBP)) return rbp;
  if (from?.kind === 'memory' && name === 'lea' && from.index === 0) {
    if (isWhole(from.base, RSP)) return rsp + from.displacement;
    return isWhole(from.base, RBP) && rbp !== undefined ? rbp + from.displacement : undefined;
  }
  return undefined;
}

function isWhole(register: number, variable: number): boolean {
  const part = REGISTER_PARTS[register];
  return part?.variable === variable && part.bits === 64;
}
