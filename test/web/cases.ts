/** What Node and a page compute alike: each case is run by both, on the runtime that it is given. */

import { exportModel } from '../../src/nn/export/model.ts';
import { Predictor } from '../../src/nn/inference.ts';
import { embedding } from '../../src/nn/layers/embedding.ts';
import { classificationHead } from '../../src/nn/layers/heads.ts';
import { paddingBias } from '../../src/nn/layers/masks.ts';
import { maskedMean } from '../../src/nn/layers/pooling.ts';
import { sinusoidalPositions } from '../../src/nn/layers/positions.ts';
import { transformerEncoder } from '../../src/nn/layers/transformer.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import type { HostTensors, Runtime } from '../../src/nn/runtime.ts';
import type { Model } from '../../src/nn/training/gradient-graph.ts';
import { Trainer } from '../../src/nn/training/trainer.ts';
import { batchOf, trained } from '../nn/export/support.ts';

/** Numbers by name. */
export type Found = Record<string, readonly number[]>;

const numbersOf = (tensors: HostTensors): Found =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, Array.from(data, Number)]));

async function runModel(runtime: Runtime, bytes: Uint8Array): Promise<Found> {
  const session = await runtime.open(bytes);
  try {
    return numbersOf(await session.run(batchOf(3, 12)));
  } finally {
    await session.close();
  }
}

/** A classifier with everything that training takes: a table of words, dropout, a loss. */
const classifier: Model = (scope, { ids, mask, classes }) => {
  const words = sinusoidalPositions(scope, embedding(scope.at('words'), ids, 300, 32), { maximum: 12 });
  const options = { layers: 1, heads: 2, inner: 64, dropout: 0.1 };
  const hidden = transformerEncoder(scope.at('encoder'), words, options, paddingBias(mask));
  return { loss: crossEntropy(classificationHead(scope.at('head'), maskedMean(hidden, mask), 4), classes) };
};

async function train(runtime: Runtime): Promise<Found> {
  const classes = { dtype: 'int64', shape: [3], data: BigInt64Array.of(0n, 3n, 1n) } as const;
  const batch = { ...batchOf(3, 12), classes };
  // The gradient of keys' biases is zero but for rounding, which a smaller epsilon would make a step of.
  const optimizer = adamW({ learningRate: 1e-3, weightDecay: 0.01, epsilon: 1e-5 });
  const trainer = await Trainer.create(
    { runtime, model: classifier, optimizer, seed: 5, clipNorm: 1 },
    batch,
  );
  const [losses, norms]: number[][] = [[], []];
  for (let step = 0; step < 5; step++) {
    const { loss, gradientNorm } = await trainer.step([batch]);
    losses.push(loss);
    norms.push(gradientNorm);
  }
  const evaluated = Array.from((await trainer.evaluate(batch))['loss'].data, Number);
  const parameters = Array.from(trainer.state.snapshot().buffers['parameters']);
  await trainer.close();
  return { losses, norms, evaluated, parameters };
}

export const CASES: Record<string, (runtime: Runtime) => Promise<Found>> = {
  'an exported model': (runtime) => runModel(runtime, exportModel(trained())),
  'an exported model of whole numbers': (runtime) =>
    runModel(runtime, exportModel({ ...trained(), quantize: 7 })),
  'a predictor, with fused operators': async (runtime) => {
    const predictor = await Predictor.create({ runtime, ...trained() });
    const found = numbersOf(await predictor.run(batchOf(3, 12)));
    await predictor.close();
    return found;
  },
  'five steps of training': train,
};
