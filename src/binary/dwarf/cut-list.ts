/** The cuts of the debugging information: a hostile file has a million damaged units, a reader looks at a few. */

import { BinscribeError } from '../../error.ts';
import type { Budget } from '../budget.ts';

/** How many cuts are told one by one. */
const MAX_TOLD = 16;
/** Where reading ends: an error costs 20 us, and a file of 10 MB has room for a million. */
const MAX_CUTS = 10_000;

export class CutList {
  private readonly budget: Budget;
  private count = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  add(where: string, reason: string): void {
    if (++this.count <= MAX_TOLD) this.budget.cut(where, reason);
  }

  /**
   * Runs `parse`; one of our own errors becomes a cut.
   * @throws BinscribeError of kind `budget` when there are too many.
   */
  attempt(where: string, parse: () => void): void {
    try {
      parse();
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
      this.add(where, error.message);
      if (this.count > MAX_CUTS) throw new BinscribeError('budget', `over ${MAX_CUTS} parts are damaged`);
    }
  }

  /** Says how many cuts were not told. */
  finish(): void {
    const untold = this.count - MAX_TOLD;
    if (untold > 0) this.budget.cut('debugging information', `${untold} more parts are damaged`);
  }
}
