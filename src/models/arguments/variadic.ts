/**
 * Variadic functions save all the registers that may hold arguments, so reading a register tells nothing there.
 * But va_start writes down where the unnamed ones begin: `gp_offset`, 8 bytes for each named integer argument,
 * next to `fp_offset`, 48 where no vector register is named (System V psABI, section 3.5.7).
 */

import { Mnemonic, Register } from 'iced-x86';
import type { FunctionBody, Instruction } from '../../binary/instruction.ts';

const M: Readonly<Record<keyof typeof Mnemonic, number>> = Mnemonic;
const AL: number = Register.AL;
const ORDER: readonly number[] = [
  Register.RDI,
  Register.RSI,
  Register.RDX,
  Register.RCX,
  Register.R8,
  Register.R9,
];

/** Registers are saved, and `al` (the number of vector arguments) is tested, within this many instructions. */
const PROLOGUE = 40;
const FIRST_VECTOR_OFFSET = 48;
const WORD = 2 ** 32;

/**
 * How many integer arguments a variadic function names; null for a function that is not variadic or hides it
 * (one that never calls va_start saves nothing).
 */
export function variadicNamed({ instructions }: FunctionBody): number | null {
  const saved = firstSaved(instructions.slice(0, PROLOGUE));
  if (saved === null && !instructions.slice(0, PROLOGUE).some(testsAl)) return null;
  return namedByOffsets(instructions) ?? saved;
}

/**
 * The number of the first register of a save area: registers up to r9 stored one after another, each 8 bytes
 * above the one before. Null without one; a single register is none.
 */
function firstSaved(prologue: readonly Instruction[]): number | null {
  const places = new Map<number, { base: number; displacement: number }>();
  for (const { mnemonic, operands } of prologue) {
    if (mnemonic !== M.Mov || operands[0]?.kind !== 'memory' || operands[1].kind !== 'register') continue;
    const number = ORDER.indexOf(operands[1].register);
    if (number >= 0 && !places.has(number)) places.set(number, operands[0]);
  }
  const last = places.get(ORDER.length - 1);
  if (!last) return null;
  let first = ORDER.length - 1;
  for (; first > 0; first--) {
    const place = places.get(first - 1);
    const expected = last.displacement - (ORDER.length - first) * 8;
    if (place?.base !== last.base || place.displacement !== expected) break;
  }
  return first === ORDER.length - 1 ? null : first;
}

/** `gp_offset` / 8, where it is stored beside `fp_offset`. */
function namedByOffsets(instructions: readonly Instruction[]): number | null {
  const stores = new Map<string, number>();
  for (const { mnemonic, operands } of instructions) {
    if (mnemonic !== M.Mov || operands[1]?.kind !== 'immediate') continue;
    const [target, source] = [operands[0], operands[1]];
    if (target.kind === 'memory' && target.size === 4) {
      stores.set(`${target.base}:${target.displacement}`, source.value);
      for (const at of [target.displacement, target.displacement - 4]) {
        if (stores.get(`${target.base}:${at + 4}`) !== FIRST_VECTOR_OFFSET) continue;
        const offset = stores.get(`${target.base}:${at}`);
        if (offset !== undefined && isIntegerOffset(offset)) return offset / 8;
      }
    } else {
      // Both offsets as one number of 64 bits.
      const high = Math.floor(source.value / WORD);
      const low = source.value - high * WORD;
      if (high === FIRST_VECTOR_OFFSET && isIntegerOffset(low)) return low / 8;
    }
  }
  return null;
}

function isIntegerOffset(offset: number): boolean {
  return offset % 8 === 0 && offset >= 0 && offset <= FIRST_VECTOR_OFFSET;
}

function testsAl({ mnemonic, operands }: Instruction): boolean {
  return mnemonic === M.Test && operands.every((o) => o.kind === 'register' && o.register === AL);
}
