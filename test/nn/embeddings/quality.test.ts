/** The same corpus, learned by gensim (`make_goldens.py`) and by us: the same neighbours, the same likenesses. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeSentences } from '../../../src/nn/embeddings/corpus.ts';
import type { EmbeddingSettings } from '../../../src/nn/embeddings/settings.ts';
import { Vocabulary } from '../../../src/nn/embeddings/vocabulary.ts';
import { Congruential, trained } from './support.ts';

const [TOPICS, WORDS, COMMON] = [12, 10, 10];
const [SENTENCES, LENGTH] = [1500, 20];

interface Golden {
  /** Share of the five nearest of each that are of its topic: the least of four seeds. */
  readonly precision: number;
  /** Correlation of the likenesses that two seeds give: the least of the pairs. */
  readonly agreement: number;
  /** Cosines between all pairs of words, or of topics' mean documents, of the first seed. */
  readonly likeness: readonly number[];
}

const goldens = JSON.parse(readFileSync(join(import.meta.dirname, 'gensim.json'), 'utf8')) as {
  readonly settings: Record<string, Partial<EmbeddingSettings>>;
  readonly ends: readonly string[][];
} & Record<'skip-gram' | 'pv-dm' | 'pv-dm-concat', Golden>;

/** As in `make_goldens.py`. */
function makeSentences(): string[][] {
  const random = new Congruential(5);
  return Array.from({ length: SENTENCES }, (_, i) =>
    Array.from({ length: LENGTH }, () => {
      if (random.uniform() < 0.2) return `common${random.below(COMMON)}`;
      const draw = random.uniform();
      const topic = (i % TOPICS) + (draw < 0.15 ? -1 : draw < 0.3 ? 1 : 0);
      return `${(topic + TOPICS) % TOPICS}.${Math.min(random.below(WORDS), random.below(WORDS))}`;
    }),
  );
}

const sentences = makeSentences();
const vocabulary = Vocabulary.of(sentences, 1);
const corpus = encodeSentences(sentences, vocabulary);

type Vectors = readonly Float32Array[];

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

function cosines(vectors: Vectors): (i: number, j: number) => number {
  const units = vectors.map(unit);
  return (i, j) => {
    let sum = 0;
    for (let k = 0; k < units[i].length; k++) sum += units[i][k] * units[j][k];
    return sum;
  };
}

function likeness(vectors: Vectors): number[] {
  const cosine = cosines(vectors);
  return vectors.flatMap((_, i) => vectors.slice(i + 1).map((_, j) => cosine(i, i + 1 + j)));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((x, y) => x + y, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i] - meanB)));
  return covariance / Math.sqrt(mean(a.map((x) => (x - meanA) ** 2)) * mean(b.map((x) => (x - meanB) ** 2)));
}

/** @param topics of the vectors */
function precision(vectors: Vectors, topics: readonly number[]): number {
  const cosine = cosines(vectors);
  let right = 0;
  vectors.forEach((_, i) => {
    const likenesses = Float64Array.from(vectors, (_, j) => (j === i ? -2 : cosine(i, j)));
    for (let count = 0; count < 5; count++) {
      const nearest = likenesses.indexOf(likenesses.reduce((a, b) => Math.max(a, b)));
      likenesses[nearest] = -2;
      if (topics[nearest] === topics[i]) right++;
    }
  });
  return right / (5 * vectors.length);
}

/** How much better we are than the worst of gensim's seeds. */
function margins(golden: Golden, ours: Omit<Golden, 'agreement'>): { precision: number; agreement: number } {
  return {
    precision: ours.precision - golden.precision,
    agreement: correlation(ours.likeness, golden.likeness) - golden.agreement,
  };
}

/** Our seed is one more: it may be a little further off than gensim's are from one another. */
const SLACK = -0.05;

describe('beside gensim', () => {
  it('learns from the same corpus', () => {
    expect([sentences[0], sentences[SENTENCES - 1]]).toEqual(goldens.ends);
  });

  it('finds the same likenesses of words: skip-gram', () => {
    const settings = goldens.settings['skip-gram'];
    const { words } = trained({ model: 'skip-gram', ...settings }, { vocabulary, corpus });
    const size = settings.size!;
    const vectors = Array.from({ length: TOPICS * WORDS }, (_, i) => {
      const word = vocabulary.numberOf(`${Math.floor(i / WORDS)}.${i % WORDS}`)!;
      return words.subarray(word * size, (word + 1) * size);
    });
    const { precision: found, agreement } = margins(goldens['skip-gram'], {
      precision: precision(
        vectors,
        vectors.map((_, i) => Math.floor(i / WORDS)),
      ),
      likeness: likeness(vectors),
    });
    expect(found).toBeGreaterThan(SLACK);
    expect(agreement).toBeGreaterThan(SLACK);
  });

  it.each(['pv-dm', 'pv-dm-concat'] as const)('finds the same likenesses of documents: %s', (model) => {
    const settings = goldens.settings[model];
    const { documents } = trained({ model, ...settings }, { vocabulary, corpus });
    const size = settings.size!;
    const vectors = Array.from({ length: SENTENCES }, (_, i) => documents.subarray(i * size, (i + 1) * size));
    const means = Array.from({ length: TOPICS }, (_, topic) => {
      const mean = new Float32Array(size);
      for (let i = topic; i < SENTENCES; i += TOPICS) vectors[i].forEach((value, k) => (mean[k] += value));
      return mean;
    });
    const { precision: found, agreement } = margins(goldens[model], {
      precision: precision(
        vectors,
        vectors.map((_, i) => i % TOPICS),
      ),
      likeness: likeness(means),
    });
    expect(found).toBeGreaterThan(SLACK);
    expect(agreement).toBeGreaterThan(SLACK);
  });
});
