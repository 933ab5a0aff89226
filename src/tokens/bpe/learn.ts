/**
 * Which pairs are merged, learned from texts: the most frequent pair of neighbours becomes a token, again and again
 * (Sennrich et al., 2016, algorithm 1).
 */

import { ALPHABET, LETTER_OF_BYTE } from './bytes.ts';
import { PairQueue } from './pair-queue.ts';
import { piecesOf, type Cut } from './pieces.ts';

/** Two tokens that become one: letters of the alphabet are 0 to 255, merges count from 256 in the order they came. */
export type Merge = readonly [left: number, right: number];

/** Counts the pieces of texts. */
export class PieceCounter {
  readonly counts = new Map<string, number>();
  private readonly cut: Cut;

  constructor(cut: Cut) {
    this.cut = cut;
  }

  add(text: string): void {
    for (const piece of piecesOf(text, this.cut)) this.counts.set(piece, (this.counts.get(piece) ?? 0) + 1);
  }
}

/** Tokens below this are letters. */
export const LETTERS = ALPHABET.length;

/** A pair as one number: fewer than 2^26 tokens each. */
const PAIR_BASE = 2 ** 26;
export const pairOf = (left: number, right: number): number => left * PAIR_BASE + right;

/**
 * Of pairs as frequent as one another the one of the older tokens comes first, as in Hugging Face's tokenizers: the
 * same texts give the same merges.
 *
 * @param counts how often each piece occurs
 * @param count merges to be learned: fewer where pairs occur once alone
 */
export function learnMerges(counts: ReadonlyMap<string, number>, count: number): Merge[] {
  const encoder = new TextEncoder();
  const pieces = [...counts.keys()].map((piece) =>
    Array.from(encoder.encode(piece), (byte) => LETTER_OF_BYTE[byte]),
  );
  const weights = [...counts.values()];
  const places = new Map<number, Set<number>>();
  const queue = new PairQueue();
  pieces.forEach((tokens, piece) => {
    for (let i = 0; i + 1 < tokens.length; i++) {
      const pair = pairOf(tokens[i], tokens[i + 1]);
      queue.add(pair, weights[piece]);
      placesOf(places, pair).add(piece);
    }
  });
  const merges: Merge[] = [];
  while (merges.length < count) {
    const best = queue.take();
    // What occurs once compresses nothing and is in no other text.
    if (best === null || best.count < 2) break;
    const merge: Merge = [Math.floor(best.pair / PAIR_BASE), best.pair % PAIR_BASE];
    const token = LETTERS + merges.length;
    merges.push(merge);
    for (const piece of places.get(best.pair) ?? []) {
      const before = pieces[piece];
      const after = merged(before, merge, token);
      if (after.length === before.length) continue;
      pieces[piece] = after;
      recount(before, -weights[piece], queue);
      recount(after, weights[piece], queue);
      for (let i = 0; i + 1 < after.length; i++) placesOf(places, pairOf(after[i], after[i + 1])).add(piece);
    }
    places.delete(best.pair);
  }
  return merges;
}

function placesOf(places: Map<number, Set<number>>, pair: number): Set<number> {
  let found = places.get(pair);
  if (!found) {
    found = new Set();
    places.set(pair, found);
  }
  return found;
}

function recount(tokens: readonly number[], weight: number, queue: PairQueue): void {
  for (let i = 0; i + 1 < tokens.length; i++) queue.add(pairOf(tokens[i], tokens[i + 1]), weight);
}

/** Tokens with each occurrence of a pair replaced, from the left. */
function merged(tokens: readonly number[], [left, right]: Merge, token: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === left && tokens[i + 1] === right) {
      result.push(token);
      i++;
    } else result.push(tokens[i]);
  }
  return result;
}
