/**
 * Arguments that come on the stack: slots of 8 bytes above the return address (System V psABI, section 3.2.3).
 * The distance of rsp and rbp from the value of rsp at the entry is followed through the control flow.
 */

import { Mnemonic, Register } from 'iced-x86';
import type { FunctionBody, Instruction } from '../../binary/instruction.ts';

const M: Readonly<Record<keyof typeof Mnemonic, number>> = Mnemonic;
const RSP: number = Register.RSP;
const RBP: number = Register.RBP;

/** The return address lies at distance 0, the first argument at 8. */
const FIRST_SLOT = 8;
/** More slots than this are a large structure passed by value, or a distance that went wrong. */
const MAX_SLOTS = 16;

/** Distances from rsp at the entry; NaN where not known. */
interface Frame {
  rsp: number;
  rbp: number;
}

/** @returns How many slots there are up to the last one that an instruction reads or writes. */
export function stackArgumentSlots({ instructions, blocks }: FunctionBody): number {
  if (blocks.length === 0) return 0;
  const entry: (Frame | undefined)[] = [{ rsp: 0, rbp: Number.NaN }];
  // Edges over a call come last: a callee that never returns leaves a false one.
  const sure = [0];
  const unsure: number[] = [];
  let slots = 0;
  for (let at = sure.pop(); at !== undefined; at = sure.pop() ?? unsure.pop()) {
    const { first, count, successors } = blocks[at];
    const frame = { ...entry[at]! };
    for (let i = first; i < first + count; i++) {
      slots = Math.max(slots, slotReached(instructions[i], frame));
      step(instructions[i], frame);
    }
    const { flow } = instructions[first + count - 1];
    for (const next of successors) {
      if (entry[next]) continue;
      entry[next] = frame;
      (flow === 'call' || flow === 'indirect-call' ? unsure : sure).push(next);
    }
  }
  return slots;
}

function slotReached({ mnemonic, operands }: Instruction, frame: Frame): number {
  // The address of a slot is taken for a structure, or by va_start.
  if (mnemonic === M.Lea) return 0;
  for (const operand of operands) {
    if (operand.kind !== 'memory' || operand.index !== 0) continue;
    if (operand.base !== RSP && operand.base !== RBP) continue;
    const base = operand.base === RSP ? frame.rsp : frame.rbp;
    const slot = Math.floor((base + operand.displacement - FIRST_SLOT) / 8);
    if (slot >= 0 && slot < MAX_SLOTS) return slot + 1;
  }
  return 0;
}

/** Follows rsp and rbp over one instruction. */
function step({ mnemonic, operands }: Instruction, frame: Frame): void {
  switch (mnemonic) {
    case M.Push:
      frame.rsp -= 8;
      return;
    case M.Pop:
      frame.rsp += 8;
      break;
    case M.Leave:
      frame.rsp = frame.rbp + 8;
      frame.rbp = Number.NaN;
      return;
    default:
  }
  if (operands.length === 0) return;
  const target = operands[0];
  if (target.kind !== 'register' || (target.register !== RSP && target.register !== RBP)) return;
  const value = assigned(mnemonic, target.register, operands.at(1), frame);
  if (target.register === RSP) frame.rsp = value;
  else if (mnemonic !== M.Cmp && mnemonic !== M.Test) frame.rbp = value;
}

/** The distance that rsp or rbp holds after an instruction that names it first. */
function assigned(
  mnemonic: number,
  register: number,
  source: Instruction['operands'][number] | undefined,
  frame: Frame,
): number {
  const distanceOf = (r: number): number => (r === RSP ? frame.rsp : r === RBP ? frame.rbp : Number.NaN);
  const own = distanceOf(register);
  if (mnemonic === M.Cmp || mnemonic === M.Test) return own;
  if (mnemonic === M.Mov && source?.kind === 'register') return distanceOf(source.register);
  if (mnemonic === M.Lea && source?.kind === 'memory' && source.index === 0) {
    return distanceOf(source.base) + source.displacement;
  }
  if (source?.kind !== 'immediate') return Number.NaN;
  if (mnemonic === M.Add) return own + source.value;
  return mnemonic === M.Sub ? own - source.value : Number.NaN;
}
