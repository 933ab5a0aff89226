/** How lengths are distributed, of any number of things in the same memory. */

/** Counted one by one up to this; quantiles are exact below, and of what is longer within a sixteenth. */
const EXACT = 2 ** 16;
/** Bins of an octave of the longer ones, and octaves: up to 2^32. */
const FINE = 16;
const OCTAVES = 16;

/** Bins of an octave in a picture, as far as whole numbers allow. */
const COARSE = 4;

/** A histogram by length: bins of equal ratio, but not narrower than 1. */
export interface Histogram {
  /** Where each bin begins; it ends before the next one begins, the last before `end`. */
  readonly starts: readonly number[];
  readonly end: number;
  readonly counts: readonly number[];
}

export class LengthCounts {
  private readonly exact = new Float64Array(EXACT);
  private readonly longer = new Float64Array(FINE * OCTAVES);
  private total = 0;
  count = 0;
  longest = 0;

  /** @param length a whole number, 0 or above */
  add(length: number): void {
    if (length < EXACT) this.exact[length]++;
    else this.longer[Math.min(this.longer.length - 1, Math.floor(FINE * Math.log2(length / EXACT)))]++;
    this.total += length;
    this.count++;
    this.longest = Math.max(this.longest, length);
  }

  get mean(): number {
    return this.total / this.count;
  }

  /** The least length that a share `q` of all do not exceed; NaN of none. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(q * this.count));
    let seen = 0;
    for (const [length, count] of this.entries()) {
      seen += count;
      if (seen >= wanted) return Math.min(length, this.longest);
    }
    return this.longest;
  }

  /** Of lengths from 1 on. */
  histogram(): Histogram {
    const starts: number[] = [];
    for (let i = 0, last = 0; last <= this.longest; i++) {
      const start = Math.ceil(2 ** (i / COARSE));
      if (start > last) starts.push((last = start));
    }
    const end = starts.pop() ?? 1;
    const counts = starts.map(() => 0);
    let bin = 0;
    for (const [length, count] of this.entries()) {
      if (length === 0) continue;
      while (bin + 1 < starts.length && starts[bin + 1] <= length) bin++;
      counts[bin] += count;
    }
    return { starts, end, counts };
  }

  /** Lengths that occur, in order, and how often; of the longer ones the middle of a bin. */
  private *entries(): Generator<[length: number, count: number]> {
    for (let length = 0; length < EXACT; length++) {
      if (this.exact[length] > 0) yield [length, this.exact[length]];
    }
    for (let bin = 0; bin < this.longer.length; bin++) {
      if (this.longer[bin] > 0) yield [Math.round(EXACT * 2 ** ((bin + 0.5) / FINE)), this.longer[bin]];
    }
  }
}
