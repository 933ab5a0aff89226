/**
 * Smoothed BLEU-4 of one sentence as CodeXGLUE computes it (Lin and Och 2004, smoothing 2): one is added to matches
 * and candidates of runs of two and more words, and the brevity penalty counts one word more on both sides.
 */

import { ngrams, ngramsIn, overlap } from './ngrams.ts';
import { wordsAndMarks } from './words.ts';

const ORDERS = 4;

/** The smallest normal number of 64 bits: CodeXGLUE adds it before taking logarithms, so that nothing is infinite. */
const TINY = 2 ** -1022;

/**
 * @returns 0 to 1; next to nothing, and not 0, where no word is shared; 0 for a candidate without a word, to which CodeXGLUE's
 *   program gives up to 1/e
 */
export function smoothedBleu4(reference: string, candidate: string): number {
  const [truth, said] = [wordsAndMarks(reference), wordsAndMarks(candidate)];
  if (said.length === 0) return 0;
  let logarithm = 0;
  for (let n = 1; n <= ORDERS; n++) {
    const smoothing = n > 1 ? 1 : 0;
    const matches = overlap(ngrams(said, n), ngrams(truth, n)) + smoothing;
    const all = ngramsIn(said.length, n) + smoothing;
    logarithm += Math.log(matches + TINY) - Math.log(all + TINY);
  }
  const brevity = Math.min(0, 1 - (truth.length + 1) / (said.length + 1));
  return Math.exp(logarithm / ORDERS + brevity);
}
