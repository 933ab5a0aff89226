/**
 * Single steps against the definition: -log s(h.v_seen) - log s(-h.v_noise), whose gradient is taken here by finite
 * differences in float64. One word is so frequent that the noise draws nothing else; it is drawn once for each word
 * seen, since of a word drawn twice the second update meets what the first has written.
 */

import { describe, expect, it } from 'vitest';
import { encodeSentences, encodeWalks } from '../../../src/nn/embeddings/corpus.ts';
import type { EmbeddingModel, EmbeddingSettings } from '../../../src/nn/embeddings/settings.ts';
import { EmbeddingTrainer, type EmbeddingState } from '../../../src/nn/embeddings/trainer.ts';
import { Vocabulary } from '../../../src/nn/embeddings/vocabulary.ts';
import { Congruential, type Encoded } from './support.ts';

const SIZE = 3;
const RATE = 0.3;
const NOISE = 0;
const vocabulary = new Vocabulary([
  ['noise', 1e9],
  ['a', 5],
  ['b', 4],
  ['c', 3],
  ['d', 2],
]);
const number = (word: string): number => vocabulary.numberOf(word)!;

/** A vector's share in the hidden vector, and the share of the gradient that it gets back. */
interface Part {
  readonly from: 'words' | 'documents';
  readonly row: number;
  readonly slot: number;
  readonly weight: number;
  readonly back: number;
}

/** What is predicted from one hidden vector. */
interface Step {
  readonly parts: readonly Part[];
  readonly seen: readonly string[];
}

interface Tables {
  readonly words: Float64Array;
  readonly outputs: Float64Array;
  readonly documents: Float64Array;
}

const logSigmoid = (x: number): number => -Math.log1p(Math.exp(-x));

function loss(hidden: Float64Array, outputs: Float64Array, seen: number): number {
  const product = (word: number): number =>
    hidden.reduce((sum, value, i) => sum + value * outputs[word * hidden.length + i], 0);
  // What is drawn by chance as it was seen teaches nothing.
  return -logSigmoid(product(seen)) - (seen === NOISE ? 0 : logSigmoid(-product(NOISE)));
}

/** Of a function of values, which it finds as they were again. */
function differences(values: Float64Array, of: () => number): Float64Array {
  const epsilon = 1e-5;
  return values.map((value, i) => {
    values[i] = value + epsilon;
    const above = of();
    values[i] = value - epsilon;
    const below = of();
    values[i] = value;
    return (above - below) / (2 * epsilon);
  });
}

function follow(tables: Tables, { parts, seen }: Step, slots: number): void {
  const hidden = new Float64Array(slots * SIZE);
  for (const { from, row, slot, weight } of parts) {
    for (let i = 0; i < SIZE; i++) hidden[slot * SIZE + i] += weight * tables[from][row * SIZE + i];
  }
  const work = new Float64Array(hidden.length);
  for (const word of seen) {
    const of = (): number => loss(hidden, tables.outputs, number(word));
    const [toHidden, toOutputs] = [differences(hidden, of), differences(tables.outputs, of)];
    toHidden.forEach((gradient, i) => (work[i] -= RATE * gradient));
    toOutputs.forEach((gradient, i) => (tables.outputs[i] -= RATE * gradient));
  }
  for (const { from, row, slot, back } of parts) {
    for (let i = 0; i < SIZE; i++) tables[from][row * SIZE + i] += back * work[slot * SIZE + i];
  }
}

const word = (text: string, slot: number, weight: number, back: number): Part => ({
  from: 'words',
  row: number(text),
  slot,
  weight,
  back,
});
const document = (row: number, slot: number, weight: number, back: number): Part => ({
  from: 'documents',
  row,
  slot,
  weight,
  back,
});
/** The word vector after the last stands for what is outside. */
const outside = (slot: number): Part => ({ from: 'words', row: vocabulary.size, slot, weight: 1, back: 1 });

const sentences = [
  ['a', 'b', 'c'],
  ['d', 'noise'],
];
const sentenceCorpus = encodeSentences(sentences, vocabulary);
const functions = [[[['a', 'b', 'c'], ['d'], ['b', 'a']], [['c', 'noise']]]];

interface Case {
  readonly corpus: Encoded['corpus'];
  readonly slots: number;
  readonly steps: readonly Step[];
}

const third = 1 / 3;
const CASES: Record<EmbeddingModel, Case> = {
  'skip-gram': {
    corpus: sentenceCorpus,
    slots: 1,
    steps: [
      ['b', 'a'],
      ['a', 'b'],
      ['c', 'b'],
      ['b', 'c'],
      ['noise', 'd'],
      ['d', 'noise'],
    ].map(([context, seen]) => ({ parts: [word(context, 0, 1, 1)], seen: [seen] })),
  },
  // As in word2vec, each vector of the mean gets the whole gradient.
  'pv-dm': {
    corpus: sentenceCorpus,
    slots: 1,
    steps: [
      { parts: [document(0, 0, 0.5, 1), word('b', 0, 0.5, 1)], seen: ['a'] },
      {
        parts: [document(0, 0, third, 1), word('a', 0, third, 1), word('c', 0, third, 1)],
        seen: ['b'],
      },
      { parts: [document(0, 0, 0.5, 1), word('b', 0, 0.5, 1)], seen: ['c'] },
      { parts: [document(1, 0, 0.5, 1), word('noise', 0, 0.5, 1)], seen: ['d'] },
      { parts: [document(1, 0, 0.5, 1), word('d', 0, 0.5, 1)], seen: ['noise'] },
    ],
  },
  'pv-dm-concat': {
    corpus: sentenceCorpus,
    slots: 3,
    steps: [
      { parts: [document(0, 0, 1, 1), outside(1), word('b', 2, 1, 1)], seen: ['a'] },
      { parts: [document(0, 0, 1, 1), word('a', 1, 1, 1), word('c', 2, 1, 1)], seen: ['b'] },
      { parts: [document(0, 0, 1, 1), word('b', 1, 1, 1), outside(2)], seen: ['c'] },
      { parts: [document(1, 0, 1, 1), outside(1), word('noise', 2, 1, 1)], seen: ['d'] },
      { parts: [document(1, 0, 1, 1), word('d', 1, 1, 1), outside(2)], seen: ['noise'] },
    ],
  },
  // A function's vector is two rows, one for each part of an instruction; the gradient is the mean's own.
  asm2vec: {
    corpus: encodeWalks(functions, vocabulary),
    slots: 2,
    steps: [
      { parts: [...ofFunction(0.5), word('d', 0, 0.5, 0.5)], seen: ['a', 'b', 'c'] },
      {
        parts: [
          ...ofFunction(third),
          word('a', 0, third, third),
          word('b', 1, third / 2, third / 2),
          word('c', 1, third / 2, third / 2),
          word('b', 0, third, third),
          word('a', 1, third, third),
        ],
        seen: ['d'],
      },
      { parts: [...ofFunction(0.5), word('d', 0, 0.5, 0.5)], seen: ['b', 'a'] },
      { parts: ofFunction(1), seen: ['c', 'noise'] },
    ],
  },
};

function ofFunction(weight: number): Part[] {
  return [document(0, 0, weight, weight), document(1, 1, weight, weight)];
}

const changeOf = (after: ArrayLike<number>, before: Float32Array): number[] =>
  Array.from(before, (value, i) => after[i] - value);

function settingsFor(model: string): Partial<EmbeddingSettings> {
  return {
    model: model as EmbeddingModel,
    size: SIZE,
    window: 1,
    negative: 1,
    sample: 0,
    exponent: 10,
    alpha: RATE,
    minAlpha: RATE,
    epochs: 1,
  };
}

/** Not the state in which training starts, where all outputs are zero. */
function randomState(model: string, { corpus }: Case): EmbeddingState {
  const state = new EmbeddingTrainer(settingsFor(model), vocabulary, corpus).state();
  const random = new Congruential(7);
  for (const table of [state.words, state.outputs, state.documents]) {
    table.forEach((_, i) => (table[i] = 2 * random.uniform() - 1));
  }
  return state;
}

describe.each(Object.entries(CASES))('%s goes down the gradient', (model, one) => {
  it.each(['wasm', 'plain'] as const)('%s', (kernel) => {
    const before = randomState(model, one);
    const trainer = new EmbeddingTrainer(settingsFor(model), vocabulary, one.corpus, { kernel });
    trainer.restore(before);
    trainer.advance();
    const after = trainer.state();
    const expected: Tables = {
      words: Float64Array.from(before.words),
      outputs: Float64Array.from(before.outputs),
      documents: Float64Array.from(before.documents),
    };
    for (const step of one.steps) follow(expected, step, one.slots);
    for (const table of ['words', 'outputs', 'documents'] as const) {
      const wanted = changeOf(expected[table], before[table]);
      const got = changeOf(after[table], before[table]);
      const error = Math.hypot(...wanted.map((value, i) => value - got[i]));
      expect(error, table).toBeLessThanOrEqual(1e-5 * Math.hypot(...wanted));
    }
  });
});
