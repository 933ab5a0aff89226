/**
 * A draft by rules as whoever reads texts of a data set expects it: the function's own text, without declarations of what
 * it refers to, and begun as most functions of the training are. No code tells whether a function was `static` once a
 * program is stripped; what most are is what is said of one of which nothing is known.
 */

import { functionsOf } from '../../corpus/c/functions.ts';

/** What stands before a function's type without saying anything of it: storage classes, `inline`, attributes. */
const BEGINNING =
  /^(?:(?:static|extern|inline|__inline(?:__)?|__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\))\s+)+/;

/** The commonest beginning of functions; of two as common the one that comes first. Empty where most have none. */
export function usualBeginning(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const beginning = (BEGINNING.exec(text)?.[0] ?? '').replace(/\s+/g, ' ');
    counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0])[0];
}

/**
 * @param lifted as `codeAlone` leaves it: declarations, then the function
 * @param beginning of a function that has none
 */
export function ownText(lifted: string, beginning: string): string {
  const own = functionsOf(lifted).at(-1)?.text ?? lifted;
  return BEGINNING.test(own) ? own : beginning + own;
}
