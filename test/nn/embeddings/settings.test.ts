/** What cannot be is refused with a word on it. */

import { describe, expect, it } from 'vitest';
import { BinscribeError } from '../../../src/error.ts';
import { encodeSentences, type Corpus } from '../../../src/nn/embeddings/corpus.ts';
import { inferDocuments } from '../../../src/nn/embeddings/infer.ts';
import { planMemory } from '../../../src/nn/embeddings/plan.ts';
import { DEFAULT_SETTINGS, settingsOf, type EmbeddingSettings } from '../../../src/nn/embeddings/settings.ts';
import { EmbeddingTrainer } from '../../../src/nn/embeddings/trainer.ts';
import { WordVectors } from '../../../src/nn/embeddings/vectors.ts';
import { Vocabulary } from '../../../src/nn/embeddings/vocabulary.ts';
import { encoded, trained } from './support.ts';

function refusal(action: () => unknown): BinscribeError {
  try {
    action();
  } catch (error) {
    if (error instanceof BinscribeError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  it('are gensim defaults where nothing is said', () => {
    expect(settingsOf({})).toEqual(DEFAULT_SETTINGS);
    expect(settingsOf({ size: 7 }).size).toBe(7);
  });

  const wrong: Partial<Record<keyof EmbeddingSettings, unknown[]>> = {
    model: ['word2vec', '', undefined, 'constructor'],
    size: [0, -1, 2.5, NaN, 1e6, '100', null],
    window: [0, 1.5, 5000],
    negative: [0, 0.5, 101],
    sample: [-1e-3, 2, Infinity],
    exponent: [NaN, 11],
    alpha: [-0.1, Infinity],
    minAlpha: [-1, NaN],
    epochs: [0, 1.5],
    seed: [-1, 2 ** 21, 0.5],
  };
  it.each(Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value])))(
    '%s of %s is refused',
    (name, value) => {
      const error = refusal(() => settingsOf({ [name as string]: value }));
      expect(error.kind).toBe('usage');
      expect(error.message).toContain(`${name as string}: `);
    },
  );

  it('refuses a vector that no memory of 32 bits holds', () => {
    const vocabulary = new Vocabulary(Array.from({ length: 200_000 }, (_, i) => [`${i}`, 1]));
    const corpus = encodeSentences([['1', '2']], vocabulary);
    const error = refusal(() =>
      planMemory(settingsOf({ size: 4096 }), vocabulary, corpus, 1, { threads: 1 }),
    );
    expect(error.kind).toBe('unsupported');
    expect(error.message).toMatch(/at most 4 GiB expected, got \d+ bytes/);
  });
});

describe('a corpus', () => {
  const { vocabulary } = encoded('skip-gram');
  const made = (corpus: Corpus, model: EmbeddingSettings['model'] = 'skip-gram'): EmbeddingTrainer =>
    new EmbeddingTrainer({ model }, vocabulary, corpus);

  it('without a word of the vocabulary is refused', () => {
    expect(refusal(() => made(encodeSentences([['never seen'], []], vocabulary))).message).toContain(
      'no word',
    );
    expect(refusal(() => Vocabulary.of([['a', 'b']], 2)).message).toContain('no word occurs often enough');
  });

  it('of sentences is none for asm2vec, and one of walks none for the others', () => {
    expect(refusal(() => made(encoded('skip-gram').corpus, 'asm2vec')).message).toContain('encodeWalks');
    expect(refusal(() => made(encoded('asm2vec').corpus)).message).toContain('encodeSentences');
  });

  it('of another vocabulary is refused', () => {
    const corpus = encodeSentences([['0', '1', '2']], vocabulary);
    const smaller = new Vocabulary([['0', 1]]);
    const error = refusal(() => new EmbeddingTrainer({}, smaller, corpus));
    expect(error.message).toContain('numbers below 1 expected, got');
  });

  it('cuts what is too long for one unit of work and leaves out what is empty', () => {
    const long = new Array<string>(25_000).fill('0');
    const { starts, owners, documents } = encodeSentences([[], long, [], ['1']], vocabulary);
    expect([...starts]).toEqual([0, 10_000, 20_000, 25_000, 25_001]);
    expect([...owners]).toEqual([1, 1, 1, 3]);
    expect(documents).toBe(4);
  });
});

describe('a state', () => {
  const words = encoded('skip-gram');

  it('of other settings is refused', () => {
    const state = trained({ size: 4 }, words);
    const trainer = new EmbeddingTrainer({ size: 5 }, words.vocabulary, words.corpus);
    expect(refusal(() => trainer.restore(state)).message).toContain('size 5 expected, got 4');
  });

  it('of another vocabulary is refused', () => {
    const state = trained({ size: 4 }, words);
    const other = encoded('skip-gram', 2);
    const trainer = new EmbeddingTrainer({ size: 4 }, other.vocabulary, other.corpus);
    expect(refusal(() => trainer.restore({ ...state, words: state.words.slice(1) })).message).toContain(
      'words',
    );
  });
});

describe('word vectors', () => {
  const vocabulary = new Vocabulary([
    ['east', 3],
    ['north', 2],
    ['northeast', 1],
  ]);
  const corpus = encodeSentences([['east', 'north', 'northeast']], vocabulary);
  const state = trained({ size: 2 }, { vocabulary, corpus });
  const vectors = new WordVectors({ ...state, words: Float32Array.of(2, 0, 0, 3, 1, 1, 9, 9) }, vocabulary);

  it('are near by their angle', () => {
    expect([...vectors.of('north')]).toEqual([0, 3]);
    const [first, second] = vectors.nearest('east');
    expect(first.word).toBe('northeast');
    expect(first.likeness).toBeCloseTo(Math.SQRT1_2);
    expect(second).toEqual({ word: 'north', likeness: 0 });
    expect(vectors.nearest('east', 1)).toHaveLength(1);
  });

  it('are not there for words that are not', () => {
    expect(refusal(() => vectors.nearest('up')).message).toBe('no vector of "up"');
  });
});

describe('vectors of new documents', () => {
  const documents = encoded('pv-dm');
  const settings = { model: 'pv-dm', size: 16, epochs: 10, sample: 0 } as const;
  const state = trained(settings, documents);
  const sentences = [
    ['0', '1', '2', '3'],
    ['5', '4', '3'],
    ['0', '0', '7'],
  ];

  it('do not depend on what else is asked for', async () => {
    const encode = (which: string[][]): Corpus => encodeSentences(which, documents.vocabulary);
    const together = await inferDocuments(state, documents.vocabulary, encode(sentences));
    for (const [i, sentence] of sentences.entries()) {
      const alone = await inferDocuments(state, documents.vocabulary, encode([sentence]));
      expect(alone).toEqual(together.subarray(16 * i, 16 * (i + 1)));
    }
  });

  it('do not exist in skip-gram', async () => {
    const { vocabulary, corpus } = encoded('skip-gram');
    const words = trained({}, { vocabulary, corpus });
    await expect(inferDocuments(words, vocabulary, corpus)).rejects.toThrow(
      'a model with documents expected',
    );
  });
});
