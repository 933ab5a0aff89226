/**
 * What is given to a writer beside the code: first the strings and names that stand in the code, for source the numbers
 * too, then texts of the nearest functions of the training. A function of the training is given what one that was never
 * seen would be given: texts of code that other packages have and its own has not.
 */

import type { Bpe } from '../../tokens/bpe/bpe.ts';
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

/** What is said in the code, then the nearest texts, cut where there is no more room. */
export function hintTokens(
  assembly: string,
  found: readonly Neighbour[],
  bpe: Bpe,
  { column, count, longest }: HintOptions,
): number[] {
  const said = saidIn(assembly, { numbers: column === 'source' });
  const texts = found.slice(0, count).map(({ text }) => text);
  return tokensOfTexts([said, ...texts], bpe, longest);
}
