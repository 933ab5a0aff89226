/** Corpora for the tests of word and document vectors, and what is looked at in the vectors. */

import { encodeSentences, encodeWalks, type Corpus, type Walks } from '../../../src/nn/embeddings/corpus.ts';
import type { EmbeddingModel, EmbeddingSettings } from '../../../src/nn/embeddings/settings.ts';
import {
  EmbeddingTrainer,
  type EmbeddingState,
  type TrainerOptions,
} from '../../../src/nn/embeddings/trainer.ts';
import { Vocabulary } from '../../../src/nn/embeddings/vocabulary.ts';

export interface Encoded {
  readonly vocabulary: Vocabulary;
  readonly corpus: Corpus;
}

/** The generator of Numerical Recipes, which `make_goldens.py` has too: both make the same corpus. */
export class Congruential {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** In [0, 1): all 32 bits of the state, of which the low ones are poor. */
  uniform(): number {
    this.state = (Math.imul(1664525, this.state) + 1013904223) >>> 0;
    return this.state / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }
}

/** Sentences of words `0` to `words - 1`, of which the low ones are the frequent ones. */
export function sentencesOf(seed: number, count: number, words: number, longest: number): string[][] {
  const random = new Congruential(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random.below(longest) }, () => `${Math.floor(words ** random.uniform()) - 1}`),
  );
}

/** Functions of up to three walks, of instructions with up to four operands. */
export function walksOf(seed: number, count: number, words: number): Walks[] {
  const random = new Congruential(seed);
  const word = (): string => `${Math.floor(words ** random.uniform()) - 1}`;
  const list = <T>(length: number, item: () => T): T[] => Array.from({ length }, item);
  return list(count, () =>
    list(1 + random.below(3), () =>
      list(1 + random.below(12), () => [`op${word()}`, ...list(random.below(5), word)]),
    ),
  );
}

/** A corpus that fits the model: of some 3,000 words for each `size`. */
export function encoded(model: EmbeddingModel, size = 1): Encoded {
  if (model === 'asm2vec') {
    const functions = walksOf(1, 80 * size, 40);
    const vocabulary = Vocabulary.of(
      functions.flatMap((walks) => walks.flat()),
      2,
    );
    return { vocabulary, corpus: encodeWalks(functions, vocabulary) };
  }
  const sentences = sentencesOf(1, 200 * size, 60, 30);
  const vocabulary = Vocabulary.of(sentences, 2);
  return { vocabulary, corpus: encodeSentences(sentences, vocabulary) };
}

/** What a training on the calling thread leaves. */
export function trained(
  settings: Partial<EmbeddingSettings>,
  { vocabulary, corpus }: Encoded,
  options: Pick<TrainerOptions, 'kernel'> = {},
): EmbeddingState {
  const trainer = new EmbeddingTrainer(settings, vocabulary, corpus, options);
  trainer.advance();
  return trainer.state();
}

/** The largest difference, as a share of the root mean square of what is expected. */
export function distance(expected: Float32Array, actual: Float32Array): number {
  if (expected.length !== actual.length) return Infinity;
  let squares = 0;
  let largest = 0;
  expected.forEach((value, i) => {
    squares += value * value;
    // A number that is none must not be passed over.
    const difference = Math.abs(value - actual[i]);
    if (!(difference <= largest)) largest = difference;
  });
  return expected.length === 0 ? 0 : largest / Math.sqrt(squares / expected.length);
}

/** Of all numbers of a table together. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, i) => sum + value * y[i], 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
