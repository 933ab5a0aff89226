/**
 * Instructions as rows of small numbers, for networks: one number a field, each field with its own range. An
 * instruction's vector is the sum of its fields' vectors, so that `mov rbx, rdi` and `mov rbx, rsi` share most of
 * what they are, and no instruction is unknown.
 */

import { Register } from 'iced-x86';
import type { FunctionBody, Instruction, Operand } from '../binary/instruction.ts';
import { operandShape } from './shapes.ts';

/** iced-x86 has under 2,048 mnemonics and under 256 registers. */
const MNEMONICS = 2048;
const REGISTERS = 256;
const SHAPES = 64;
/** Operands that are looked at: a fourth occurs in a few vector instructions. */
const OPERANDS = 3;
/** Sign and power of two. */
const MAGNITUDES = 128;
/** Numbers that are told apart: offsets in a frame or a structure, small constants, characters. */
const SMALLEST = -128;
const LARGEST = 1023;
const SMALL = LARGEST - SMALLEST + 1;
/** Classes of the others by content: most constants that give a function away are alone in theirs. */
const HASHES = 512;
/** Steps from an end of the function: each of the first sixteen, then powers of two. */
const FIRST_STEPS = 16;
const STEPS = 32;
/** x86-64's longest instruction has 15 bytes. */
const LENGTHS = 16;
/** Nothing, or a block begins here at an address that 1, 2, … 32 divides; the same for the function's first. */
const PLACES = 13;
const PLACE_OF_FIRST = 7;
const LARGEST_ALIGNMENT = 5;

/** How many values each field has. 0 is for what is not there. */
const SIZES = [
  MNEMONICS,
  ...Array.from({ length: OPERANDS }, () => [SHAPES, REGISTERS]).flat(),
  /** Index register of a memory operand. */
  REGISTERS,
  /** Displacement of a memory operand, value of an immediate: small ones by themselves, others by magnitude. */
  SMALL + MAGNITUDES,
  SMALL + MAGNITUDES,
  HASHES,
  /** Instructions from a branch to its target. */
  MAGNITUDES,
  LENGTHS,
  PLACES,
  /** From the first instruction, and to the last. */
  STEPS,
  STEPS,
] as const;

/** Numbers of a row. */
export const FIELDS = SIZES.length;

/** Where each field's values begin in a vocabulary of all fields. */
const OFFSETS = SIZES.map((_, field) => SIZES.slice(0, field).reduce((sum, size) => sum + size, 0));

/** The row of what is no instruction: nothing in each field. */
export const NO_INSTRUCTION: readonly number[] = OFFSETS;

/** Size of the vocabulary of all fields together. */
export const FIELD_VALUES = SIZES.reduce((sum, size) => sum + size, 0);

/** 1 for 0, else 2 and up: sign and number of bits, so that 1, 2-3, 4-7 … are told apart. */
function magnitude(value: number): number {
  if (value === 0) return 1;
  const bits = Math.min(62, Math.floor(Math.log2(Math.abs(value))));
  return 2 + bits * 2 + (value < 0 ? 1 : 0);
}

/** 0 is left for what has no number. */
function numberClass(value: number): number {
  return value >= SMALLEST && value <= LARGEST ? value - SMALLEST + 1 : SMALL + magnitude(value);
}

/** Of a number that `numberClass` tells by its magnitude alone; 0 of the others. */
function hashClass(value: number): number {
  if (value >= SMALLEST && value <= LARGEST) return 0;
  // The low half and the high half, as an unsigned constant or a signed one: multiplied by the golden ratio (Knuth).
  const mixed = Math.imul((value | 0) ^ Math.trunc(value / 2 ** 32), 0x9e3779b1) >>> 0;
  return 1 + (mixed % (HASHES - 1));
}

function stepClass(steps: number): number {
  return steps < FIRST_STEPS ? steps : FIRST_STEPS + Math.min(15, Math.floor(Math.log2(steps / FIRST_STEPS)));
}

function registerOf(operand: Operand): number {
  if (operand.kind === 'register') return operand.register;
  if (operand.kind !== 'memory') return 0;
  return operand.ripRelative ? Register.RIP : operand.base;
}

/**
 * @param longest rows at most; what is longer keeps its beginning and its end, of which the latter is a quarter
 * @returns rows [instructions, FIELDS], row by row; numbers below `FIELD_VALUES`
 */
export function fieldRows(body: FunctionBody, longest = Infinity): Uint16Array {
  const kept = ends(body.instructions, longest);
  const rows = new Uint16Array(kept.length * FIELDS);
  const starts = new Set(body.blocks.map(({ start }) => start));
  const places = new Map(body.instructions.map(({ address }, i) => [address, i]));
  kept.forEach((instruction, row) => {
    const values = fieldsOf(instruction, places);
    if (instruction === body.instructions[0]) values.push(PLACE_OF_FIRST + alignment(instruction.address));
    else values.push(starts.has(instruction.address) ? 1 + alignment(instruction.address) : 0);
    const at = places.get(instruction.address)!;
    values.push(stepClass(at), stepClass(body.instructions.length - 1 - at));
    values.forEach((value, field) => (rows[row * FIELDS + field] = OFFSETS[field] + value));
  });
  return rows;
}

/** All fields but those of the place. */
function fieldsOf(instruction: Instruction, places: ReadonlyMap<number, number>): number[] {
  const { mnemonic, operands, address, length } = instruction;
  const values = [mnemonic];
  for (let i = 0; i < OPERANDS; i++) {
    if (i >= operands.length) values.push(0, 0);
    else values.push(operandShape(operands[i], address), registerOf(operands[i]));
  }
  const memory = operands.find((operand) => operand.kind === 'memory');
  const immediate = operands.find((operand) => operand.kind === 'immediate');
  const target = operands.find((operand) => operand.kind === 'target');
  const to = target && places.get(target.address);
  values.push(
    memory?.index ?? 0,
    // An absolute address says nothing that lasts.
    memory && !memory.ripRelative ? numberClass(memory.displacement) : 0,
    immediate ? numberClass(immediate.value) : 0,
    immediate ? hashClass(immediate.value) : 0,
    to === undefined ? 0 : magnitude(to - places.get(address)!),
    length,
  );
  return values;
}

/** The power of two, up to 32, that divides an address. */
function alignment(address: number): number {
  let power = 0;
  while (power < LARGEST_ALIGNMENT && address % 2 ** (power + 1) === 0) power++;
  return power;
}

function ends<T>(items: readonly T[], longest: number): readonly T[] {
  if (items.length <= longest) return items;
  const tail = Math.floor(longest / 4);
  return [...items.slice(0, longest - tail), ...items.slice(items.length - tail)];
}
