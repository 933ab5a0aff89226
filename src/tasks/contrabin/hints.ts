/**
 * What is given to a writer beside the code: first the strings and names that stand in the code, for source the numbers too
 * and what rules make of it, then texts of the nearest functions of the training. A function of the training is given what
 * one that was never seen would be given: texts of code that other packages have and its own has not.
 */

import { type Bpe, SPECIAL } from '../../tokens/bpe/bpe.ts';
import { saidIn, tokensOfTexts } from '../../tokens/said.ts';
import type { WrittenColumn } from './functions.ts';
import type { Neighbour } from './neighbours.ts';

export interface HintOptions {
  readonly column: WrittenColumn;
  /** Texts of neighbours that are given, at most. */
  readonly count: number;
  /** Tokens of all of them together. */
  readonly longest: number;
}

/** What is said of a function's code besides itself. */
export interface Hinted {
  readonly assembly: string;
  /** A draft of its source by rules; null where there is none. */
  readonly lifted: string | null;
}

/** Of all tokens those that are left to the nearest texts at least: a long draft would leave them nothing. */
const NEIGHBOURS_SHARE = 1 / 3;

/** What is said in the code and lifted from it, then the nearest texts, cut where there is no more room. */
export function hintTokens(
  { assembly, lifted }: Hinted,
  found: readonly Neighbour[],
  bpe: Bpe,
  { column, count, longest }: HintOptions,
): number[] {
  const own = [saidIn(assembly, { numbers: column === 'source' })];
  if (column === 'source' && lifted !== null) own.push(lifted);
  const texts = found.slice(0, count).map(({ text }) => text);
  const room = texts.length === 0 ? longest : longest - Math.ceil(longest * NEIGHBOURS_SHARE);
  const first = tokensOfTexts(own, bpe, room - 1);
  // What is cut ends too, so that what follows is no part of it.
  if (first.length > 0 && first.at(-1) !== SPECIAL.end) first.push(SPECIAL.end);
  return [...first, ...tokensOfTexts(texts, bpe, longest - first.length)];
}
