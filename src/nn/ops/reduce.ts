/** Operations that make one value of many. */

import { elements, normalizeAxis } from '../shape.ts';
import { apply, noGradient, type Operation, type Tensor } from '../tensor.ts';
import { kept, normalizeAxes, reduction, sum } from './broadcast.ts';
import { cast, div, equal, mul } from './elementwise.ts';
import { reshape } from './layout.ts';
import { constant } from './source.ts';

/** Where several elements are the largest, each takes an equal share of the gradient, as in PyTorch's amax. */
export const maxOperation = reduction(
  'max',
  'ReduceMax',
  ({ inputs: [x], outputs: [y], attributes, gradients: [dy] }) => {
    if (!dy) return [null];
    const shape = kept(x, attributes);
    const largest = cast(equal(x, reshape(y, shape)), 'float32');
    return [mul(largest, div(reshape(dy, shape), sum(largest, attributes.axes, true)))];
  },
);

/** The largest along some axes, or of all. `keep` leaves each as 1. */
export function max(x: Tensor, axes?: readonly number[] | number, keep = false): Tensor {
  const list = normalizeAxes(x, axes);
  return list.length === 0 ? x : apply(maxOperation, [x], { axes: list, keep });
}

export function mean(x: Tensor, axes?: readonly number[] | number, keep = false): Tensor {
  const list = normalizeAxes(x, axes);
  return mul(sum(x, list, keep), 1 / elements(list.map((axis) => x.size(axis))));
}

export const argmaxOperation: Operation<{ axis: number }> = {
  name: 'argmax',
  infer: ([x], { axis }) => [{ dtype: 'int64', shape: x.shape.filter((_, i) => i !== axis) }],
  lower({ emit, inputs, outputs, attributes }) {
    emit.node('ArgMax', inputs, outputs, { axis: { int: attributes.axis }, keepdims: { int: 0 } });
  },
  gradient: noGradient,
};

/** The place of the largest element along an axis: the first of several. */
export function argmax(x: Tensor, axis = -1): Tensor {
  return apply(argmaxOperation, [x], { axis: normalizeAxis(axis, x.rank) });
}

/** Whole numbers 0, 1, … as a constant. */
export function range(count: number): Tensor {
  return constant(
    BigInt64Array.from({ length: count }, (_, i) => BigInt(i)),
    [count],
  );
}
