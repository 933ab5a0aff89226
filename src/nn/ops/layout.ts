/** Operations that move values and change none. */

import { addDims, elements, normalizeAxis, numbers, sameShape } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, applyAll, type Operation, type Tensor } from '../tensor.ts';
import { showType, type Dim, type Shape } from '../types.ts';
import { zeros } from './source.ts';

export const reshapeOperation: Operation<{ shape: Shape }> = {
  name: 'reshape',
  infer([x], { shape }) {
    const known = [...x.shape, ...shape].every((dim) => typeof dim === 'number');
    if (known && elements(x.shape) !== elements(shape)) {
      throw new ShapeError(`reshape: ${showType(x)} does not fill [${shape.join(', ')}]`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  lower({ emit, inputs, outputs, attributes, node }) {
    emit.node('Reshape', [inputs[0], emit.integers(target(node.inputs[0].shape, attributes.shape))], outputs);
  },
  gradient({ inputs: [x], gradients: [dy] }) {
    return [dy && reshape(dy, x.shape)];
  },
};

/** ONNX writes 0 for a size that stays what it is at that axis, and -1 for one that it shall work out. */
function target(from: Shape, to: Shape): number[] {
  const sizes = to.map((dim, axis) => (typeof dim === 'number' ? dim : from[axis] === dim ? 0 : -1));
  if (sizes.filter((size) => size === -1).length > 1) {
    throw new ShapeError(
      `reshape: [${from.join(', ')}] to [${to.join(', ')}] leaves more than one size open`,
    );
  }
  return sizes;
}

export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(reshapeOperation, [x], { shape });
}

export const transposeOperation: Operation<{ order: readonly number[] }> = {
  name: 'transpose',
  infer([x], { order }) {
    if (order.length !== x.rank || new Set(order).size !== x.rank) {
      throw new ShapeError(`transpose: [${order.join(', ')}] does not order the axes of ${showType(x)}`);
    }
    return [{ dtype: x.dtype, shape: order.map((axis) => x.shape[axis]) }];
  },
  lower({ emit, inputs, outputs, attributes }) {
    emit.node('Transpose', inputs, outputs, { perm: { ints: attributes.order } });
  },
  gradient({ attributes: { order }, gradients: [dy] }) {
    return [
      dy &&
        transpose(
          dy,
          order.map((_, axis) => order.indexOf(axis)),
        ),
    ];
  },
};

/** Axis `i` of the result is axis `order[i]` of `x`. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  return order.every((axis, i) => axis === i) && order.length === x.rank
    ? x
    : apply(transposeOperation, [x], { order });
}

export const concatOperation: Operation<{ axis: number }> = {
  name: 'concat',
  infer(inputs, { axis }) {
    for (const x of inputs) {
      const fits =
        x.rank === inputs[0].rank && x.shape.every((d, i) => i === axis || d === inputs[0].shape[i]);
      if (!fits || x.dtype !== inputs[0].dtype) {
        throw new ShapeError(
          `concat: ${showType(x)} does not fit ${showType(inputs[0])} outside of axis ${axis}`,
        );
      }
    }
    const size = addDims(inputs.map((x) => x.shape[axis]));
    return [
      { dtype: inputs[0].dtype, shape: inputs[0].shape.map((dim: Dim, i) => (i === axis ? size : dim)) },
    ];
  },
  lower({ emit, inputs, outputs, attributes }) {
    emit.node('Concat', inputs, outputs, { axis: { int: attributes.axis } });
  },
  gradient({ inputs, attributes: { axis }, gradients: [dy] }) {
    if (!dy) return inputs.map(() => null);
    return split(
      dy,
      inputs.map((x) => x.size(axis)),
      axis,
    );
  },
};

export function concat(inputs: readonly Tensor[], axis = -1): Tensor {
  if (inputs.length === 1) return inputs[0];
  return apply(concatOperation, inputs, { axis: normalizeAxis(axis, inputs[0].rank) });
}

export const splitOperation: Operation<{ sizes: readonly number[]; axis: number }> = {
  name: 'split',
  infer([x], { sizes, axis }) {
    if (sizes.reduce((a, b) => a + b, 0) !== x.size(axis)) {
      throw new ShapeError(
        `split: parts of ${sizes.join(' + ')} do not make up axis ${axis} of ${showType(x)}`,
      );
    }
    return sizes.map((size) => ({
      dtype: x.dtype,
      shape: x.shape.map((dim, i) => (i === axis ? size : dim)),
    }));
  },
  lower({ emit, inputs, outputs, attributes: { axis, sizes } }) {
    emit.node('Split', [inputs[0], emit.integers(sizes)], outputs, { axis: { int: axis } });
  },
  gradient({ outputs, gradients, attributes: { axis } }) {
    const parts = gradients.map((dy, i) => dy ?? zeros(numbers(outputs[i].shape)));
    return [concat(parts, axis)];
  },
};

/** Cuts an axis into parts of the given sizes. */
export function split(x: Tensor, sizes: readonly number[], axis = -1): readonly Tensor[] {
  return sizes.length === 1
    ? [x]
    : applyAll(splitOperation, [x], { sizes, axis: normalizeAxis(axis, x.rank) });
}

interface SliceAttributes {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

export const sliceOperation: Operation<SliceAttributes> = {
  name: 'slice',
  infer([x], { axis, start, end }) {
    if (!(start >= 0 && start < end) || (typeof x.shape[axis] === 'number' && end > x.shape[axis])) {
      throw new ShapeError(`slice: ${start} to ${end} does not lie in axis ${axis} of ${showType(x)}`);
    }
    return [{ dtype: x.dtype, shape: x.shape.map((dim, i) => (i === axis ? end - start : dim)) }];
  },
  lower({ emit, inputs, outputs, attributes: { axis, start, end } }) {
    emit.node(
      'Slice',
      [inputs[0], emit.integers([start]), emit.integers([end]), emit.integers([axis])],
      outputs,
    );
  },
  gradient({ inputs: [x], attributes: { axis, start, end }, gradients: [dy] }) {
    return [dy && pad(dy, axis, start, x.size(axis) - end)];
  },
};

/** Elements `start` up to `end` (left out) of an axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  return apply(sliceOperation, [x], { axis: normalizeAxis(axis, x.rank), start, end });
}

interface PadAttributes {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

export const padOperation: Operation<PadAttributes> = {
  name: 'pad',
  infer([x], { axis, before, after }) {
    const size = addDims([x.shape[axis], before + after]);
    if (typeof size === 'number' && size < 1) {
      throw new ShapeError(`pad: ${before} and ${after} leave nothing of axis ${axis} of ${showType(x)}`);
    }
    return [{ dtype: x.dtype, shape: x.shape.map((dim, i) => (i === axis ? size : dim)) }];
  },
  lower({ emit, inputs: [x], outputs, attributes: { axis, before, after }, node }) {
    const along = (count: number): number[] => node.inputs[0].shape.map((_, i) => (i === axis ? count : 0));
    emit.node('Pad', [x, emit.integers([...along(before), ...along(after)])], outputs);
  },
  gradient({ attributes: { axis, before, after }, gradients: [dy] }) {
    return [dy && pad(dy, axis, -before, -after)];
  },
};

/** Zeros before and after an axis: the opposite of `slice`. Fewer than none take away what is there. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  return apply(padOperation, [x], { axis: normalizeAxis(axis, x.rank), before, after });
}
