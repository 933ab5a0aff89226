/**
 * METEOR (Banerjee and Lavie 2005; parameters of Lavie and Agarwal 2007) with two of its stages, exact words and
 * Porter's stems: synonyms would need WordNet.
 */

import { stemmer } from 'stemmer';
import { wordsAndMarks } from './words.ts';

/** Weight of recall in the harmonic mean. */
const ALPHA = 0.9;
/** Exponent and weight of the penalty for words in another order. */
const BETA = 3;
const GAMMA = 0.5;

/** Of a word: place in the reference. */
type Alignment = Map<number, number>;

/** Pairs equal words that are still free; of several the last, as NLTK does, on whose figures ours are tested. */
function align(said: readonly string[], truth: readonly string[], alignment: Alignment): void {
  const taken = new Set(alignment.values());
  for (let i = said.length - 1; i >= 0; i--) {
    if (alignment.has(i)) continue;
    for (let j = truth.length - 1; j >= 0; j--) {
      if (taken.has(j) || said[i] !== truth[j]) continue;
      alignment.set(i, j);
      taken.add(j);
      break;
    }
  }
}

/** Stretches in which words stand in both texts in the same order, next to one another. */
function chunksOf(alignment: Alignment): number {
  const pairs = [...alignment].sort(([a], [b]) => a - b);
  return pairs.filter(([i, j], k) => k === 0 || pairs[k - 1][0] !== i - 1 || pairs[k - 1][1] !== j - 1)
    .length;
}

/** @returns 0 to 1 */
export function meteor(reference: string, candidate: string): number {
  const [truth, said] = [wordsAndMarks(reference), wordsAndMarks(candidate)];
  const alignment: Alignment = new Map();
  align(said, truth, alignment);
  align(said.map(stemmer), truth.map(stemmer), alignment);
  const { size: matches } = alignment;
  if (matches === 0) return 0;
  const [precision, recall] = [matches / said.length, matches / truth.length];
  const mean = (precision * recall) / (ALPHA * precision + (1 - ALPHA) * recall);
  return mean * (1 - GAMMA * (chunksOf(alignment) / matches) ** BETA);
}
