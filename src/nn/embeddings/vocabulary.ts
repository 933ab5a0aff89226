/** The words of a corpus: which are kept, how often they occur, and what follows from that. */

import { BinscribeError } from '../../error.ts';

/** Any corpus: sentences (or documents), each of words. It is read once for a vocabulary and once to encode it. */
export type Sentences = Iterable<readonly string[]>;

export class Vocabulary {
  /** The most frequent first; among equals, the first seen. A word's number is its place here. */
  readonly words: readonly string[];
  readonly counts: readonly number[];
  /** Occurrences of all words kept. */
  readonly total: number;
  private readonly numbers: Map<string, number>;

  /** @param entries Words with their counts, in the order that their numbers shall have */
  constructor(entries: readonly (readonly [word: string, count: number])[]) {
    this.words = entries.map(([word]) => word);
    this.counts = entries.map(([, count]) => count);
    this.total = this.counts.reduce((sum, count) => sum + count, 0);
    this.numbers = new Map(this.words.map((word, number) => [word, number]));
    if (this.words.length === 0) {
      throw new BinscribeError('usage', 'vocabulary: no word occurs often enough', {
        hint: 'Lower minCount, or look whether the corpus is what you think.',
      });
    }
  }

  /** @param minCount Rarer words are left out, as if they had not been there */
  static of(sentences: Sentences, minCount = 5): Vocabulary {
    const counts = new Map<string, number>();
    for (const sentence of sentences) {
      for (const word of sentence) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    return new Vocabulary([...counts].filter(([, count]) => count >= minCount).sort(([, a], [, b]) => b - a));
  }

  get size(): number {
    return this.words.length;
  }

  /** A word's number, `undefined` for a word that was left out. */
  numberOf(word: string): number | undefined {
    return this.numbers.get(word);
  }

  /**
   * For each word the chance that an occurrence is kept, in steps of 2^-32: sqrt(s/f) + s/f for a word that is a
   * share f of the corpus. This is word2vec.c's; the paper's formula, 1 - sqrt(s/f) dropped, is another.
   */
  keepThresholds(sample: number): Uint32Array {
    const thresholds = new Uint32Array(this.size).fill(0xffffffff);
    if (sample === 0) return thresholds;
    this.counts.forEach((count, number) => {
      const ratio = (sample * this.total) / count;
      thresholds[number] = Math.floor(Math.min(1, Math.sqrt(ratio) + ratio) * 0xffffffff);
    });
    return thresholds;
  }

  /** Unnormalised probabilities of the noise. */
  noiseWeights(exponent: number): Float64Array {
    return Float64Array.from(this.counts, (count) => count ** exponent);
  }
}
