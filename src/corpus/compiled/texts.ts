/** What the manual says of a function that has several names. */

import type { ManSummary } from '../man/pages.ts';
import { publicName } from './public-names.ts';

export type Manual = ReadonlyMap<string, ManSummary>;

export interface Described {
  /** The one of its names that the manual has, or that stands for one that it has. */
  name: string;
  summary: ManSummary;
}

/** The first name that the manual knows as it is, else the first that it knows by another; null where it knows none. */
export function describe(names: readonly string[], manual: Manual): Described | null {
  for (const name of names) {
    const summary = manual.get(name);
    if (summary) return { name, summary };
  }
  for (const name of names) {
    const known = publicName(name);
    const summary = known === null ? undefined : manual.get(known);
    if (summary) return { name, summary };
  }
  return null;
}
