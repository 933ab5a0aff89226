/**
 * SAFE: 64 pairs of functions of up to 150 instructions, a bidirectional GRU of 50, ten hops of attention over 250,
 * a layer of 2000, vectors of 100 (Massarelli et al. 2019); its loss, with the penalty of hops that look alike.
 */

import { embedding } from '../../src/nn/layers/embedding.ts';
import { linear } from '../../src/nn/layers/linear.ts';
import { hopPenalty, selfAttentivePooling } from '../../src/nn/layers/pooling.ts';
import { gru } from '../../src/nn/layers/recurrent.ts';
import { sum } from '../../src/nn/ops/broadcast.ts';
import { add, greater, relu, square, sub } from '../../src/nn/ops/elementwise.ts';
import { reshape, split, transpose } from '../../src/nn/ops/layout.ts';
import { range } from '../../src/nn/ops/reduce.ts';
import { dot } from '../../src/nn/ops/vectors.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import type { Scope } from '../../src/nn/scope.ts';
import type { Tensor } from '../../src/nn/tensor.ts';
import { batches, ids, type TrainingCase } from './case.ts';

const SIZES = {
  pairs: 64,
  length: 150,
  vocabulary: 5000,
  words: 100,
  size: 50,
  hidden: 250,
  hops: 10,
  inner: 2000,
  output: 100,
};
const FUNCTIONS = 2 * SIZES.pairs;

/**
 * @param tokens [length, functions]
 * @param lengths int64 [functions]
 */
function safe(scope: Scope, tokens: Tensor, lengths: Tensor): { vectors: Tensor; penalty: Tensor } {
  const words = embedding(scope.at('words'), tokens, SIZES.vocabulary, SIZES.words);
  const options = { size: SIZES.size, bidirectional: true, timeFirst: true, lengths };
  const states = transpose(gru(scope.at('layer'), words, options).outputs, [1, 0, 2]);
  const there = greater(reshape(lengths, [FUNCTIONS, 1]), range(SIZES.length));
  const pooled = selfAttentivePooling(scope.at('attention'), states, there, SIZES);
  const flat = reshape(pooled.vectors, [FUNCTIONS, SIZES.hops * 2 * SIZES.size]);
  const inner = relu(linear(scope.at('inner'), flat, SIZES.inner));
  return {
    vectors: linear(scope.at('output'), inner, SIZES.output),
    penalty: hopPenalty(pooled.weights),
  };
}

export const safeTrain: TrainingCase = {
  name: 'safe-train',
  // A tenth of SAFE's rate, at which rounding alone makes two runs part within 30 steps.
  optimizer: adamW({ learningRate: 1e-4 }),
  sizes: SIZES,
  batches: batches('safe', (random) => ({
    tokens: ids(random, [SIZES.length, FUNCTIONS], SIZES.vocabulary),
    lengths: {
      dtype: 'int64',
      shape: [FUNCTIONS],
      data: BigInt64Array.from({ length: FUNCTIONS }, () => BigInt(1 + random.below(SIZES.length))),
    },
    labels: {
      dtype: 'float32',
      shape: [SIZES.pairs],
      data: Float32Array.from({ length: SIZES.pairs }, () => (random.uniform() < 0.5 ? -1 : 1)),
    },
  })),
  model(scope, { tokens, lengths, labels }) {
    const { vectors, penalty } = safe(scope, tokens, lengths);
    const [a, b] = split(vectors, [SIZES.pairs, SIZES.pairs], 0);
    return { loss: add(sum(square(sub(dot(a, b), labels))), penalty) };
  },
};
