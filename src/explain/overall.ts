/** What the functions of a file say together: its compiler and its level of optimisation. */

import type { FunctionReport, Tally } from './schema.ts';

/** How many of the functions that have an answer give which label, most first, then by name. */
export function tally(functions: readonly FunctionReport[], field: 'compiler' | 'optimization'): Tally {
  const counts = new Map<string, number>();
  let judged = 0;
  for (const entry of functions) {
    const label = entry[field]?.label;
    if (label === undefined) continue;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    judged++;
  }
  const labels = [...counts]
    .map(([label, votes]) => ({ label, share: votes / judged }))
    .sort((a, b) => b.share - a.share || (a.label < b.label ? -1 : 1));
  return { judged, labels };
}
