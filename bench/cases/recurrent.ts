/** GRU and LSTM, 128 wide over 250 steps, batch 64, with a trainable embedding: mean of the states, 8 classes. */

import { embedding } from '../../src/nn/layers/embedding.ts';
import { linear } from '../../src/nn/layers/linear.ts';
import { gru, lstm } from '../../src/nn/layers/recurrent.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { mean } from '../../src/nn/ops/reduce.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import { batches, ids, type TrainingCase } from './case.ts';

const SIZES = { width: 128, length: 250, batch: 64, vocabulary: 5000, classes: 8 };

const made = (name: string, layer: typeof gru | typeof lstm): TrainingCase => ({
  name,
  optimizer: adamW({ learningRate: 1e-3 }),
  sizes: SIZES,
  // Both sides get time first, which both are faster with.
  batches: batches(name, (random) => ({
    tokens: ids(random, [SIZES.length, SIZES.batch], SIZES.vocabulary),
    labels: ids(random, [SIZES.batch], SIZES.classes),
  })),
  model(scope, { tokens, labels }) {
    const words = embedding(scope.at('words'), tokens, SIZES.vocabulary, SIZES.width);
    const { outputs } = layer(scope.at('layer'), words, { size: SIZES.width, timeFirst: true });
    const logits = linear(scope.at('classifier'), mean(outputs, 0), SIZES.classes);
    return { loss: crossEntropy(logits, labels) };
  },
});

export const gruTrain = made('gru-train', gru);
export const lstmTrain = made('lstm-train', lstm);
