/** What the functions of a file say together: its compiler and its level of optimisation. */

import { TWIN_LEVELS } from '../models/inspection.ts';
import type { FunctionReport, Tally } from './schema.ts';

/** From this share on, what most functions say is said of the file. */
export const CLEAR = 0.8;

/**
 * How many of the functions that have an answer give which label, most first, then by name. Where some cannot tell
 * their level from its twin, and the others do not agree, neither can the file: the twins are counted as one.
 */
export function tally(functions: readonly FunctionReport[], field: 'compiler' | 'optimization'): Tally {
  const given = functions.flatMap((entry) => entry[field]?.label ?? []);
  const judged = given.length;
  const votes = (label: string): number => given.filter((one) => one === label).length;
  const levels = TWIN_LEVELS.split('/');
  const twins = given.includes(TWIN_LEVELS) && levels.every((level) => votes(level) < CLEAR * judged);
  const counts = new Map<string, number>();
  for (const label of given) {
    const counted = twins && levels.includes(label) ? TWIN_LEVELS : label;
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  const labels = [...counts]
    .map(([label, count]) => ({ label, share: count / judged }))
    .sort((a, b) => b.share - a.share || (a.label < b.label ? -1 : 1));
  return { judged, labels };
}
