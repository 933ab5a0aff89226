/** Whether two texts say about the same: a yes or no, which a probability can be held against. */

import { contentWords } from '../../content-words.ts';

/** Of the content words of the text that has fewer. */
const SHARE = 0.5;
/** One word in common is chance: half of all comments about lists have "list". */
const LEAST = 2;

/**
 * Stems of content words are compared, as sets. Texts say about the same if at least half of the words of the one that has
 * fewer are in the other, and at least two; or if both have the same words, one at least. The order, and which of the two
 * is the reference, plays no part.
 */
export function saysAboutTheSame(a: string, b: string): boolean {
  const [one, other] = [contentWords(a), contentWords(b)];
  const shared = [...one.keys()].filter((stem) => other.has(stem)).length;
  if (shared === 0) return false;
  if (shared === one.size && shared === other.size) return true;
  return shared >= LEAST && shared >= SHARE * Math.min(one.size, other.size);
}
