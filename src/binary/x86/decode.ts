/** x86-64 machine code to instructions: all of them, or what a sweep over much code looks at. */

import { Mnemonic, Register } from 'iced-x86';
import type { Budget } from '../budget.ts';
import type { Flow, Instruction, Operand } from '../instruction.ts';
import { bindOperands, type Form, unsignedAddress } from './forms.ts';
import { InstructionReader } from './reader.ts';

/**
 * Decodes `code` from its first byte to its last. A byte that begins no instruction becomes an INVALID
 * instruction of one byte, and decoding goes on after it, as objdump does.
 * @throws BinscribeError of kind `budget`.
 */
export function decode(code: Uint8Array, address: number, budget?: Budget): Instruction[] {
  const instructions: Instruction[] = [];
  walk(code, address, budget, (form, at) => {
    const { length, mnemonic, flow } = form;
    const operands = bindOperands(form, code, at, address);
    instructions.push({ address: address + at, length, mnemonic, operands, flow });
  });
  return instructions;
}

/** Where control goes by direct calls and jumps: all that function discovery needs, at several times the speed. */
export interface Transfer {
  from: number;
  to: number;
  flow: 'call' | 'jump' | 'branch';
}

export function scanTransfers(code: Uint8Array, address: number, budget?: Budget): Transfer[] {
  const transfers: Transfer[] = [];
  walk(code, address, budget, (form, at) => {
    const { flow } = form;
    if (flow === 'call' || flow === 'jump' || flow === 'branch') {
      transfers.push({ from: address + at, to: targetOf(bindOperands(form, code, at, address)), flow });
    }
  });
  return transfers;
}

/** An instruction as a sweep over all code looks at it; the object is reused. */
export interface Glance {
  address: number;
  length: number;
  flow: Flow;
  /** `nop` of any length, or `int3`: what stands between functions. */
  padding: boolean;
  /** `push rbp`, with which functions begin that keep a frame pointer. */
  pushesFrame: boolean;
  /** Where a direct call, jump or branch leads; of an indirect one through a fixed slot, the slot. Else -1. */
  target: number;
  /** The address that `lea` puts into a register; -1 where it puts none. */
  taken: number;
  /** The number that `mov` does, which is an address in programs that are not position-independent. */
  moved: number;
}

/** Looks at each instruction of `code`, at several times the speed of `decode`. @throws BinscribeError of kind `budget` */
export function scanCode(
  code: Uint8Array,
  address: number,
  budget: Budget,
  visit: (glance: Readonly<Glance>) => void,
): void {
  const glance: Glance = {
    address,
    length: 0,
    flow: 'next',
    padding: false,
    pushesFrame: false,
    target: -1,
    taken: -1,
    moved: -1,
  };
  walk(code, address, budget, (form, at) => {
    const { mnemonic, flow } = form;
    glance.address = address + at;
    glance.length = form.length;
    glance.flow = flow;
    glance.padding = mnemonic === Mnemonic.Nop || mnemonic === Mnemonic.Int3;
    glance.pushesFrame = mnemonic === Mnemonic.Push && isFramePointer(form.operands[0]);
    const operands = (): readonly Operand[] => bindOperands(form, code, at, address);
    glance.target = flow === 'next' || flow === 'return' || flow === 'trap' ? -1 : targetOf(operands());
    glance.taken = mnemonic === Mnemonic.Lea ? fixedAddress(operands()[1]) : -1;
    glance.moved = mnemonic === Mnemonic.Mov ? movedNumber(operands()[1]) : -1;
    visit(glance);
  });
}

function isFramePointer(operand: Operand): boolean {
  return operand.kind === 'register' && operand.register === Register.RBP;
}

function targetOf([operand]: readonly Operand[]): number {
  return operand.kind === 'target' ? operand.address : fixedAddress(operand);
}

function fixedAddress(operand: Operand): number {
  return operand.kind === 'memory' && operand.ripRelative ? unsignedAddress(operand.displacement) : -1;
}

function movedNumber(operand: Operand): number {
  return operand.kind === 'immediate' && operand.size === 4 ? operand.value >>> 0 : -1;
}

/**
 * The size in bytes of a function of which only the start is known: up to the first instruction that nothing
 * follows and that no earlier jump leads past. At most `code.length`.
 */
export function measureExtent(code: Uint8Array, address: number, budget?: Budget): number {
  let reached = address;
  let size = 0;
  walk(code, address, budget, (form, at) => {
    const { flow } = form;
    size = at + form.length;
    if (flow === 'jump' || flow === 'branch') {
      const target = targetOf(bindOperands(form, code, at, address));
      if (target < address + code.length) reached = Math.max(reached, target);
    }
    const ends = flow === 'jump' || flow === 'indirect-jump' || flow === 'return' || flow === 'trap';
    return ends && reached < address + size ? STOP : undefined;
  });
  return size;
}

const STOP = true;

/** How many instructions are paid for at a time: a spend would cost as much as a decoding. */
const PAID_AT_ONCE = 32;

/** Calls `visit` for each instruction until it returns `STOP`. */
function walk(
  code: Uint8Array,
  address: number,
  budget: Budget | undefined,
  visit: (form: Form, at: number) => typeof STOP | undefined | void,
): void {
  const reader = new InstructionReader(code, address);
  let unpaid = 0;
  try {
    for (let at = 0; at < code.length;) {
      if (++unpaid === PAID_AT_ONCE) {
        unpaid = 0;
        budget?.spend('instructions', PAID_AT_ONCE);
      }
      const form = reader.read(at);
      if (visit(form, at) === STOP) break;
      at += form.length;
    }
    budget?.spend('instructions', unpaid);
  } finally {
    reader.free();
  }
}
