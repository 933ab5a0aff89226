/** Sums, and their opposite: repetition. Each is the gradient of the other. */

import { broadcastAxes, elements, expectFloats, normalizeAxis, sameShape } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, type Operation, type Tensor } from '../tensor.ts';
import { showType, type Dim, type Shape } from '../types.ts';
import { reshape } from './layout.ts';

export interface Axes {
  readonly axes: readonly number[];
  readonly keep: boolean;
}

function reduced(x: Tensor, { axes, keep }: Axes): Shape {
  return x.shape.flatMap((dim: Dim, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
}

/** The shape of a reduced tensor with its lost axes put back as 1, so that it broadcasts. */
export function kept(x: Tensor, { axes }: Axes): Shape {
  return reduced(x, { axes, keep: true });
}

/** An operation that makes one value of those along some axes. */
export function reduction(
  name: string,
  onnx: string,
  gradient: Operation<Axes>['gradient'],
): Operation<Axes> {
  return {
    name,
    infer([x], attributes) {
      expectFloats(name, [x]);
      return [{ dtype: x.dtype, shape: reduced(x, attributes) }];
    },
    lower({ emit, inputs, outputs, attributes: { axes, keep } }) {
      emit.node(onnx, [inputs[0], emit.integers(axes)], outputs, { keepdims: { int: keep ? 1 : 0 } });
    },
    gradient,
  };
}

export const sumOperation = reduction('sum', 'ReduceSum', ({ inputs: [x], attributes, gradients: [dy] }) => [
  dy && expand(reshape(dy, kept(x, attributes)), x.shape),
]);

/** The axes that a caller means: one, several or, when not given, all. */
export function normalizeAxes(x: Tensor, axes: readonly number[] | number | undefined): number[] {
  if (axes === undefined) return x.shape.map((_, axis) => axis);
  return [axes]
    .flat()
    .map((axis) => normalizeAxis(axis, x.rank))
    .sort((a, b) => a - b);
}

/** Sum over some axes, or all. `keep` leaves each as 1. */
export function sum(x: Tensor, axes?: readonly number[] | number, keep = false): Tensor {
  const list = normalizeAxes(x, axes);
  return list.length === 0 ? x : apply(sumOperation, [x], { axes: list, keep });
}

export const expandOperation: Operation<{ shape: Shape }> = {
  name: 'expand',
  infer([x], { shape }) {
    const missing = shape.length - x.rank;
    if (missing < 0 || x.shape.some((dim, i) => dim !== 1 && dim !== shape[i + missing])) {
      throw new ShapeError(`expand: ${showType(x)} does not fill [${shape.join(', ')}]`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  lower({ emit, inputs, outputs, attributes: { shape } }) {
    elements(shape);
    emit.node('Expand', [inputs[0], emit.integers(shape as readonly number[])], outputs);
  },
  gradient({ inputs: [x], gradients: [dy] }) {
    return [dy && unbroadcast(dy, x)];
  },
};

/** Repeats a tensor along its axes of size 1, and along new ones in front. */
export function expand(x: Tensor, shape: Shape): Tensor {
  const same = x.rank === shape.length && x.shape.every((dim, i) => dim === shape[i]);
  return same ? x : apply(expandOperation, [x], { shape });
}

/** The gradient of an operand that was broadcast: summed over the axes along which it was repeated. */
export function unbroadcast(gradient: Tensor, to: Tensor): Tensor {
  if (sameShape(gradient.shape, to.shape)) return gradient;
  return reshape(sum(gradient, broadcastAxes(to.shape, gradient.shape), true), to.shape);
}
