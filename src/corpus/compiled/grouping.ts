/** What of ready programs lies on one side of the split as a whole. */

import type { ProgramsSummary } from '../manifest.ts';
import type { FunctionRow } from '../row.ts';

type GroupedRow = Pick<FunctionRow, 'binary' | 'text_reference'>;

/**
 * By `page`: all functions that a manual page is of, in whichever file, so that no text is on both sides. A function without
 * a page goes with the first one of its program, since it is most likely a part of it; else by its program.
 */
export class Grouping {
  private readonly by: ProgramsSummary['splitBy'];
  /** By program, the first page of one of its functions. */
  private readonly pages = new Map<string, string>();
  /** Those that were asked about. */
  readonly groups = new Set<string>();

  constructor(by: ProgramsSummary['splitBy']) {
    this.by = by;
  }

  /** Called with all rows before the first is asked about. */
  learn({ binary, text_reference: page }: GroupedRow): void {
    if (page !== null && !this.pages.has(binary)) this.pages.set(binary, page);
  }

  of({ binary, text_reference: page }: GroupedRow): string {
    const group = this.by === 'program' ? binary : (page ?? this.pages.get(binary) ?? binary);
    this.groups.add(group);
    return group;
  }
}
