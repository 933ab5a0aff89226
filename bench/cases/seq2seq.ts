/** Encoder and decoder, 3 x 256 each, from 128 tokens to 64, batch 16, over a vocabulary of 4,000. */

import { linear } from '../../src/nn/layers/linear.ts';
import { causalBias, paddingBias } from '../../src/nn/layers/masks.ts';
import { transformerDecoder } from '../../src/nn/layers/transformer.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import { batches, ids, mask, type TrainingCase } from './case.ts';
import { embedded, encode, initializer } from './transformer.ts';

const SIZES = {
  layers: 3,
  width: 256,
  heads: 8,
  inner: 1024,
  vocabulary: 4000,
  batch: 16,
  source: 128,
  target: 64,
};

export const seq2seqTrain: TrainingCase = {
  name: 'seq2seq-train',
  optimizer: adamW({ learningRate: 1e-4 }),
  sizes: SIZES,
  batches: batches('seq2seq', (random) => ({
    source: ids(random, [SIZES.batch, SIZES.source], SIZES.vocabulary),
    sourceMask: mask(random, SIZES.batch, SIZES.source),
    target: ids(random, [SIZES.batch, SIZES.target], SIZES.vocabulary),
    next: ids(random, [SIZES.batch, SIZES.target], SIZES.vocabulary),
  })),
  model(scope, { source, sourceMask, target, next }) {
    const memory = encode(scope.at('source'), source, sourceMask, SIZES);
    const { layers, heads, inner } = SIZES;
    const states = transformerDecoder(
      scope.at('target').at('decoder'),
      embedded(scope.at('target'), target, SIZES),
      { layers, heads, inner, initializer },
      { memory, bias: causalBias(SIZES.target), memoryBias: paddingBias(sourceMask) },
    );
    const logits = linear(scope.at('output'), states, SIZES.vocabulary, { initializer });
    return { loss: crossEntropy(logits, next) };
  },
};
