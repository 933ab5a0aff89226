/** What a training holds between its steps. */

import { expect, it } from 'vitest';
import { paddingBias } from '../../../src/nn/layers/masks.ts';
import { embedding } from '../../../src/nn/layers/embedding.ts';
import { transformerEncoder } from '../../../src/nn/layers/transformer.ts';
import { mean } from '../../../src/nn/ops/reduce.ts';
import type { Model } from '../../../src/nn/training/gradient-graph.ts';
import { sgd } from '../../../src/nn/optimizers/sgd.ts';
import { Trainer } from '../../../src/nn/training/trainer.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';

const [BATCH, HEADS] = [4, 4];

const model: Model = (scope, { tokens, present }) => {
  const x = embedding(scope.at('words'), tokens, 4, 8);
  const options = { layers: 1, heads: HEADS, inner: 8, dropout: 0 };
  return { loss: mean(transformerEncoder(scope.at('encoder'), x, options, paddingBias(present))) };
};

function batchOf(length: number) {
  const shape = [BATCH, length];
  return {
    tokens: { dtype: 'int32', shape, data: new Int32Array(BATCH * length) },
    present: { dtype: 'float32', shape, data: new Float32Array(BATCH * length).fill(1) },
  } as const;
}

it('the memory of a training grew with each new length of its batches', async () => {
  const trainer = await Trainer.create(
    { runtime: nodeRuntime(), model, optimizer: sgd({ learningRate: 0.1 }), seed: 1 },
    batchOf(8),
  );
  const lengths = Array.from({ length: 16 }, (_, i) => 512 - 8 * i);
  const before = process.memoryUsage.rss();
  for (const length of lengths) await trainer.step([batchOf(length)]);
  const grown = process.memoryUsage.rss() - before;
  await trainer.close();
  // Attention's probabilities of one batch, in bytes: what was kept of each length was twice as much.
  const probabilities = BATCH * HEADS * lengths[0] ** 2 * 4;
  expect(grown).toBeLessThan(lengths.length * probabilities);
});
