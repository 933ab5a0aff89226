/** Word vectors to look things up in. */

import { BinscribeError } from '../../error.ts';
import type { EmbeddingState } from './trainer.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Neighbour {
  readonly word: string;
  /** Cosine of the angle between the two vectors. */
  readonly likeness: number;
}

export class WordVectors {
  readonly size: number;
  private readonly vocabulary: Vocabulary;
  private readonly words: Float32Array;
  /** Of each vector, one over its length. */
  private readonly scales: Float64Array;

  constructor({ settings, words }: EmbeddingState, vocabulary: Vocabulary) {
    this.size = settings.size;
    this.vocabulary = vocabulary;
    this.words = words;
    this.scales = Float64Array.from(vocabulary.words, (_, number) => 1 / Math.hypot(...this.row(number)));
  }

  private row(number: number): Float32Array {
    return this.words.subarray(number * this.size, (number + 1) * this.size);
  }

  /** @throws BinscribeError `usage` for a word that the vocabulary lacks */
  private numberOf(word: string): number {
    const number = this.vocabulary.numberOf(word);
    if (number === undefined) throw new BinscribeError('usage', `no vector of ${JSON.stringify(word)}`);
    return number;
  }

  /** A word's vector, not copied. */
  of(word: string): Float32Array {
    return this.row(this.numberOf(word));
  }

  /** The words most like one, the likest first, without itself. */
  nearest(word: string, count = 10): Neighbour[] {
    const own = this.numberOf(word);
    const vector = this.row(own);
    const found = this.vocabulary.words.map((word, number) => {
      let product = 0;
      for (let i = 0; i < this.size; i++) product += vector[i] * this.words[number * this.size + i];
      return { word, likeness: product * this.scales[own] * this.scales[number] };
    });
    found.splice(own, 1);
    return found.sort((a, b) => b.likeness - a.likeness).slice(0, count);
  }
}
