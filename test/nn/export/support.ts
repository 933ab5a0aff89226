/** A small encoder of everything that is exported, with weights that no training has touched. */

import type { TrainedModel } from '../../../src/nn/inference.ts';
import { embedding } from '../../../src/nn/layers/embedding.ts';
import { classificationHead, projectionHead } from '../../../src/nn/layers/heads.ts';
import { linear } from '../../../src/nn/layers/linear.ts';
import { paddingBias } from '../../../src/nn/layers/masks.ts';
import {
  firstPosition,
  maskedMax,
  maskedMean,
  selfAttentivePooling,
} from '../../../src/nn/layers/pooling.ts';
import { learnedPositions } from '../../../src/nn/layers/positions.ts';
import { gru, lstm } from '../../../src/nn/layers/recurrent.ts';
import { transformerEncoder, type Activation } from '../../../src/nn/layers/transformer.ts';
import { crossEntropy } from '../../../src/nn/losses/cross-entropy.ts';
import { sum } from '../../../src/nn/ops/broadcast.ts';
import { cast } from '../../../src/nn/ops/elementwise.ts';
import { reshape } from '../../../src/nn/ops/layout.ts';
import { project } from '../../../src/nn/ops/matmul.ts';
import { cumulativeSum } from '../../../src/nn/ops/positions.ts';
import type { ParameterAttributes } from '../../../src/nn/ops/source.ts';
import { input } from '../../../src/nn/ops/source.ts';
import { RandomStream } from '../../../src/nn/random.ts';
import type { HostTensor, HostTensors } from '../../../src/nn/runtime.ts';
import { Scope } from '../../../src/nn/scope.ts';
import { elements } from '../../../src/nn/shape.ts';
import type { Model } from '../../../src/nn/training/gradient-graph.ts';

const VOCABULARY = 300;
const WIDTH = 64;
const CLASSES = 10;
/** Length of the longest sequence. */
const LONGEST = 40;

/** Everything that a model of ours may end in. The table of words serves twice, as in BERT. */
export const encoder =
  (activation: Activation = 'gelu'): Model =>
  (scope, { ids, mask, classes }) => {
    const words = embedding(scope.at('words'), ids, VOCABULARY, WIDTH);
    const placed = learnedPositions(scope.at('positions'), words, {
      maximum: LONGEST + 1,
      ids: cumulativeSum(mask, 1),
    });
    const options = { layers: 2, heads: 4, inner: 128, dropout: 0.1, activation };
    const hidden = transformerEncoder(
      scope.at('encoder'),
      scope.dropout(placed, 0.1),
      options,
      paddingBias(mask),
    );
    const hops = selfAttentivePooling(scope.at('hops'), hidden, mask, { hidden: 32, hops: 2 });
    const logits = classificationHead(scope.at('classes'), firstPosition(hidden), CLASSES);
    const table = scope.at('words').parameter('weight', [VOCABULARY, WIDTH], () => undefined);
    return {
      hidden,
      vector: projectionHead(scope.at('head'), maskedMean(hidden, mask), WIDTH),
      largest: maskedMax(hidden, mask),
      attended: linear(scope.at('attended'), reshape(hops.vectors, [ids.shape[0], 2 * WIDTH]), WIDTH),
      words: project(hidden, table, null, true),
      logits,
      there: cast(mask, 'float32'),
      ...(classes ? { loss: crossEntropy(logits, classes) } : {}),
    };
  };

/** Recurrent layers, which stop at each sequence's end. */
export const recurrent: Model = (scope, { ids, mask }) => {
  const words = embedding(scope.at('words'), ids, VOCABULARY, WIDTH);
  const lengths = cast(sum(cast(mask, 'float32'), 1), 'int32');
  const options = { size: 24, lengths };
  const { outputs } = gru(scope.at('gru'), words, {
    ...options,
    layers: 2,
    bidirectional: true,
    dropout: 0.1,
  });
  const { outputs: states, cell } = lstm(scope.at('lstm'), outputs, options);
  return { states, cell, vector: maskedMean(outputs, mask) };
};

const SIZES = { dtype: 'int64', shape: ['batch', 'length'] } as const;

export const INPUTS: TrainedModel['inputs'] = { ids: SIZES, mask: SIZES };

/** Initial values of all parameters, each from a stream of its own. */
export function drawParameters(model: Model, inputs: TrainedModel['inputs']): Map<string, Float32Array> {
  const scope = new Scope(false);
  const tensors = Object.entries(inputs).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]);
  model(scope, Object.fromEntries(tensors) as Parameters<Model>[1]);
  return new Map(
    [...scope.declarations.parameters].map(([name, tensor]) => {
      const { shape, initializer } = tensor.node.attributes as ParameterAttributes;
      const values = new Float32Array(elements(shape));
      initializer(values, shape, new RandomStream(1, name));
      return [name, values];
    }),
  );
}

export function trained(model: Model = encoder()): TrainedModel {
  return { model, inputs: INPUTS, parameters: drawParameters(model, INPUTS) };
}

/** Sequences of different lengths, padded with zeros. */
export function batchOf(batch: number, length: number, seed = 1): HostTensors {
  const random = new RandomStream(seed, 'batch');
  const lengths = Array.from({ length: batch }, (_, i) => (i === 0 ? length : 1 + random.below(length)));
  const tensor = (value: (there: boolean) => number): HostTensor => ({
    dtype: 'int64',
    shape: [batch, length],
    data: BigInt64Array.from({ length: batch * length }, (_, i) =>
      BigInt(value(i % length < lengths[Math.floor(i / length)])),
    ),
  });
  return {
    ids: tensor((there) => (there ? 1 + random.below(VOCABULARY - 1) : 0)),
    mask: tensor(Number),
  };
}
