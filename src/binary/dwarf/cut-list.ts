/** The cuts of the debugging information: a hostile file has a million damaged units, a reader looks at a few. */

import { BinscribeError } from '../../error.ts';
import type { Budget } from '../budget.ts';

/** How many cuts are told one by one. */
const MAX_TOLD = 16;

export class CutList {
  private readonly budget: Budget;
  private told = 0;
  private untold = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  add(where: string, reason: string): void {
    if (this.told < MAX_TOLD) this.budget.cut(where, reason);
    else this.untold++;
    this.told++;
  }

  /** Runs `parse`; one of our own errors becomes a cut. */
  attempt(where: string, parse: () => void): void {
    try {
      parse();
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
      this.add(where, error.message);
    }
  }

  /** Says how many cuts were not told. */
  finish(): void {
    if (this.untold > 0) this.budget.cut('debugging information', `${this.untold} more parts are damaged`);
  }
}
