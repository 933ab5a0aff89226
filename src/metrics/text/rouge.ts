/** ROUGE (Lin 2004), as F1 of one reference and one candidate. */

import { ngrams, ngramsIn, overlap } from './ngrams.ts';
import { plainWords } from './words.ts';

/** Of runs of two words; 0 where a text has none. */
export function rouge2(reference: string, candidate: string): number {
  const [truth, said] = [plainWords(reference), plainWords(candidate)];
  const matches = overlap(ngrams(said, 2), ngrams(truth, 2));
  return f1(matches, ngramsIn(said.length, 2), ngramsIn(truth.length, 2));
}

/** Of the longest common subsequence of words. */
export function rougeL(reference: string, candidate: string): number {
  const [truth, said] = [plainWords(reference), plainWords(candidate)];
  return f1(longestCommonSubsequence(truth, said), said.length, truth.length);
}

/** Harmonic mean of precision and recall; 0 where nothing is right. */
export function f1(right: number, said: number, expected: number): number {
  return right === 0 ? 0 : (2 * right) / (said + expected);
}

/** Its length, in memory O(words of b). */
function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  const best = new Uint32Array(b.length + 1);
  for (const word of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = best[j];
      best[j] = word === b[j - 1] ? diagonal + 1 : Math.max(above, best[j - 1]);
      diagonal = above;
    }
  }
  return best[b.length];
}
