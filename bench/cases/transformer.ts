/** Transformer encoder, 4 x 256, sequence 256, batch 16: embedding, mean over the real positions, 8 classes. */

import { normal } from '../../src/nn/initialize.ts';
import { embedding } from '../../src/nn/layers/embedding.ts';
import { linear } from '../../src/nn/layers/linear.ts';
import { paddingBias } from '../../src/nn/layers/masks.ts';
import { layerNorm } from '../../src/nn/layers/normalization.ts';
import { maskedMean } from '../../src/nn/layers/pooling.ts';
import { learnedPositions } from '../../src/nn/layers/positions.ts';
import { transformerEncoder } from '../../src/nn/layers/transformer.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import type { Scope } from '../../src/nn/scope.ts';
import type { Tensor } from '../../src/nn/tensor.ts';
import type { Model } from '../../src/nn/training/gradient-graph.ts';
import { batches, ids, mask, type TrainingCase } from './case.ts';

const SIZES = { layers: 4, width: 256, heads: 8, inner: 1024, length: 256, vocabulary: 8000, classes: 8 };

interface EncoderSizes {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly inner: number;
  readonly vocabulary: number;
}

export const initializer = normal(0.02);

/** Words and positions, normed. @returns [batch, length, width] */
export function embedded(scope: Scope, tokens: Tensor, { vocabulary, width }: EncoderSizes): Tensor {
  const words = embedding(scope.at('words'), tokens, vocabulary, width, { initializer });
  return layerNorm(
    scope.at('norm'),
    learnedPositions(scope.at('positions'), words, { maximum: tokens.size(1) }),
  );
}

/** States of an encoder. @returns [batch, length, width] */
export function encode(scope: Scope, tokens: Tensor, present: Tensor, sizes: EncoderSizes): Tensor {
  const options = { layers: sizes.layers, heads: sizes.heads, inner: sizes.inner, initializer };
  return transformerEncoder(
    scope.at('encoder'),
    embedded(scope, tokens, sizes),
    options,
    paddingBias(present),
  );
}

const transformer: Model = (scope, { tokens, mask: present, labels }) => {
  const states = maskedMean(encode(scope, tokens, present, SIZES), present);
  const logits = linear(scope.at('classifier'), states, SIZES.classes, { initializer });
  return labels ? { loss: crossEntropy(logits, labels), logits } : { logits };
};

const made = (name: string, batch: number, inference: boolean): TrainingCase => ({
  name,
  model: transformer,
  optimizer: adamW({ learningRate: 1e-4 }),
  sizes: { ...SIZES, batch },
  inference,
  batches: batches(name, (random) => ({
    tokens: ids(random, [batch, SIZES.length], SIZES.vocabulary),
    mask: mask(random, batch, SIZES.length),
    ...(inference ? {} : { labels: ids(random, [batch], SIZES.classes) }),
  })),
});

export const transformerTrain = made('transformer-train', 16, false);
export const transformerInfer1 = made('transformer-infer-1', 1, true);
export const transformerInfer32 = made('transformer-infer-32', 32, true);
