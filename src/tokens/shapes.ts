/**
 * Shapes: an instruction with its operands' kinds but without their values. Compilers differ in the forms they
 * prefer (`xor eax,eax` or `mov eax,0`; offsets from rbp or from rsp; 32-bit or 64-bit registers) more than in
 * the opcodes.
 */

import { Register } from 'iced-x86';
import type { Instruction, Operand } from '../binary/instruction.ts';
import { token } from './scheme.ts';

const R: Readonly<Record<keyof typeof Register, number>> = Register;

/** Six bits an operand. */
const SHAPE_BITS = 6;
const NO_OPERAND = 0;
const TARGET_FORWARD = 1;
const TARGET_BACKWARD = 2;
/** Registers: 4 and up. */
const REGISTERS = 4;
/** Immediates: 24 and up. */
const IMMEDIATES = 24;
/** Memory: 40 and up. */
const MEMORY = 40;

/** iced-x86 Register → 0 … 19: the width of general registers, rsp and rbp apart, then vectors and the rest. */
const REGISTER_CLASS = ((): Uint8Array => {
  const classes = new Uint8Array(256).fill(19);
  const fill = (first: number, last: number, value: number): void => {
    classes.fill(value, first, last + 1);
  };
  fill(R.AL, R.R15L, 0);
  fill(R.AX, R.R15W, 1);
  fill(R.EAX, R.R15D, 2);
  fill(R.RAX, R.R15, 3);
  fill(R.XMM0, R.XMM31, 4);
  fill(R.YMM0, R.YMM31, 5);
  fill(R.ZMM0, R.ZMM31, 6);
  fill(R.ST0, R.ST7, 7);
  classes[R.EAX] = 8;
  classes[R.RAX] = 9;
  classes[R.RSP] = 10;
  classes[R.RBP] = 11;
  return classes;
})();

/** @param at address of the instruction @returns 6 bits, never 0 */
export function operandShape(operand: Operand, at: number): number {
  switch (operand.kind) {
    case 'register':
      return REGISTERS + REGISTER_CLASS[operand.register];
    case 'immediate': {
      const { value } = operand;
      if (value === 0) return IMMEDIATES;
      if (value === 1) return IMMEDIATES + 1;
      if (value === -1) return IMMEDIATES + 2;
      const size = Math.abs(value);
      const width = size < 0x80 ? 3 : size < 0x10000 ? 4 : size < 2 ** 31 ? 5 : 6;
      // Multiples of 16 are the sizes of aligned stack frames.
      return IMMEDIATES + width + (value % 16 === 0 ? 4 : 0);
    }
    case 'memory': {
      const base = operand.ripRelative
        ? 0
        : operand.base === R.RSP
          ? 1
          : operand.base === R.RBP
            ? 2
            : operand.base === 0
              ? 3
              : 4;
      const displaced = operand.displacement === 0 ? 0 : 1;
      const indexed = operand.index === 0 ? 0 : 1;
      return base < 4
        ? MEMORY + base * 2 + indexed
        : MEMORY + 8 + displaced * 3 + (indexed === 0 ? 0 : operand.scale === 1 ? 1 : 2);
    }
    default:
      return operand.address > at ? TARGET_FORWARD : TARGET_BACKWARD;
  }
}

/** A number of at most 24 bits: 11 of the mnemonic, 6 of each of the first two operands, 1 for more. */
function shapeOf({ mnemonic, operands, address }: Instruction): number {
  const first = operands.length > 0 ? operandShape(operands[0], address) : NO_OPERAND;
  const second = operands.length > 1 ? operandShape(operands[1], address) : NO_OPERAND;
  return (
    (((mnemonic << SHAPE_BITS) | first) << (SHAPE_BITS + 1)) | (second << 1) | (operands.length > 2 ? 1 : 0)
  );
}

/** One token an instruction. */
export function shapeTokens(instructions: readonly Instruction[]): number[] {
  return instructions.map((instruction) => token('shape', shapeOf(instruction)));
}
