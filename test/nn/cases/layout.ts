/** Cases of operations that move values, and that pick or add them by number. */

import { expand } from '../../../src/nn/ops/broadcast.ts';
import {
  addAlong,
  addRows,
  oneHot,
  rearrange,
  take,
  takeAlong,
  takeSum,
} from '../../../src/nn/ops/indexing.ts';
import { concat, pad, reshape, slice, split, transpose } from '../../../src/nn/ops/layout.ts';
import { add, mul } from '../../../src/nn/ops/elementwise.ts';
import { cumulativeSum, positionsOperation, sizeOperation } from '../../../src/nn/ops/positions.ts';
import { constant, dropoutMask, zeros } from '../../../src/nn/ops/source.ts';
import { onesInit } from '../../../src/nn/initialize.ts';
import { apply, type Tensor } from '../../../src/nn/tensor.ts';
import type { DType } from '../../../src/nn/types.ts';
import { given, normal, whole, type Case, type Feed } from '../support/check.ts';

function one(name: string, inputs: Record<string, Feed>, build: (x: Record<string, Tensor>) => Tensor): Case {
  return { name, inputs, build };
}

/** Three words, one of them in most places: what a racy kernel gets wrong. */
const repeats = (shape: readonly number[], dtype: DType): Feed => ({
  dtype,
  shape,
  draw: (random) => Math.max(0, random.below(8) - 5),
});

const kinds: readonly DType[] = ['int64', 'int32'];

export const layouts: Readonly<Record<string, readonly Case[]>> = {
  input: [one('input', { x: normal([2]) }, ({ x }) => x)],
  parameter: [
    {
      name: 'parameter',
      inputs: {},
      build: (_, scope) => scope.parameter('weight', [2, 3], onesInit),
    },
    {
      name: 'parameter asked for twice',
      inputs: {},
      build: (_, scope) =>
        mul(scope.parameter('weight', [3], onesInit), scope.parameter('weight', [3], onesInit)),
    },
  ],
  constant: [
    one('constant', { x: normal([2, 2]) }, ({ x }) =>
      mul(x, constant(Float32Array.of(1, -2.5, 3, 1e-3), [2, 2])),
    ),
    one('constant of whole numbers', { x: normal([3, 2]) }, ({ x }) =>
      take(x, constant(BigInt64Array.of(2n, 0n), [2])),
    ),
  ],
  zeros: [
    one('zeros', { x: normal([3]) }, ({ x }) => mul(add(zeros([2, 3]), 2), x)),
    one('one zero', { x: normal([3]) }, ({ x }) => add(x, zeros([]))),
  ],
  dropoutMask: [
    one('dropoutMask', { x: normal([3, 5]) }, ({ x }) => mul(x, dropoutMask('mask.0', [3, 5], 0.3))),
  ],
  reshape: [
    one('reshape', { x: normal([2, 6]) }, ({ x }) => reshape(x, [3, 2, 2])),
    one('reshape to a number', { x: normal([1, 1]) }, ({ x }) => reshape(x, [])),
    one('reshape of a number', { x: normal([]) }, ({ x }) => reshape(x, [1, 1])),
  ],
  transpose: [
    one('transpose of a matrix', { x: normal([2, 3]) }, ({ x }) => transpose(x, [1, 0])),
    one('transpose of heads', { x: normal([2, 3, 4, 2]) }, ({ x }) => transpose(x, [0, 2, 1, 3])),
    one('transpose that is not its own opposite', { x: normal([2, 3, 4]) }, ({ x }) =>
      transpose(x, [2, 0, 1]),
    ),
  ],
  concat: [
    one('concat', { a: normal([2, 1, 2]), b: normal([2, 3, 2]), c: normal([2, 2, 2]) }, (x) =>
      concat([x['a'], x['b'], x['c']], 1),
    ),
    one('concat of one twice', { a: normal([2, 3]) }, (x) => concat([x['a'], x['a']])),
  ],
  split: [
    { name: 'split', inputs: { x: normal([2, 7]) }, build: ({ x }) => split(x, [3, 1, 3], 1) },
    {
      name: 'split, one part unused',
      inputs: { x: normal([6, 2]) },
      build: ({ x }) => split(x, [1, 2, 3], 0)[1],
    },
  ],
  slice: [
    one('slice in the middle', { x: normal([2, 5, 2]) }, ({ x }) => slice(x, 1, 1, 4)),
    one('slice of the start', { x: normal([4, 3]) }, ({ x }) => slice(x, 0, 0, 1)),
    one('slice of the end', { x: normal([4, 3]) }, ({ x }) => slice(x, -1, 1, 3)),
  ],
  size: [one('size', { x: whole([2, 3], 9) }, ({ x }) => apply(sizeOperation, [x], { axis: 1 }))],
  positions: [
    one('positions', { x: whole([2, 5], 9) }, ({ x }) => apply(positionsOperation, [x], { axis: 1 })),
  ],
  cumulativeSum: [
    one('cumulativeSum', { x: normal([2, 4]) }, ({ x }) => cumulativeSum(x)),
    one('cumulativeSum in reverse', { x: normal([3, 2, 2]) }, ({ x }) => cumulativeSum(x, 0, true)),
    one('cumulativeSum of whole numbers', { x: whole([2, 4], 9) }, ({ x }) => cumulativeSum(x)),
  ],
  pad: [
    one('pad of both sides', { x: normal([2, 3, 2]) }, ({ x }) => pad(x, 1, 2, 1)),
    one('pad of one side', { x: normal([2, 3]) }, ({ x }) => pad(x, -1, 0, 2)),
    one('pad that shifts', { x: normal([5, 2]) }, ({ x }) => pad(x, 0, 2, -2)),
    one('pad that takes away', { x: normal([2, 5]) }, ({ x }) => pad(x, 1, -1, -2)),
  ],
  expand: [
    one('expand along an axis', { x: normal([2, 1, 3]) }, ({ x }) => expand(x, [2, 4, 3])),
    one('expand by new axes', { x: normal([2]) }, ({ x }) => expand(x, [3, 1, 2])),
    one('expand of a number', { x: normal([]) }, ({ x }) => expand(x, [2, 3])),
    one('expand of whole numbers', { x: whole([3, 1], 9) }, ({ x }) => expand(x, [3, 2])),
  ],
  take: kinds.flatMap((dtype) => [
    one(
      `take, three words with many repeats, ${dtype}`,
      { table: normal([3, 4]), ids: repeats([5, 40], dtype) },
      (x) => take(x['table'], x['ids']),
    ),
    one(
      `take, some words never met, ${dtype}`,
      { table: normal([6, 2, 2]), ids: given([3], [4, 1, 4], dtype) },
      (x) => take(x['table'], x['ids']),
    ),
    one(`take of numbers, ${dtype}`, { table: normal([5]), ids: whole([2, 3], 5, dtype) }, (x) =>
      take(x['table'], x['ids']),
    ),
    one(`take of one row, ${dtype}`, { table: normal([5, 3]), ids: given([], [3], dtype) }, (x) =>
      take(x['table'], x['ids']),
    ),
  ]),
  rearrange: kinds.map((dtype) =>
    one(
      `rearrange, a row that is left out and places for none, ${dtype}`,
      {
        x: normal([4, 3]),
        from: given([2, 3], [2, 0, -1, 3, -1, -1], dtype),
        to: given([4], [1, -1, 0, 3], dtype),
      },
      (x) => rearrange(x['x'], x['from'], x['to']),
    ),
  ),
  addRows: kinds.flatMap((dtype) => [
    one(
      `addRows, three rows with many repeats, ${dtype}`,
      { values: normal([4, 30, 2]), ids: repeats([4, 30], dtype) },
      (x) => addRows(x['values'], x['ids'], 3),
    ),
    one(
      `addRows of matrices, ${dtype}`,
      { values: normal([6, 2, 2]), ids: given([6], [4, 1, 4, 4, 0, 1], dtype) },
      (x) => addRows(x['values'], x['ids'], 5),
    ),
    one(
      `addRows of numbers, ${dtype}`,
      { values: normal([6]), ids: given([6], [2, 1, 2, 2, 0, 1], dtype) },
      (x) => addRows(x['values'], x['ids'], 4),
    ),
    one(
      `addRows, each row at three places, ${dtype}`,
      { values: normal([5, 2]), ids: whole([3, 5], 4, dtype) },
      (x) => addRows(x['values'], x['ids'], 4, 1),
    ),
  ]),
  takeSum: kinds.flatMap((dtype) => [
    one(
      `takeSum, three words with many repeats, ${dtype}`,
      { table: normal([3, 4]), ids: repeats([5, 40], dtype) },
      (x) => takeSum(x['table'], x['ids']),
    ),
    one(`takeSum over two axes, ${dtype}`, { table: normal([6, 2]), ids: whole([2, 3, 4], 6, dtype) }, (x) =>
      takeSum(x['table'], x['ids'], 2),
    ),
  ]),
  takeAlong: kinds.flatMap((dtype) => [
    one(
      `takeAlong the last axis with repeats, ${dtype}`,
      { x: normal([3, 4]), ids: whole([3, 7], 4, dtype) },
      (x) => takeAlong(x['x'], x['ids']),
    ),
    one(
      `takeAlong an axis in the middle, ${dtype}`,
      { x: normal([2, 3, 2]), ids: whole([2, 1, 2], 3, dtype) },
      (x) => takeAlong(x['x'], x['ids'], 1),
    ),
  ]),
  addAlong: kinds.flatMap((dtype) => [
    one(
      `addAlong with repeats, ${dtype}`,
      { base: normal([3, 4]), values: normal([3, 9]), ids: whole([3, 9], 4, dtype) },
      (x) => addAlong(x['base'], x['values'], x['ids']),
    ),
    one(
      `addAlong an axis in the middle, ${dtype}`,
      { base: normal([2, 3, 2]), values: normal([2, 5, 2]), ids: whole([2, 5, 2], 3, dtype) },
      (x) => addAlong(x['base'], x['values'], x['ids'], 1),
    ),
  ]),
  oneHot: kinds.map((dtype) =>
    one(`oneHot, ${dtype}`, { ids: whole([2, 3], 4, dtype), x: normal([4]) }, (x) =>
      mul(oneHot(x['ids'], 4), x['x']),
    ),
  ),
};
