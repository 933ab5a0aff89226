/** Layers and losses against PyTorch's values and gradients (test/nn/goldens/make.py). */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Joining } from '../../src/models/contrabin/interpolation.ts';
import {
  CHOICES,
  choiceOf,
  type Comparison,
  contraBinLoss,
  type Stage,
} from '../../src/models/contrabin/objective.ts';
import type { View } from '../../src/models/contrabin/views.ts';
import { gradients } from '../../src/nn/autodiff.ts';
import { multiHeadAttention } from '../../src/nn/layers/attention.ts';
import { embedding } from '../../src/nn/layers/embedding.ts';
import { structure2vec } from '../../src/nn/layers/graph.ts';
import { classificationHead, projectionHead } from '../../src/nn/layers/heads.ts';
import { linear } from '../../src/nn/layers/linear.ts';
import { causalBias, paddingBias } from '../../src/nn/layers/masks.ts';
import { layerNorm, rmsNorm } from '../../src/nn/layers/normalization.ts';
import {
  attentionPooling,
  firstPosition,
  hopPenalty,
  maskedMax,
  maskedMean,
  selfAttentivePooling,
} from '../../src/nn/layers/pooling.ts';
import { sinusoidalPositions } from '../../src/nn/layers/positions.ts';
import { gru, lstm } from '../../src/nn/layers/recurrent.ts';
import { transformerDecoder, transformerEncoder, type Activation } from '../../src/nn/layers/transformer.ts';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.ts';
import { infoNCE, supervisedContrastive } from '../../src/nn/losses/contrastive.ts';
import { cosineEmbedding, cosineSquaredError } from '../../src/nn/losses/cosine.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { softClip } from '../../src/nn/losses/soft-clip.ts';
import { meanSquaredError } from '../../src/nn/losses/squared-error.ts';
import { tripletMargin } from '../../src/nn/losses/triplet.ts';
import { sum } from '../../src/nn/ops/broadcast.ts';
import { add, addN, cast, gelu, geluTanh, mul } from '../../src/nn/ops/elementwise.ts';
import { constant, input } from '../../src/nn/ops/source.ts';
import type { HostTensor } from '../../src/nn/runtime.ts';
import { Scope } from '../../src/nn/scope.ts';
import { evaluate } from '../../src/nn/session.ts';
import type { Tensor } from '../../src/nn/tensor.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { distance, norm, scaleOf } from './support/array.ts';
import { hostTensor } from './support/check.ts';

interface Values {
  dtype: 'float32' | 'int64';
  shape: number[];
  data: number[];
}

interface Golden {
  name: string;
  options: Record<string, unknown>;
  inputs: Record<string, Values>;
  weights: Record<string, Values>;
  outputs: Values[];
  directions: Values[];
  gradients: Record<string, Values>;
}

type Build = (scope: Scope, x: Record<string, Tensor>, options: Golden['options']) => Tensor | Tensor[];

/** What the script has as constants. */
const signs = constant(Float32Array.of(1, -1, -1, 1, 1, -1), [6]);
const classes = constant(BigInt64Array.of(3n, 1n, 3n, 3n, 1n, 2n), [6]);

const block = ({ norm, activation }: Golden['options']) => ({
  heads: 2,
  inner: 12,
  norm: norm as 'before' | 'after',
  activation: activation as Activation,
});

const LAYERS: Record<string, Build> = {
  linear: (scope, { x }, { bias = true }) => linear(scope, x, 3, { bias: bias as boolean }),
  layerNorm: (scope, { x }) => layerNorm(scope, x),
  rmsNorm: (scope, { x }) => rmsNorm(scope, x),
  gelu: (_, { x }) => gelu(x),
  geluTanh: (_, { x }) => geluTanh(x),
  embedding: (scope, { ids }) => embedding(scope, ids, 3, 4),
  attention: (scope, { x, mask }, { causal, padded }) => {
    const biases = [...(causal ? [causalBias(5)] : []), ...(padded ? [paddingBias(mask)] : [])];
    const bias = biases.length === 2 ? add(biases[0], biases[1]) : (biases[0] ?? null);
    return multiHeadAttention(scope, x, { heads: 2, bias });
  },
  crossAttention: (scope, { x, context, mask }) =>
    multiHeadAttention(scope, x, { heads: 2, context, bias: paddingBias(mask) }),
  encoder: (scope, { x, mask }, options) =>
    transformerEncoder(scope, x, { layers: 2, ...block(options) }, paddingBias(mask)),
  decoder: (scope, { x, memory, mask }, options) => {
    const context = { memory, bias: causalBias(3), memoryBias: paddingBias(mask) };
    return transformerDecoder(scope, x, { layers: 1, ...block(options) }, context);
  },
  maskedMean: (_, { x, mask }) => maskedMean(x, mask),
  maskedMax: (_, { x, mask }) => maskedMax(x, mask),
  firstPosition: (_, { x }) => firstPosition(x),
  attentionPooling: (scope, { x, mask }) => attentionPooling(scope, x, mask),
  selfAttentivePooling: (scope, { x, mask }) => {
    const { vectors, weights } = selfAttentivePooling(scope, x, mask, { hidden: 6, hops: 3 });
    return [vectors, weights, hopPenalty(weights)];
  },
  projectionHead: (scope, { x }) => projectionHead(scope, x, 4),
  classificationHead: (scope, { x }) => classificationHead(scope, x, 4),
  sinusoidalPositions: (scope, { x }) => sinusoidalPositions(scope, x, { maximum: 9 }),
};

const LOSSES: Record<string, Build> = {
  crossEntropy: (_, { logits, targets }, options) => crossEntropy(logits, targets, options),
  binaryCrossEntropy: (_, { logits, targets }, { weights, positiveWeight }) =>
    weights
      ? binaryCrossEntropy(logits, targets, {
          weights: constant(Float32Array.from(weights as number[]), [4]),
          positiveWeight: positiveWeight as number[],
        })
      : binaryCrossEntropy(logits, targets),
  cosineEmbedding: (_, { a, b }, { margin }) => cosineEmbedding(a, b, signs, margin as number),
  cosineSquaredError: (_, { a, b }) => cosineSquaredError(a, b, signs),
  meanSquaredError: (_, { a, b }) => meanSquaredError(a, b),
  tripletMargin: (_, { a, b, c }, { margin }) => tripletMargin(a, b, c, margin as number),
  infoNCE: (_, { a, b }, options) => infoNCE(a, b, options),
  supervisedContrastive: (_, { a }, options) => supervisedContrastive(a, classes, options),
  softClip: (_, { a, b }, { temperature }) => softClip(a, b, temperature as number),
};

const recurrentOptions = ({ layers, bidirectional, lengths }: Golden['options']) => ({
  size: 4,
  layers: layers as number,
  bidirectional: bidirectional as boolean,
  lengths: lengths ? constant(Int32Array.from(lengths as number[]), [3]) : null,
});

const RECURRENT: Record<string, Build> = {
  gru: (scope, { x, hidden }, options) => {
    const found = gru(scope, x, recurrentOptions(options), hidden ?? null);
    return [found.outputs, found.hidden];
  },
  lstm: (scope, { x, hidden, cell }, options) => {
    const found = lstm(scope, x, recurrentOptions(options), hidden ? { hidden, cell } : null);
    return [found.outputs, found.hidden, found.cell];
  },
};

const CONTRABIN: Record<string, Build> = {
  contrabin: (scope, { source, binary, comment }, options) => {
    const { joining, stage, leftOut, comparison } = options as {
      joining: Joining;
      stage: Stage;
      leftOut: View;
      comparison: Comparison;
    };
    const choice = constant(choiceOf(stage, leftOut), [CHOICES]);
    const interpolation = { joining, dropout: 0.1 };
    const objective = { interpolation, comparison, temperature: 1 };
    return contraBinLoss(scope, { source, binary, comment }, choice, objective);
  },
};

const GRAPHS: Record<string, Build> = {
  structure2vec: (scope, { nodes, adjacency, members }, { depth, rounds }) => {
    const graphs = { nodes, adjacency: cast(adjacency, 'float32'), members: cast(members, 'float32') };
    return structure2vec(scope, graphs, { size: 6, depth: depth as number, rounds: rounds as number });
  },
};

const runtime = nodeRuntime({ threads: 1 });

function host({ dtype, shape, data }: Values): HostTensor {
  return hostTensor(dtype, { shape, data: Float64Array.from(data) });
}

const mapped = <A, B>(table: Record<string, A>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, f(value)]));

/** Relative errors of outputs and gradients, by name. */
async function errors(golden: Golden, build: Build): Promise<Record<string, number>> {
  const scope = new Scope(false);
  const x: Record<string, Tensor> = {};
  for (const [name, { shape, dtype }] of Object.entries(golden.inputs)) x[name] = input(name, shape, dtype);
  const outputs = [build(scope.at('layer'), x, golden.options)].flat();
  const parameters = Object.fromEntries(scope.declarations.parameters);
  expect(Object.keys(parameters).sort()).toEqual(Object.keys(golden.weights).sort());

  const directions = golden.directions.map(({ shape, data }) => constant(Float32Array.from(data), shape));
  const loss = addN(outputs.map((y, i) => sum(mul(y, directions[i]))));
  const names = Object.keys(golden.gradients);
  const of = names.map((name) => x[name] ?? parameters[name]);
  const found = gradients(loss, of);
  const wanted: Record<string, Tensor> = {};
  const expected: Record<string, Values> = {};
  outputs.forEach((y, i) => {
    wanted[`output ${i}`] = y;
    expected[`output ${i}`] = golden.outputs[i];
  });
  names.forEach((name, i) => {
    wanted[`gradient ${name}`] = found[i];
    expected[`gradient ${name}`] = golden.gradients[name];
  });
  const results = await evaluate(runtime, wanted, mapped({ ...golden.inputs, ...golden.weights }, host));
  const largest = Math.max(...names.map((name) => norm(golden.gradients[name].data)));
  return Object.fromEntries(
    Object.entries(expected).map(([name, { shape, data }]) => {
      expect(results[name].shape).toEqual(shape);
      const error = distance(Array.from(results[name].data, Number), data);
      return [name, error / scaleOf(data, name.startsWith('gradient') ? largest : 0)];
    }),
  );
}

describe.each([
  ['layers', LAYERS],
  ['losses', LOSSES],
  ['recurrent', RECURRENT],
  ['graphs', GRAPHS],
  ['contrabin', CONTRABIN],
])('%s', (file, builders) => {
  const url = new URL(`goldens/${file}.json`, import.meta.url);
  const goldens = JSON.parse(readFileSync(url, 'utf8')) as unknown as Golden[];

  it('have builders for all goldens, and goldens for all builders', () => {
    expect([...new Set(goldens.map(({ name }) => name))].sort()).toEqual(Object.keys(builders).sort());
  });

  it.each(goldens)('$name $options', async (golden) => {
    const found = await errors(golden, builders[golden.name]);
    expect(Object.entries(found).filter(([, error]) => !(error < 1e-5))).toEqual([]);
  });
});
