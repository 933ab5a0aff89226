/**
 * How alike the code of two functions is, from 0 to 1. Of two lists: the longest list that both hold in the same order
 * (their longest common subsequence, LCS), twice, over what both hold together. What one has more or less than the other
 * costs one, what differs costs one on each side, and what was moved costs what was moved.
 *
 * It is the mean of that over whole instructions and over opcodes alone, so that an instruction in its place with other
 * registers counts half. Instructions alone tell as well where the build is the same; where it is not, the mean is
 * better: of ten functions the right one, gcc-12 against clang-14 at the same level, 88 % of the time, by instructions
 * 71 %, by opcodes 86 % (results/drafts.md).
 *
 * Instructions are compared as the normalised hash sees them (tokens/normalize.ts): what a linker decides is left out.
 */

import type { FunctionBody } from '../../binary/instruction.ts';
import { instructionHashes, normalizedHash, withoutPadding } from '../../tokens/normalize.ts';

/**
 * Instructions that are compared of a function, its first: 8,192 of each take a tenth of a second and 8 MB. A draft of 512
 * tokens becomes some hundred.
 */
export const MOST_COMPARED = 8192;

/** A function made ready for comparisons. */
export interface CodeView {
  /** A hash each instruction, where branches lead left out. */
  readonly instructions: Uint32Array;
  /** iced-x86 Mnemonic of each. */
  readonly opcodes: Uint32Array;
  /** Of the whole, with it: equal for functions that are the same wherever they were linked. */
  readonly hash: string;
}

export function viewOf(body: FunctionBody): CodeView {
  return {
    instructions: instructionHashes(body),
    opcodes: Uint32Array.from(withoutPadding(body.instructions), ({ mnemonic }) => mnemonic),
    hash: normalizedHash(body),
  };
}

/** 1 where the normalised code is the same, and nowhere else. */
export function likeness(a: CodeView, b: CodeView): number {
  if (a.hash === b.hash) return 1;
  const common = commonLength(a.instructions, b.instructions) + commonLength(a.opcodes, b.opcodes);
  // Where branches lead is one thing more that both have, and in which the same instructions differ.
  return common / (a.opcodes.length + b.opcodes.length + 2);
}

/**
 * Length of the longest common subsequence of the first `MOST_COMPARED` of each. Bits of a row of the usual table, 32 at
 * a time (Crochemore, Iliopoulos, Pinzon and Reid, Information Processing Letters 80, 2001): a bit of `row` is 0 where
 * the length grows by one.
 */
export function commonLength(left: Uint32Array, right: Uint32Array): number {
  const [short, long] = [left, right]
    .map((list) => list.subarray(0, MOST_COMPARED))
    .sort((a, b) => a.length - b.length);
  const words = Math.ceil(short.length / 32);
  const places = placesOf(short, words);
  const row = new Uint32Array(words).fill(-1);
  for (const symbol of long) {
    const mask = places.get(symbol);
    if (mask === undefined) continue;
    let carry = 0;
    for (let w = 0; w < words; w++) {
      const matched = (row[w] & mask[w]) >>> 0;
      const sum = row[w] + matched + carry;
      carry = sum > 0xffffffff ? 1 : 0;
      row[w] = sum | (row[w] & ~matched);
    }
  }
  let common = 0;
  for (let i = 0; i < short.length; i++) common += ((row[i >>> 5] >>> (i & 31)) & 1) ^ 1;
  return common;
}

/** Symbol → the places where it stands, a bit each. */
function placesOf(list: Uint32Array, words: number): Map<number, Uint32Array> {
  const places = new Map<number, Uint32Array>();
  for (const [i, symbol] of list.entries()) {
    let mask = places.get(symbol);
    if (mask === undefined) places.set(symbol, (mask = new Uint32Array(words)));
    mask[i >>> 5] |= 1 << (i & 31);
  }
  return places;
}
