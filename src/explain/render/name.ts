/** What a function is called where one name has to do: by the file, by the start-up code, by the model, by nobody. */

import type { FunctionReport } from '../schema.ts';

export interface ShownName {
  /** Without the `?` that marks a suggestion; empty where nobody knows it. */
  text: string;
  /** Who says it: the file or its start-up code, with certainty; the model; nobody. */
  origin: 'file' | 'suggested' | 'open';
  /** The probability that it is right; 0 where there is none. */
  score: number;
}

/** What the start-up code tells. */
const ROLES = { main: 'main', entry: '(entry point)' } as const;

/** The best name of a function. */
export function shownName({
  symbol,
  role,
  names,
}: Pick<FunctionReport, 'symbol' | 'role' | 'names'>): ShownName {
  if (symbol !== null) return { text: symbol, origin: 'file', score: 1 };
  if (role !== null) return { text: ROLES[role], origin: 'file', score: 1 };
  const best = names.at(0);
  if (best !== undefined) return { text: best.name, origin: 'suggested', score: best.score };
  return { text: '', origin: 'open', score: 0 };
}
