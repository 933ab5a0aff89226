/**
 * The instructions of WebAssembly that our kernels use, each a function from the code of its operands to code:
 * `i32.add(a, b)`. Numbers are those of the specification (Core 2.0, threads, relaxed SIMD).
 */

import { float32, float64, signed, unsigned, type Code } from './encoding.ts';

/** Memory instructions take a log2 of the alignment and an offset in bytes, which costs nothing. */
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const plain =
  (...opcode: number[]) =>
  (...operands: Code[]): Code => [operands, opcode];
const simd = (opcode: number) => plain(0xfd, ...unsigned(opcode));

const load =
  (opcode: readonly number[], align: number): Load =>
  (address, offset = 0) => [address, opcode, align, unsigned(offset)];
const store =
  (opcode: readonly number[], align: number): Store =>
  (address, value, offset = 0) => [address, value, opcode, align, unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, signed(value)],
  load: load([0x28], 2),
  store: store([0x36], 2),
  eqz: plain(0x45),
  eq: plain(0x46),
  ne: plain(0x47),
  ltS: plain(0x48),
  ltU: plain(0x49),
  gtS: plain(0x4a),
  geU: plain(0x4f),
  add: plain(0x6a),
  sub: plain(0x6b),
  mul: plain(0x6c),
  divU: plain(0x6e),
  remU: plain(0x70),
  and: plain(0x71),
  xor: plain(0x73),
  shl: plain(0x74),
  shrU: plain(0x76),
  rotl: plain(0x77),
  wrapI64: plain(0xa7),
  /** Adds to memory at once for all threads; the old value is the result. */
  atomicAdd: (address: Code, value: Code): Code => [address, value, 0xfe, 0x1e, 2, 0],
};

export const i64 = {
  const: (value: number): Code => [0x42, signed(value)],
  mul: plain(0x7e),
  shrU: plain(0x88),
  extendI32U: plain(0xad),
};

export const f32 = {
  const: (value: number): Code => [0x43, float32(value)],
  load: load([0x2a], 2),
  store: store([0x38], 2),
  add: plain(0x92),
  mul: plain(0x94),
  div: plain(0x95),
  convertI32U: plain(0xb3),
  demoteF64: plain(0xb6),
};

export const f64 = {
  const: (value: number): Code => [0x44, float64(value)],
  load: load([0x2b], 3),
  add: plain(0xa0),
  sub: plain(0xa1),
  mul: plain(0xa2),
  max: plain(0xa5),
  convertI32U: plain(0xb8),
};

/** Four numbers of 32 bits. */
export const v128 = {
  load: load([0xfd, 0x00], 2),
  /** A number of 64 bits, twice. */
  load64Splat: load([0xfd, 0x0a], 3),
  store: store([0xfd, 0x0b], 2),
  /** a and not b, bit by bit. */
  andNot: simd(0x4f),
  const: (a: number, b: number, c: number, d: number): Code => [
    0xfd,
    0x0c,
    [a, b, c, d].map((lane) => float32(lane)),
  ],
};

export const f32x4 = {
  splat: simd(0x13),
  sqrt: simd(0xe3),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  /** b < a ? b : a, one instruction of the processor where `min` with its rules for NaN is eight. */
  pmin: simd(0xea),
  /** a < b ? b : a */
  pmax: simd(0xeb),
  /** a * b + c, rounded once or twice, as the processor likes best (relaxed SIMD). */
  relaxedMadd: simd(0x105),
};

/** Two numbers of 64 bits. */
export const f64x2 = {
  splat: simd(0x14),
  add: simd(0xf0),
  mul: simd(0xf2),
};

export const i32x4 = {
  splat: simd(0x11),
  /** All bits of a lane set where the two are equal. */
  eq: simd(0x37),
  shl: simd(0xab),
  add: simd(0xae),
};

/** Lanes of two vectors: 0 to 3 are the first's, 4 to 7 the second's. */
export function shuffle(a: Code, b: Code, lanes: readonly number[]): Code {
  return [a, b, 0xfd, 0x0d, lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte))];
}

/** `yes` where the condition is not zero, without a branch. */
export function select(yes: Code, no: Code, condition: Code): Code {
  return [yes, no, condition, 0x1b];
}

export function drop(value: Code): Code {
  return [value, 0x1a];
}

const VOID = 0x40;

/** Repeats the body, at least once, while the condition holds. */
export function doWhile(body: Code, condition: Code): Code {
  return [0x03, VOID, body, condition, 0x0d, 0, 0x0b];
}

/** Repeats the body while the condition holds. */
export function whileLoop(condition: Code, body: Code): Code {
  return [0x02, VOID, 0x03, VOID, i32.eqz(condition), 0x0d, 1, body, 0x0c, 0, 0x0b, 0x0b];
}

export function ifThen(condition: Code, yes: Code, no: Code = []): Code {
  return [condition, 0x04, VOID, yes, no.length > 0 ? [0x05, no] : [], 0x0b];
}
