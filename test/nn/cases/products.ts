/** Cases of matrix products, of operations that make one value of many, and of attention. */

import { attention } from '../../../src/nn/ops/attention.ts';
import { sum } from '../../../src/nn/ops/broadcast.ts';
import { affine, matmul, project } from '../../../src/nn/ops/matmul.ts';
import { layerNorm } from '../../../src/nn/ops/normalize.ts';
import { rmsNorm } from '../../../src/nn/ops/rms-norm.ts';
import { argmax, max, mean } from '../../../src/nn/ops/reduce.ts';
import { logSoftmax, negativeLogLikelihood, softmax } from '../../../src/nn/ops/softmax.ts';
import type { DType } from '../../../src/nn/types.ts';
import { given, normal, uniform, whole, type Case } from '../support/check.ts';

const truths = [false, true];

function matrix(rows: number, columns: number, turned: boolean): number[] {
  return turned ? [columns, rows] : [rows, columns];
}

const products: Case[] = truths.flatMap((transposeA) =>
  truths.flatMap((transposeB) => {
    const kind = `${transposeA ? "A'" : 'A'} ${transposeB ? "B'" : 'B'}`;
    const batches: [string, number[], number[]][] = [
      ['matrices', [], []],
      ['batches', [3], [3]],
      ['a matrix on the right', [2, 3], []],
      ['a matrix on the left', [], [3]],
      ['both repeated', [2, 1], [3]],
    ];
    return batches.map(([what, a, b]) => ({
      name: `matmul ${kind}, ${what}`,
      inputs: {
        a: normal([...a, ...matrix(2, 4, transposeA)]),
        b: normal([...b, ...matrix(4, 3, transposeB)]),
      },
      build: (x) => matmul(x['a'], x['b'], { transposeA, transposeB }),
    }));
  }),
);

const scaled: Case[] = truths.map((transposeB) => ({
  name: `matmul with a scale${transposeB ? ', transposed' : ''}`,
  inputs: { a: normal([2, 3, 4]), b: normal([2, ...matrix(4, 5, transposeB)]) },
  build: (x) => matmul(x['a'], x['b'], { transposeB, scale: 0.25 }),
}));

const affines: Case[] = truths.flatMap((transposed) => [
  {
    name: `affine${transposed ? ', transposed' : ''}`,
    inputs: { x: normal([5, 3]), w: normal(matrix(3, 4, transposed)), b: normal([4]) },
    build: ({ x, w, b }) => affine(x, w, b, transposed),
  },
  {
    name: `project of rank 4${transposed ? ', transposed' : ''}`,
    inputs: { x: normal([2, 2, 2, 3]), w: normal(matrix(3, 4, transposed)), b: normal([4]) },
    build: ({ x, w, b }) => project(x, w, b, transposed),
  },
  {
    name: `project of one row without bias${transposed ? ', transposed' : ''}`,
    inputs: { x: normal([3]), w: normal(matrix(3, 4, transposed)) },
    build: ({ x, w }) => project(x, w, null, transposed),
  },
]);

/** All different, so that no two are the largest. */
const apart = (shape: number[], count: number) =>
  given(
    shape,
    Array.from({ length: count }, (_, i) => ((i * 7) % count) / 4),
  );

const row = { query: [2, 2, 3, 4], key: [2, 2, 5, 4], value: [2, 2, 5, 3] };
const heads = { query: normal(row.query), key: normal(row.key), value: normal(row.value) };

export const manyToOne: Readonly<Record<string, readonly Case[]>> = {
  matmul: [...products, ...scaled],
  affine: affines,
  sum: [
    ['all', undefined, false],
    ['all, kept', undefined, true],
    ['the first', 0, false],
    ['the last, kept', -1, true],
    ['two', [0, 2], false],
    ['none', [], false],
  ].map(([what, axes, keep]) => ({
    name: `sum over ${what as string}`,
    inputs: { x: normal([2, 3, 4]) },
    build: ({ x }) => sum(x, axes as number[] | undefined, keep as boolean),
  })),
  max: [
    {
      name: 'max over the last axis',
      inputs: { x: apart([3, 5], 15) },
      build: ({ x }) => [max(x, -1), max(x, -1, true)],
    },
    {
      name: 'max over two axes, the mean of the third',
      inputs: { x: apart([3, 5, 2], 30) },
      build: ({ x }) => [max(x, [0, 2]), mean(x, 1, true)],
    },
    { name: 'max over all', inputs: { x: apart([11], 11) }, build: ({ x }) => max(x) },
    { name: 'max over none', inputs: { x: normal([3, 2]) }, build: ({ x }) => max(x, []) },
    { name: 'max of a number', inputs: { x: normal([]) }, build: ({ x }) => max(x) },
  ],
  argmax: [
    {
      name: 'argmax, the first of several',
      inputs: { x: given([2, 4], [1, 3, 3, 0, 2, 2, 2, 2]) },
      build: ({ x }) => [argmax(x), argmax(x, 0)],
      none: ['x'],
    },
  ],
  softmax: [
    { name: 'softmax', inputs: { x: normal([2, 3, 4]) }, build: ({ x }) => [softmax(x), softmax(x, 1)] },
    {
      name: 'softmax of large numbers',
      inputs: { x: uniform([3, 4], 95, 105) },
      build: ({ x }) => softmax(x),
    },
  ],
  logSoftmax: [
    {
      name: 'logSoftmax',
      inputs: { x: normal([2, 3, 4]) },
      build: ({ x }) => [logSoftmax(x), logSoftmax(x, 0)],
    },
    {
      name: 'logSoftmax of large numbers',
      inputs: { x: uniform([3, 4], -200, 200) },
      build: ({ x }) => logSoftmax(x),
    },
  ],
  negativeLogLikelihood: [
    ['its loss', 'int64', true, false],
    ['its loss, int32', 'int32', true, false],
    ['the logarithms', 'int64', false, true],
    ['both', 'int64', true, true],
  ].map(([what, dtype, loss, all]) => ({
    name: `negativeLogLikelihood, ${what as string}`,
    inputs: { x: uniform([6, 4], -3, 3), ids: whole([6], 4, dtype as DType) },
    build: ({ x, ids }) => {
      const { losses, logarithms } = negativeLogLikelihood(x, ids);
      return [...(loss ? [losses] : []), ...(all ? [logarithms] : [])];
    },
  })),
  layerNorm: [[3, 5], [2, 3, 4], [6]].map((shape) => ({
    name: `layerNorm of [${shape.join(', ')}]`,
    inputs: { x: normal(shape), scale: normal([shape.at(-1) ?? 0]), bias: normal([shape.at(-1) ?? 0]) },
    build: ({ x, scale, bias }) => layerNorm(x, scale, bias, 1e-5),
  })),
  rmsNorm: [[3, 5], [2, 3, 4], [6]].map((shape) => ({
    name: `rmsNorm of [${shape.join(', ')}]`,
    inputs: { x: normal(shape), scale: normal([shape.at(-1) ?? 0]) },
    build: ({ x, scale }) => rmsNorm(x, scale),
  })),
  attention: [
    { name: 'attention', inputs: heads, build: (x) => attention(x['query'], x['key'], x['value']) },
    {
      name: 'attention with a scale',
      inputs: heads,
      build: (x) => attention(x['query'], x['key'], x['value'], { scale: 1 }),
    },
    ...[
      [2, 2, 3, 5],
      [2, 1, 1, 5],
      [1, 2, 3, 5],
      [3, 5],
    ].map((shape): Case => ({
      name: `attention with a bias of [${shape.join(', ')}]`,
      inputs: { ...heads, bias: normal(shape) },
      build: (x) => attention(x['query'], x['key'], x['value'], { bias: x['bias'] }),
    })),
    {
      name: 'attention with bias and dropout',
      inputs: { ...heads, bias: normal([2, 1, 1, 5]) },
      training: true,
      build: (x, scope) =>
        attention(x['query'], x['key'], x['value'], {
          bias: x['bias'],
          mask: scope.dropoutMask([2, 2, 3, 5], 0.4),
        }),
    },
    {
      name: 'attention of a sequence to itself',
      inputs: { x: normal([1, 2, 4, 3]) },
      build: ({ x }) => attention(x, x, x, { scale: 0.3 }),
    },
  ],
};
