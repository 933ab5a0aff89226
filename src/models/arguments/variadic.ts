/**
 * Variadic functions save all the registers that may hold arguments, so reading a register tells nothing there.
 * But va_start writes down where the unnamed ones begin: `gp_offset`, 8 bytes for each named integer argument,
 * next to `fp_offset`, 48 where no vector register is named (System V psABI, section 3.5.7).
 */

import { Mnemonic, Register } from 'iced-x86';
import type { FunctionBody, Instruction } from '../../binary/instruction.ts';

const M: Readonly<Record<keyof typeof Mnemonic, number>> = Mnemonic;
const AL: number = Register.AL;

/** The test of `al`, the number of vector arguments, stands in the prologue: within this many instructions. */
const PROLOGUE = 40;
const FIRST_VECTOR_OFFSET = 48;
const WORD = 2 ** 32;

/**
 * How many integer arguments a variadic function names; null for a function that is not variadic or hides it
 * (one that never calls va_start needs no `gp_offset`).
 */
export function variadicNamed({ instructions }: FunctionBody): number | null {
  if (!instructions.slice(0, PROLOGUE).some(testsAl)) return null;
  const stores = new Map<string, number>();
  for (const { mnemonic, operands } of instructions) {
    const [target, source] = operands;
    if (mnemonic !== M.Mov || source?.kind !== 'immediate') continue;
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
