/** Shingles: runs of neighbouring instructions, by which functions that differ in places are compared. */

import type { FunctionBody } from '../binary/instruction.ts';
import { murmur32 } from './hash.ts';
import { instructionHashes } from './normalize.ts';

/**
 * Instructions of a shingle. An instruction that differs costs three shingles on either side, so that of n instructions
 * a Jaccard similarity of 0.8 allows n / 27 to differ.
 */
export const SHINGLE = 3;

/** Shorter functions are the same by nature: a call and a return, a field that is read. */
export const SHORTEST_SHINGLED = 8;

/** 2^32 divided by the golden ratio (Knuth): its multiples lie far from one another. */
const GOLDEN = 0x9e3779b9;

/**
 * The shingles of a function as well mixed numbers, ascending; none of a function that is too short. What occurs again
 * counts as another: ten calls one after another are not the same as two.
 */
export function shingles(body: FunctionBody): Uint32Array {
  const instructions = instructionHashes(body);
  if (instructions.length < SHORTEST_SHINGLED) return new Uint32Array();
  const sorted = new Uint32Array(instructions.length - SHINGLE + 1);
  for (let i = 0; i < sorted.length; i++) sorted[i] = murmur32(instructions, i, i + SHINGLE);
  sorted.sort();
  let again = 0;
  const numbered = sorted.map((hash, i) => {
    again = i > 0 && hash === sorted[i - 1] ? again + 1 : 0;
    return hash + Math.imul(again, GOLDEN);
  });
  return numbered.sort();
}
