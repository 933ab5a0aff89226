/** The largest elements of a row. */

import { ShapeError } from '../shape-error.ts';
import { applyAll, noGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType, type Dim } from '../types.ts';

export const topOperation: Operation<{ size: Dim }> = {
  name: 'top',
  infer([x, count], { size }) {
    if (x.rank === 0 || count.dtype !== 'int64' || count.shape.join() !== '1') {
      throw new ShapeError(
        `top: rows and a count of int64[1] expected, got ${showType(x)}, ${showType(count)}`,
      );
    }
    const shape = [...x.shape.slice(0, -1), size];
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  lower({ emit, inputs, outputs }) {
    emit.node('TopK', inputs, outputs, { axis: { int: -1 }, largest: { int: 1 }, sorted: { int: 1 } });
  },
  gradient: noGradient,
};

/**
 * The `count` largest elements along the last axis, the largest first, and their places. No gradient flows.
 * @param x [..., width]
 * @param count int64 [1], known when the graph runs
 * @param size what the shape of the result calls it
 * @returns values and places, [..., size] each
 */
export function top(x: Tensor, count: Tensor, size: Dim): { values: Tensor; places: Tensor } {
  const [values, places] = applyAll(topOperation, [x, count], { size });
  return { values, places };
}
