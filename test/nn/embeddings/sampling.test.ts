/**
 * What is drawn, against the formulas. The kernels' draws are read off the output vectors: these start at zero, and at
 * a rate of almost nothing each prediction moves them by rate/2 times the hidden vector, up for the word that was seen
 * and down for a word of the noise.
 */

import { describe, expect, it } from 'vitest';
import { aliasTable } from '../../../src/nn/embeddings/alias.ts';
import { encodeSentences } from '../../../src/nn/embeddings/corpus.ts';
import type { EmbeddingSettings } from '../../../src/nn/embeddings/settings.ts';
import { EmbeddingTrainer } from '../../../src/nn/embeddings/trainer.ts';
import { Vocabulary } from '../../../src/nn/embeddings/vocabulary.ts';
import { Congruential } from './support.ts';

const RATE = 1e-6;

/** How often each word was seen less how often it was drawn. @param context the one word that predicts */
function moves(
  settings: Partial<EmbeddingSettings>,
  vocabulary: Vocabulary,
  sentences: readonly string[][],
  context: string,
  kernel: 'wasm' | 'plain',
): Float64Array {
  const trainer = new EmbeddingTrainer(
    { size: 1, window: 1, epochs: 1, alpha: RATE, minAlpha: RATE, ...settings },
    vocabulary,
    encodeSentences(sentences, vocabulary),
    { kernel },
  );
  const hidden = trainer.state().words[vocabulary.numberOf(context)!];
  trainer.advance();
  return Float64Array.from(trainer.state().outputs, (value) => value / ((RATE / 2) * hidden));
}

/** Words of a Zipf distribution. */
function zipf(count: number): Vocabulary {
  return new Vocabulary(Array.from({ length: count }, (_, i) => [`${i}`, Math.ceil(1e6 / (i + 1))]));
}

/** Sum of (observed - expected)^2 / expected, whose mean is its number of terms and variance twice that. */
function chiSquared(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < expected.length; i++) sum += (observed[i] - expected[i]) ** 2 / expected[i];
  return sum;
}

/** Five deviations above the mean: the draws are seeded, so that this passes always or never. */
const limit = (terms: number): number => terms + 5 * Math.sqrt(2 * terms);

describe('alias table', () => {
  /** Probabilities of the outcomes, worked out from the slots. */
  function probabilities(table: Uint32Array): Float64Array {
    const count = table.length / 2;
    const found = new Float64Array(count);
    for (let slot = 0; slot < count; slot++) {
      const own = table[2 * slot] / 2 ** 32;
      found[slot] += own / count;
      found[table[2 * slot + 1]] += (1 - own) / count;
    }
    return found;
  }

  it('holds the weights, to the fineness of its fractions', () => {
    const random = new Congruential(3);
    const tables = [
      [1],
      [1, 1, 1],
      [0, 5, 0],
      [1e-9, 1, 1e9],
      Array.from({ length: 1000 }, (_, i) => (i + 1) ** -1.5),
      Array.from({ length: 777 }, () => random.uniform()),
    ];
    for (const weights of tables) {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const found = probabilities(aliasTable(Float64Array.from(weights)));
      weights.forEach((weight, i) => expect(Math.abs(found[i] - weight / total)).toBeLessThan(2 ** -31));
    }
  });
});

describe.each(['wasm', 'plain'] as const)('%s draws', (kernel) => {
  it.each([0.75, 0, 1, -0.5])('noise in proportion to counts to the power of %d', (exponent) => {
    const vocabulary = zipf(50);
    const context = '49';
    const negative = 10;
    // One word alone, which sees itself: as noise it teaches nothing, so that its own draws are not counted.
    const sentences = Array.from({ length: 40 }, () => new Array<string>(500).fill(context));
    const predictions = 40 * 2 * 499;
    const found = moves({ negative, exponent, sample: 0 }, vocabulary, sentences, context, kernel);
    // Thousands of sums in float32.
    expect(Math.abs(found[49] / predictions - 1)).toBeLessThan(2e-3);
    const weights = vocabulary.counts.map((count) => count ** exponent);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const expected = weights.slice(0, -1).map((weight) => (predictions * negative * weight) / total);
    const drawn = expected.map((_, i) => -found[i]);
    expect(chiSquared(drawn, expected)).toBeLessThan(limit(expected.length));
  });

  it('fewer of the frequent words, as word2vec.c does', () => {
    // The word of the noise is frequent beyond all others and not in the sentences; the context is rare.
    const entries = [['noise', 9e6], ...[1e6, 5e5, 1e5, 3e4, 1e4].map((n) => [`w${n}`, n]), ['context', 10]];
    const vocabulary = new Vocabulary(entries as [string, number][]);
    const sample = 1e-3;
    const times = 4000;
    const words = vocabulary.words.slice(1, -1);
    const sentences = words.flatMap((word) => Array.from({ length: times }, () => [word, 'context']));
    const found = moves({ negative: 1, exponent: 10, sample }, vocabulary, sentences, 'context', kernel);
    const keep = vocabulary.counts.map((count) => {
      const share = count / vocabulary.total;
      return Math.min(1, (Math.sqrt(share / sample) + 1) * (sample / share));
    });
    expect(Math.min(...keep.slice(1, -1))).toBeLessThan(0.2);
    expect(Math.max(...keep.slice(1, -1))).toBe(1);
    words.forEach((_, i) => {
      const chance = keep[i + 1];
      const deviation = Math.sqrt(times * chance * (1 - chance));
      expect(Math.abs(found[i + 1] - times * chance)).toBeLessThan(4 * deviation + 1);
    });
  });

  it('windows of all widths alike', () => {
    const vocabulary = new Vocabulary([
      ['noise', 1e9],
      ['context', 100],
      ['center', 1],
    ]);
    const window = 4;
    const side = new Array<string>(window).fill('context');
    const times = 3000;
    const sentences = Array.from({ length: times }, () => [...side, 'center', ...side]);
    const settings = { window, negative: 1, exponent: 10, sample: 0 };
    const found = moves(settings, vocabulary, sentences, 'context', kernel);
    // Widths 1 to 4, to both sides: 5 on average, of variance 5.
    expect(Math.abs(found[2] - 5 * times)).toBeLessThan(4 * Math.sqrt(5 * times));
  });
});
