/**
 * Google-BLEU (Wu et al. 2016, section 6.1): the runs of one to four words that two sentences share, over all that
 * the one of them has that has more: the smaller of precision and recall.
 */

import { ngrams, ngramsIn, overlap } from './ngrams.ts';
import { wordsAndMarks } from './words.ts';

const ORDERS = [1, 2, 3, 4];

interface Share {
  readonly matches: number;
  readonly all: number;
}

function share(reference: string, candidate: string): Share {
  const [truth, said] = [wordsAndMarks(reference), wordsAndMarks(candidate)];
  const sum = (of: (n: number) => number): number => ORDERS.reduce((total, n) => total + of(n), 0);
  return {
    matches: sum((n) => overlap(ngrams(said, n), ngrams(truth, n))),
    all: Math.max(
      sum((n) => ngramsIn(truth.length, n)),
      sum((n) => ngramsIn(said.length, n)),
    ),
  };
}

/** @returns 0 to 1; 0 for two empty texts */
export function gleu4(reference: string, candidate: string): number {
  const { matches, all } = share(reference, candidate);
  return matches / Math.max(1, all);
}

/** Of many sentences at once: long ones count more than in the mean of `gleu4`. */
export function corpusGleu4(pairs: Iterable<readonly [reference: string, candidate: string]>): number {
  let [matches, all] = [0, 0];
  for (const [reference, candidate] of pairs) {
    const one = share(reference, candidate);
    matches += one.matches;
    all += one.all;
  }
  return matches / Math.max(1, all);
}
