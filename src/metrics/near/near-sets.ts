/**
 * Which sets of a large collection are near one another: candidates by MinHash and banding, each verified by its exact
 * Jaccard similarity. What is found is near; of what is near a few pairs in a thousand may be missed.
 */

import { Random } from '../../random.ts';
import { Uint32List } from '../../uint32-list.ts';
import { type Bands, chooseBands, MinHash } from './minhash.ts';

export interface SearchOptions {
  /** True for a pair of which nothing more would be learned. It is not looked at. */
  known?: (first: number, second: number) => boolean;
  /** After each band. */
  progress?: (done: number, total: number) => void;
}

/** Holds 4 bytes for each number of each set, and 4 for each band of each set. The empty set is near to none. */
export class NearSets {
  /** Jaccard similarity at and above which sets are near. */
  readonly similarity: number;
  readonly bands: Bands;
  private readonly minHash: MinHash;
  private readonly minima: Uint32Array;
  private readonly numbers = new Uint32List();
  /** Where each set starts, and the end. */
  private readonly starts = new Uint32List();
  /** A hash of the minima of each band. [sets, bands] */
  private readonly keys = new Uint32List();

  constructor(similarity: number, seed = 1) {
    this.similarity = similarity;
    this.bands = chooseBands(similarity);
    const hashes = this.bands.bands * this.bands.rows;
    this.minHash = new MinHash(hashes, seed);
    this.minima = new Uint32Array(hashes);
    this.starts.push(0);
  }

  get length(): number {
    return this.starts.length - 1;
  }

  /** @param set different numbers, ascending and well mixed, as hashes are */
  add(set: Uint32Array): void {
    this.numbers.append(set);
    this.starts.push(this.numbers.length);
    this.minHash.sign(set, this.minima);
    const { bands, rows } = this.bands;
    for (let band = 0; band < bands; band++) {
      let key = band;
      // The multiplier of MurmurHash3's end.
      for (let row = 0; row < rows; row++) {
        key = Math.imul(key ^ this.minima[band * rows + row], 0x85ebca6b);
        key ^= key >>> 15;
      }
      this.keys.push(key >>> 0);
    }
  }

  /** Visits each near pair once, the earlier set first, in an order that the sets decide. */
  search(visit: (first: number, second: number) => void, { known, progress }: SearchOptions = {}): void {
    const { length } = this;
    const { bands } = this.bands;
    // Chains of the sets whose keys end in the same bits: about one set a chain, but for those that agree.
    const buckets = 2 ** Math.ceil(Math.log2(length + 1));
    const heads = new Int32Array(buckets);
    const next = new Int32Array(length);
    for (let band = 0; band < bands; band++) {
      heads.fill(-1);
      for (let set = 0; set < length; set++) {
        if (this.sizeOf(set) === 0) continue;
        const key = this.keyOf(set, band);
        const bucket = key & (buckets - 1);
        for (let other = heads[bucket]; other >= 0; other = next[other]) {
          if (this.keyOf(other, band) !== key || known?.(other, set)) continue;
          if (!this.meet(other, set, band) && this.isNear(other, set)) visit(other, set);
        }
        next[set] = heads[bucket];
        heads[bucket] = set;
      }
      progress?.(band + 1, bands);
    }
  }

  /** Of the near pairs of some sets that are drawn, all of them looked at: how many `search` finds. */
  measureRecall(queries: number, seed: number): { pairs: number; found: number } {
    const random = new Random(seed);
    const result = { pairs: 0, found: 0 };
    for (let i = 0; i < queries && this.length > 0; i++) {
      const query = random.below(this.length);
      for (let other = 0; other < this.length; other++) {
        if (other === query || !this.isNear(query, other)) continue;
        result.pairs++;
        if (this.meet(query, other, this.bands.bands)) result.found++;
      }
    }
    return result;
  }

  /** The Jaccard similarity of two sets: of all that is in either, the share that is in both. 0 of empty sets. */
  jaccard(first: number, second: number): number {
    const common = this.common(first, second, 0);
    return common === 0 ? 0 : common / (this.sizeOf(first) + this.sizeOf(second) - common);
  }

  isNear(first: number, second: number): boolean {
    const total = this.sizeOf(first) + this.sizeOf(second);
    // s = c / (total - c) solved for c. Where it is whole, rounding must not ask for one more.
    const needed = Math.max(1, Math.ceil((this.similarity * total) / (1 + this.similarity) - 1e-6));
    if (Math.min(this.sizeOf(first), this.sizeOf(second)) < needed) return false;
    return this.common(first, second, needed) >= needed;
  }

  private sizeOf(set: number): number {
    return this.starts.get(set + 1) - this.starts.get(set);
  }

  private numbersOf(set: number): Uint32Array {
    return this.numbers.view(this.starts.get(set), this.starts.get(set + 1));
  }

  private keyOf(set: number, band: number): number {
    return this.keys.get(set * this.bands.bands + band);
  }

  /** Whether two sets have a key in common before band `end`. */
  private meet(first: number, second: number, end: number): boolean {
    for (let band = 0; band < end; band++) {
      if (this.keyOf(first, band) === this.keyOf(second, band)) return true;
    }
    return false;
  }

  /** How many numbers are in both sets; fewer than that where it is known to be under `needed`. */
  private common(first: number, second: number, needed: number): number {
    const a = this.numbersOf(first);
    const b = this.numbersOf(second);
    let [i, k, common] = [0, 0, 0];
    while (i < a.length && k < b.length && common + Math.min(a.length - i, b.length - k) >= needed) {
      const difference = a[i] - b[k];
      if (difference === 0) common++;
      if (difference <= 0) i++;
      if (difference >= 0) k++;
    }
    return common;
  }
}
