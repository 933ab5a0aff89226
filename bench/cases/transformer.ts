/** Transformer encoder, 4 x 256, sequence 256, batch 16: embedding, mean over the real positions, 8 classes. */

import { normal } from '../../src/nn/initialize.ts';
import { embedding, embeddingTable } from '../../src/nn/layers/embedding.ts';
import { linear } from '../../src/nn/layers/linear.ts';
import { paddingBias } from '../../src/nn/layers/masks.ts';
import { layerNorm } from '../../src/nn/layers/normalization.ts';
import { transformerEncoder } from '../../src/nn/layers/transformer.ts';
import { sum } from '../../src/nn/ops/broadcast.ts';
import { add, div, mul, neg } from '../../src/nn/ops/elementwise.ts';
import { oneHot } from '../../src/nn/ops/indexing.ts';
import { reshape } from '../../src/nn/ops/layout.ts';
import { mean } from '../../src/nn/ops/reduce.ts';
import { logSoftmax } from '../../src/nn/ops/softmax.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import type { Model } from '../../src/nn/training/gradient-graph.ts';
import { batches, ids, mask, type TrainingCase } from './case.ts';

const SIZES = { layers: 4, width: 256, heads: 8, inner: 1024, length: 256, vocabulary: 8000, classes: 8 };

export const transformer: Model = (scope, { tokens, mask: present, labels }) => {
  const { layers, width, heads, inner, length, vocabulary, classes } = SIZES;
  const [batch] = tokens.shape;
  const initializer = normal(0.02);
  const words = embedding(scope.at('words'), tokens, vocabulary, width, { initializer });
  const positions = embeddingTable(scope.at('positions'), length, width, { initializer });
  const embedded = layerNorm(scope.at('norm'), add(words, positions));
  const encoded = transformerEncoder(
    scope.at('encoder'),
    embedded,
    { layers, heads, inner, initializer },
    paddingBias(present),
  );
  const weights = reshape(present, [batch, length, 1]);
  const pooled = div(sum(mul(encoded, weights), 1), sum(weights, 1));
  const logits = linear(scope.at('classifier'), pooled, classes, { initializer });
  if (!labels) return { logits };
  const likelihood = sum(mul(logSoftmax(logits), oneHot(labels, classes)), -1);
  return { loss: neg(mean(likelihood)), logits };
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
