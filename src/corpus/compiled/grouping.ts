/** What of ready programs lies on one side of the split as a whole. */

import type { ProgramsSummary } from '../manifest.ts';
import type { FunctionRow } from '../row.ts';
import { plainText } from '../text.ts';

type GroupedRow = Pick<FunctionRow, 'binary' | 'text'>;

/**
 * By `text`: all functions that a manual page is of, or several pages in the same words, in whichever file. A function that
 * the manual does not know goes with the first of its program that it knows, since it is most likely a part of that; else by
 * its program.
 */
export class Grouping {
  private readonly by: ProgramsSummary['splitBy'];
  /** By program, the first text of one of its functions. */
  private readonly texts = new Map<string, string>();
  /** Those that were asked about. */
  readonly groups = new Set<string>();

  constructor(by: ProgramsSummary['splitBy']) {
    this.by = by;
  }

  /** Called with all rows before the first is asked about. */
  learn({ binary, text }: GroupedRow): void {
    if (text !== null && !this.texts.has(binary)) this.texts.set(binary, plainText(text));
  }

  of({ binary, text }: GroupedRow): string {
    const own = text === null ? this.texts.get(binary) : plainText(text);
    const group = this.by === 'program' ? binary : (own ?? binary);
    this.groups.add(group);
    return group;
  }
}
