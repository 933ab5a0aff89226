/**
 * What a parser may spend on one file. A file may be hostile, so every loop over its contents draws on the
 * same `Budget`; when a part is used up, the parser that was at work stops, and what it had is kept with a
 * `Cut` that says what is missing.
 */

import { BinscribeError } from '../error.ts';

export interface Limits {
  /** Bytes that decompression and copies may yield, summed. */
  bytes: number;
  /** Table entries read: sections, symbols, relocations, unwind entries, debugging entries, list items. */
  entries: number;
  /** Nesting of anything that refers to itself: debugging entries, types, CFA chains. */
  depth: number;
  /** Instructions decoded. */
  instructions: number;
  /** Wall time in milliseconds, from the making of the budget. */
  milliseconds: number;
}

/**
 * Chosen from what real files need: node (100 MB, the largest program of a common Debian machine) has about
 * 20 M instructions and 1 M symbols; Chromium's debug file has 60 M debugging entries.
 */
export const DEFAULT_LIMITS: Limits = {
  bytes: 2 ** 31,
  entries: 100_000_000,
  depth: 128,
  instructions: 200_000_000,
  milliseconds: 600_000,
};

/** Something that was left out, and why: every partial result carries at least one. */
export interface Cut {
  /** The part of the file, `.eh_frame` say. */
  where: string;
  reason: string;
}

/** How many spends pass between two looks at the clock: a look costs about 30 ns, a spend about 2. */
const CLOCK_STRIDE = 1024;

type Counted = Exclude<keyof Limits, 'depth' | 'milliseconds'>;

export class Budget {
  readonly limits: Readonly<Limits>;
  readonly cuts: Cut[] = [];
  private readonly spent: Record<Counted, number> = { bytes: 0, entries: 0, instructions: 0 };
  private readonly deadline: number;
  private untilClock = CLOCK_STRIDE;

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.deadline = performance.now() + this.limits.milliseconds;
  }

  /** @throws BinscribeError of kind `budget` when the amount is not left. */
  spend(what: Counted, amount = 1): void {
    this.spent[what] += amount;
    if (this.spent[what] > this.limits[what]) {
      throw new BinscribeError('budget', `budget of ${this.limits[what]} ${what} used up`);
    }
    if (--this.untilClock <= 0) this.checkTime();
  }

  /** What is left of a counted part. */
  left(what: Counted): number {
    return Math.max(0, this.limits[what] - this.spent[what]);
  }

  /** @throws BinscribeError of kind `budget` when `depth` is deeper than allowed. */
  checkDepth(depth: number): void {
    if (depth > this.limits.depth) {
      throw new BinscribeError('budget', `nested deeper than the budget of ${this.limits.depth} levels`);
    }
  }

  /** @throws BinscribeError of kind `budget` once the time is over. */
  checkTime(): void {
    this.untilClock = CLOCK_STRIDE;
    if (performance.now() > this.deadline) {
      throw new BinscribeError('budget', `budget of ${this.limits.milliseconds} ms used up`);
    }
  }

  /** Notes that something was left out. */
  cut(where: string, reason: string): void {
    this.cuts.push({ where, reason });
  }

  /** The same, once for each `where`: a table of a million damaged entries is one cut. */
  cutOnce(where: string, reason: string): void {
    if (!this.cuts.some((cut) => cut.where === where)) this.cut(where, reason);
  }

  /**
   * Runs one parser. Where it fails with one of our own errors, that becomes a cut and the result is
   * `fallback`: a damaged part of a file does not cost the rest of it.
   */
  attempt<T>(where: string, parse: () => T, fallback: T): T {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
      this.cut(where, error.message);
      return fallback;
    }
  }
}
