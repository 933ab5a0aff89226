/** Cases of layers: small ones, with dropout acting where there is any. */

import { add, gelu } from '../../../src/nn/ops/elementwise.ts';
import { multiHeadAttention } from '../../../src/nn/layers/attention.ts';
import { byItems, byRows } from '../../../src/nn/layers/chunks.ts';
import { embedding, embeddingTable } from '../../../src/nn/layers/embedding.ts';
import { classificationHead, projectionHead } from '../../../src/nn/layers/heads.ts';
import { linear } from '../../../src/nn/layers/linear.ts';
import { causalBias, paddingBias } from '../../../src/nn/layers/masks.ts';
import { layerNorm, rmsNorm } from '../../../src/nn/layers/normalization.ts';
import {
  attentionPooling,
  firstPosition,
  hopPenalty,
  maskedMax,
  maskedMean,
  selfAttentivePooling,
} from '../../../src/nn/layers/pooling.ts';
import { learnedPositions, sinusoidalPositions } from '../../../src/nn/layers/positions.ts';
import { relativeBias } from '../../../src/nn/layers/relative.ts';
import {
  feedForward,
  transformerDecoder,
  transformerEncoder,
  type TransformerOptions,
} from '../../../src/nn/layers/transformer.ts';
import { matmul } from '../../../src/nn/ops/matmul.ts';
import { given, normal, whole, type Case, type Feed } from '../support/check.ts';

const x = normal([2, 4, 4]);
const mask: Feed = given([2, 4], [1, 1, 1, 0, 1, 1, 0, 0], 'int64');
const truths: Feed = given([2, 4], [1, 1, 1, 0, 1, 1, 0, 0], 'bool');
/** The second sequence is padding alone, as in the last batch of an epoch. */
const emptyRow: Feed = given([2, 4], [1, 1, 0, 0, 0, 0, 0, 0], 'int64');

const blocks: readonly TransformerOptions[] = (['before', 'after'] as const).flatMap((norm) =>
  (['gelu', 'relu'] as const).map((activation) => ({
    layers: 1,
    heads: 2,
    inner: 5,
    norm,
    activation,
    dropout: 0.2,
  })),
);

export const layers: Readonly<Record<string, readonly Case[]>> = {
  linear: [
    { name: 'linear', inputs: { x }, build: (t, scope) => linear(scope, t['x'], 3) },
    {
      name: 'linear without bias, twice under one name',
      inputs: { x },
      build: (t, scope) => linear(scope, gelu(linear(scope, t['x'], 4, { bias: false })), 4, { bias: false }),
    },
  ],
  embedding: [
    {
      name: 'embedding of three words with many repeats',
      inputs: { ids: whole([6, 7], 3) },
      build: (t, scope) => embedding(scope, t['ids'], 3, 4),
    },
    {
      name: 'embedding that is the output layer too',
      inputs: { ids: whole([2, 3], 5) },
      build: (t, scope) =>
        matmul(embedding(scope, t['ids'], 5, 4), embeddingTable(scope, 5, 4), { transposeB: true }),
    },
  ],
  layerNorm: [{ name: 'layerNorm', inputs: { x }, build: (t, scope) => layerNorm(scope, t['x'], 1e-12) }],
  dropout: [
    { name: 'dropout', inputs: { x }, training: true, build: (t, scope) => scope.dropout(t['x'], 0.5) },
    { name: 'dropout that does not act', inputs: { x }, build: (t, scope) => scope.dropout(t['x'], 0.5) },
  ],
  multiHeadAttention: [
    {
      name: 'multiHeadAttention to itself',
      inputs: { x },
      build: (t, scope) => multiHeadAttention(scope, t['x'], { heads: 2 }),
    },
    {
      name: 'multiHeadAttention with padding, causal, with dropout',
      inputs: { x, mask },
      training: true,
      build: (t, scope) =>
        multiHeadAttention(scope, t['x'], {
          heads: 2,
          bias: add(paddingBias(t['mask']), causalBias(4)),
          dropout: 0.3,
        }),
    },
    {
      name: 'multiHeadAttention to a context, wide heads, no biases',
      inputs: { x, context: normal([2, 3, 5]) },
      build: (t, scope) =>
        multiHeadAttention(scope, t['x'], {
          heads: 2,
          headSize: 3,
          context: t['context'],
          scale: 1,
          projectionBias: false,
        }),
    },
  ],
  chunks: [
    {
      name: 'byRows, a row at a time, with a parameter and dropout',
      inputs: { x },
      training: true,
      build: (t, scope) =>
        byRows(t['x'], 1 << 20, (rows) => scope.dropout(gelu(linear(scope, rows, 3)), 0.3)),
    },
    {
      name: 'byRows, three of seven rows at a time',
      inputs: { x: normal([7, 2]) },
      build: (t, scope) => byRows(t['x'], (3 << 20) / 7, (rows) => linear(scope, rows, 3)),
    },
    {
      name: 'byItems',
      inputs: { a: normal([3, 2, 2]), b: normal([3, 2, 4]) },
      build: (t) => byItems([t['a'], t['b']], 1 << 20, ([a, b]) => matmul(a, b)),
    },
  ],
  rmsNorm: [{ name: 'rmsNorm', inputs: { x }, build: (t, scope) => rmsNorm(scope, t['x']) }],
  feedForward: [
    {
      name: 'feedForward, gated, without biases',
      inputs: { x },
      training: true,
      build: (t, scope) =>
        feedForward(scope, t['x'], {
          ...blocks[0],
          activation: 'geluTanh',
          gated: true,
          biases: false,
          innerDropout: 0.2,
        }),
    },
    { name: 'feedForward', inputs: { x }, build: (t, scope) => feedForward(scope, t['x'], blocks[0]) },
  ],
  transformerEncoder: blocks.map((options) => ({
    name: `transformerEncoder, norm ${options.norm}, ${options.activation}`,
    inputs: { x, mask: truths },
    training: true,
    build: (t, scope) => transformerEncoder(scope, t['x'], options, paddingBias(t['mask'])),
  })),
  transformerDecoder: blocks.map((options) => ({
    name: `transformerDecoder, norm ${options.norm}, ${options.activation}`,
    inputs: { x: normal([2, 3, 4]), memory: x, mask: truths },
    training: true,
    build: (t, scope) =>
      transformerDecoder(scope, t['x'], options, {
        memory: t['memory'],
        bias: causalBias(3),
        memoryBias: paddingBias(t['mask']),
      }),
  })),
  pooling: [
    ['maskedMean', maskedMean],
    ['maskedMax', maskedMax],
  ].flatMap(([name, pool]) =>
    [
      ['padding', mask],
      ['truth values', truths],
      ['an empty row', emptyRow],
    ].map(([what, feed]): Case => ({
      name: `${name as string}, ${what as string}`,
      inputs: { x, mask: feed as Feed },
      none: (feed as Feed).dtype === 'float32' ? ['mask'] : [],
      build: (t) => (pool as typeof maskedMean)(t['x'], t['mask']),
    })),
  ),
  firstPosition: [{ name: 'firstPosition', inputs: { x }, build: (t) => firstPosition(t['x']) }],
  attentionPooling: [mask, emptyRow].map((feed, i) => ({
    name: `attentionPooling, mask ${i}`,
    inputs: { x, mask: feed },
    build: (t, scope) => attentionPooling(scope, t['x'], t['mask']),
  })),
  selfAttentivePooling: [mask, emptyRow].map((feed, i) => ({
    name: `selfAttentivePooling and its penalty, mask ${i}`,
    inputs: { x, mask: feed },
    build: (t, scope) => {
      const { vectors, weights } = selfAttentivePooling(scope, t['x'], t['mask'], { hidden: 3, hops: 2 });
      return [vectors, weights, hopPenalty(weights)];
    },
  })),
  heads: [
    {
      name: 'projectionHead',
      inputs: { x: normal([3, 4]) },
      training: true,
      build: (t, scope) => projectionHead(scope, t['x'], 5),
    },
    {
      name: 'classificationHead',
      inputs: { x: normal([3, 4]) },
      training: true,
      build: (t, scope) => classificationHead(scope, t['x'], 3),
    },
  ],
  positions: [
    {
      name: 'learnedPositions, shorter than the longest',
      inputs: { x },
      build: (t, scope) => learnedPositions(scope, t['x'], { maximum: 6 }),
    },
    {
      name: 'learnedPositions, as long as the longest',
      inputs: { x },
      build: (t, scope) => learnedPositions(scope, t['x'], { maximum: 4 }),
    },
    {
      name: 'learnedPositions by number',
      inputs: { x, ids: whole([2, 4], 6) },
      build: (t, scope) => learnedPositions(scope, t['x'], { maximum: 6, ids: t['ids'] }),
    },
    {
      name: 'relativeBias, a few buckets for many pairs',
      inputs: { x },
      none: ['x'],
      build: (t, scope) => {
        const options = { heads: 2, buckets: 4, longest: 3 };
        return [
          relativeBias(scope.at('both'), t['x'], { ...options, bidirectional: true }),
          relativeBias(scope.at('back'), t['x'], { ...options, bidirectional: false }),
        ];
      },
    },
    {
      name: 'sinusoidalPositions',
      inputs: { x, ids: whole([4], 6) },
      build: (t, scope) => [
        sinusoidalPositions(scope, t['x'], { maximum: 6 }),
        sinusoidalPositions(scope, t['x'], { maximum: 6, ids: t['ids'] }),
      ],
    },
  ],
};
