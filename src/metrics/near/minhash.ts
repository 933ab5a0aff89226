/**
 * MinHash (Broder 1997) and banding (Indyk and Motwani 1998; Leskovec, Rajaraman and Ullman, Mining of Massive
 * Datasets, 3.4): two sets agree in a minimum with a probability of their Jaccard similarity, and in all minima of at
 * least one band with one that is near 0 or near 1.
 */

import { Random } from '../../random.ts';

/** Minima are taken in bands of some rows each. */
export interface Bands {
  bands: number;
  rows: number;
}

/** The probability that two sets of a similarity agree in all rows of a band. */
export function collisionProbability(similarity: number, { bands, rows }: Bands): number {
  return 1 - (1 - similarity ** rows) ** bands;
}

/** Minima at most: the usual number. More would make bands that are told apart better, and cost as much more time. */
const MOST_HASHES = 128;
/** Of the pairs that are just as similar as is asked for; of those that are more similar, more are found. */
const LEAST_FOUND = 0.995;

/** The most rows a band, and so the fewest pairs for nothing, with which pairs of a similarity are still found. */
export function chooseBands(similarity: number): Bands {
  for (let rows = MOST_HASHES; rows > 1; rows--) {
    const choice = { bands: Math.floor(MOST_HASHES / rows), rows };
    if (collisionProbability(similarity, choice) >= LEAST_FOUND) return choice;
  }
  return { bands: MOST_HASHES, rows: 1 };
}

/** Hash functions of 32 bits: a product with an odd number, of which the high bits, on which minima depend, are good. */
export class MinHash {
  private readonly masks: Uint32Array;
  private readonly factors: Uint32Array;

  constructor(hashes: number, seed: number) {
    const random = new Random(seed);
    this.masks = Uint32Array.from({ length: hashes }, () => random.uint32());
    this.factors = Uint32Array.from({ length: hashes }, () => random.uint32() | 1);
  }

  /** The minimum of each hash function over a set of well mixed numbers; 2^32 - 1 over the empty set. */
  sign(set: Uint32Array, minima: Uint32Array): void {
    const { masks, factors } = this;
    for (let i = 0; i < masks.length; i++) {
      const mask = masks[i];
      const factor = factors[i];
      let least = 0xffffffff;
      for (let k = 0; k < set.length; k++) {
        const hash = Math.imul(set[k] ^ mask, factor) >>> 0;
        if (hash < least) least = hash;
      }
      minima[i] = least;
    }
  }
}
