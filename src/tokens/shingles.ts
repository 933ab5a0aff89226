/** Shingles: runs of neighbouring instructions as a set, by which functions that differ in places are compared. */

import type { FunctionBody } from '../binary/instruction.ts';
import { murmur128 } from './hash.ts';
import { instructionHashes } from './normalize.ts';

/**
 * Instructions of a shingle. An instruction that differs costs three shingles on either side, so that with n of them
 * a Jaccard similarity of 0.8 allows n / 27 such instructions.
 */
export const SHINGLE = 3;

/** Shorter functions are the same by nature: a call and a return, a field that is read. As the recipes' floor. */
export const SHORTEST_SHINGLED = 8;

/** The different shingles of a function as 32-bit hashes, ascending; none of a function that is too short. */
export function shingles(body: FunctionBody): Uint32Array {
  const instructions = instructionHashes(body);
  if (instructions.length < SHORTEST_SHINGLED) return new Uint32Array();
  const hashes = new Uint32Array(instructions.length - SHINGLE + 1);
  for (let i = 0; i < hashes.length; i++) {
    hashes[i] = murmur128(new Uint8Array(instructions.buffer, 4 * i, 4 * SHINGLE))[0];
  }
  hashes.sort();
  return hashes.filter((hash, i) => i === 0 || hash !== hashes[i - 1]);
}
