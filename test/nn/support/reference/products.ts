/** Matrix products, what is made of many values, and attention by its definition. */

import { attentionOperation } from '../../../../src/nn/ops/attention.ts';
import { sumOperation } from '../../../../src/nn/ops/broadcast.ts';
import * as products from '../../../../src/nn/ops/matmul.ts';
import { layerNormOperation } from '../../../../src/nn/ops/normalize.ts';
import { rmsNormOperation } from '../../../../src/nn/ops/rms-norm.ts';
import { argmaxOperation, maxOperation } from '../../../../src/nn/ops/reduce.ts';
import {
  logSoftmaxOperation,
  negativeLogLikelihoodOperation,
  softmaxOperation,
} from '../../../../src/nn/ops/softmax.ts';
import { at, broadcastShape, eachIndex, make, offset, type NDArray } from '../array.ts';
import { reference, type Reference } from './types.ts';

/** The last two axes swapped where asked for. */
function turned(x: NDArray, swap: boolean): NDArray {
  if (!swap) return x;
  const [rows, columns] = x.shape.slice(-2);
  const shape = [...x.shape.slice(0, -2), columns, rows];
  return make(shape, (index) =>
    at(x, [...index.slice(0, -2), index[index.length - 1], index[index.length - 2]]),
  );
}

function product(a: NDArray, b: NDArray): NDArray {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const inner = a.shape[a.shape.length - 1];
  return make([...batch, a.shape[a.shape.length - 2], b.shape[b.shape.length - 1]], (index) => {
    const left = [...index.slice(0, -1), 0];
    const right = [...index.slice(0, -2), 0, index[index.length - 1]];
    let total = 0;
    for (let i = 0; i < inner; i++) {
      left[left.length - 1] = i;
      right[right.length - 2] = i;
      total += at(a, left) * at(b, right);
    }
    return total;
  });
}

/** Gathers the elements along some axes and makes one number of each group. */
function reduced(
  x: NDArray,
  axes: readonly number[],
  keep: boolean,
  f: (group: readonly number[]) => number,
): NDArray {
  const narrow = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const groups: number[][] = [];
  eachIndex(x.shape, (index, flat) => {
    (groups[offset(narrow, index)] ??= []).push(x.data[flat]);
  });
  return {
    shape: keep ? narrow : x.shape.filter((_, axis) => !axes.includes(axis)),
    data: Float64Array.from(groups, f),
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function softmax(x: NDArray, axis: number): NDArray {
  const largest = reduced(x, [axis], true, (group) => Math.max(...group));
  const powers = make(x.shape, (index) => Math.exp(at(x, index) - at(largest, index)));
  const sums = reduced(powers, [axis], true, total);
  return make(x.shape, (index) => at(powers, index) / at(sums, index));
}

/** x - max - log(sum(exp(x - max))), for a probability may be too small for its logarithm. */
function logSoftmax(x: NDArray, axis: number): NDArray {
  const sums = reduced(x, [axis], true, (group) => {
    const largest = Math.max(...group);
    return largest + Math.log(total(group.map((value) => Math.exp(value - largest))));
  });
  return make(x.shape, (index) => at(x, index) - at(sums, index));
}

export const manyToOne: readonly Reference[] = [
  reference(products.matmulOperation, ([a, b], { transposeA, transposeB, scale }) => {
    const { shape, data } = product(turned(a, transposeA), turned(b, transposeB));
    return { shape, data: data.map((value) => value * scale) };
  }),
  reference(products.affineOperation, ([x, weight, bias], { transposed }) => {
    const y = product(x, turned(weight, transposed));
    return make(y.shape, (index) => at(y, index) + at(bias, index));
  }),
  reference(sumOperation, ([x], { axes, keep }) => reduced(x, axes, keep, total)),
  reference(maxOperation, ([x], { axes, keep }) => reduced(x, axes, keep, (group) => Math.max(...group))),
  reference(argmaxOperation, ([x], { axis }) =>
    reduced(x, [axis], false, (group) => group.indexOf(Math.max(...group))),
  ),
  reference(softmaxOperation, ([x], { axis }) => softmax(x, axis)),
  reference(logSoftmaxOperation, ([x], { axis }) => logSoftmax(x, axis)),
  reference(negativeLogLikelihoodOperation, ([logits, targets]) => {
    const logarithms = logSoftmax(logits, 1);
    return [make(targets.shape, ([row]) => -at(logarithms, [row, targets.data[row]])), logarithms];
  }),
  reference(layerNormOperation, ([x, scale, bias], { epsilon }) => {
    const last = x.shape.length - 1;
    const mean = reduced(x, [last], true, (row) => total(row) / row.length);
    const rate = reduced(x, [last], true, (row) => {
      const center = total(row) / row.length;
      return 1 / Math.sqrt(total(row.map((value) => (value - center) ** 2)) / row.length + epsilon);
    });
    const y = make(
      x.shape,
      (i) => (at(x, i) - at(mean, i)) * at(rate, i) * at(scale, i.slice(-1)) + at(bias, i.slice(-1)),
    );
    return [y, mean, rate];
  }),
  reference(rmsNormOperation, ([x, scale], { epsilon }) => {
    const last = x.shape.length - 1;
    const rate = reduced(x, [last], true, (row) => {
      const squares = total(row.map((value) => value ** 2));
      return 1 / Math.sqrt(squares / row.length + epsilon);
    });
    return [make(x.shape, (i) => at(x, i) * at(rate, i) * at(scale, i.slice(-1))), rate];
  }),
  reference(attentionOperation, ([query, key, value, ...rest], { scale, biased, masked }) => {
    const raw = product(query, turned(key, true));
    const scores = make(raw.shape, (index) => at(raw, index) * scale + (biased ? at(rest[0], index) : 0));
    const probabilities = softmax(scores, 3);
    const mask = rest[rest.length - 1];
    const kept = masked
      ? make(scores.shape, (index) => at(probabilities, index) * at(mask, index))
      : probabilities;
    return [product(kept, value), kept, probabilities];
  }),
];
