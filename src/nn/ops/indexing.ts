/** Operations that pick elements by number. */

import { elements, normalizeAxis, numbers, sameShape } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, noGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';
import { reshape } from './layout.ts';
import { zeros } from './source.ts';

function expectWhole(name: string, indices: Tensor): void {
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64') {
    throw new ShapeError(`${name}: indices of int32 or int64 expected, got ${showType(indices)}`);
  }
}

export const takeOperation: Operation = {
  name: 'take',
  infer([table, indices]) {
    expectWhole('take', indices);
    return [{ dtype: table.dtype, shape: [...indices.shape, ...table.shape.slice(1)] }];
  },
  lower({ emit, inputs, outputs }) {
    emit.node('Gather', inputs, outputs);
  },
  gradient({ inputs: [table, indices], gradients: [dy] }) {
    return [dy && addRows(dy, indices, table.size(0)), null];
  },
};

/**
 * Rows of a table.
 * @param table [rows, …]
 * @param indices whole numbers of any shape
 * @returns [...indices, …]
 */
export function take(table: Tensor, indices: Tensor): Tensor {
  return apply(takeOperation, [table, indices], {});
}

export const addRowsOperation: Operation<{ rows: number; outer: number }> = {
  name: 'addRows',
  infer([values, indices], { rows, outer }) {
    expectWhole('addRows', indices);
    const own = indices.shape.slice(outer);
    if (values.shape.slice(0, own.length).join() !== own.join()) {
      throw new ShapeError(`addRows: ${showType(values)} has not one row for each of ${showType(indices)}`);
    }
    return [{ dtype: values.dtype, shape: [rows, ...values.shape.slice(own.length)] }];
  },
  /**
   * ScatterElements, since ScatterND with a sum is racy where indices repeat (measured: gradients off by 7 to
   * 9 %, differently in each run). It is serial: the trainer adds the rows of an embedding itself.
   */
  lower({ emit, inputs, outputs, node, attributes: { rows, outer } }) {
    const [values, indices] = node.inputs;
    const count = elements(indices.shape);
    const times = elements(indices.shape.slice(0, outer));
    const width = elements(values.shape.slice(indices.rank - outer));
    const [each, often, flat, column, wide, sums] = Array.from({ length: 6 }, () => emit.temporary());
    if (outer > 0) {
      const own = count / times;
      emit.node('Reshape', [inputs[0], emit.integers([1, own, width])], [each]);
      emit.node('Expand', [each, emit.integers([times, own, width])], [often]);
    }
    emit.node('Reshape', [outer > 0 ? often : inputs[0], emit.integers([count, width])], [flat]);
    emit.node('Reshape', [inputs[1], emit.integers([count, 1])], [column]);
    emit.node('Expand', [column, emit.integers([count, width])], [wide]);
    const empty = emit.zeros([rows, width]);
    emit.node('ScatterElements', [empty, wide, flat], [sums], { reduction: { string: 'add' } });
    emit.node('Reshape', [sums, emit.integers(numbers(node.outputs[0].shape))], outputs);
  },
  gradient({ inputs: [, indices], attributes: { outer }, gradients: [dy] }) {
    if (!dy) return [null, null];
    return [outer === 0 ? take(dy, indices) : takeSum(dy, indices, outer), null];
  },
};

/**
 * The opposite of `take`: sums rows into those of a new table.
 * @param values [...indices, …], or without the first `outer` axes of the indices: then a row counts at each of them
 * @returns [rows, …]
 */
export function addRows(values: Tensor, indices: Tensor, rows: number, outer = 0): Tensor {
  return apply(addRowsOperation, [values, indices], { rows, outer });
}

export const takeSumOperation: Operation<{ outer: number }> = {
  name: 'takeSum',
  infer([table, indices], { outer }) {
    expectWhole('takeSum', indices);
    if (!(outer > 0 && outer <= indices.rank)) {
      throw new ShapeError(`takeSum: ${showType(indices)} has no ${outer} first axes to sum over`);
    }
    return [{ dtype: table.dtype, shape: [...indices.shape.slice(outer), ...table.shape.slice(1)] }];
  },
  lower({ emit, inputs, outputs, attributes: { outer } }) {
    const rows = emit.temporary();
    emit.node('Gather', inputs, [rows]);
    const axes = emit.integers(Array.from({ length: outer }, (_, axis) => axis));
    emit.node('ReduceSum', [rows, axes], outputs, { keepdims: { int: 0 } });
  },
  gradient({ inputs: [table, indices], attributes: { outer }, gradients: [dy] }) {
    return [dy && addRows(dy, indices, table.size(0), outer), null];
  },
};

/**
 * Sums of rows of a table, over the first axes of the indices: a bag of words as one vector. Axes that come first
 * are summed as whole planes, which ONNX Runtime does faster than rows side by side.
 * @param table [rows, …]
 * @param indices whole numbers, [...outer, ...inner]
 * @returns [...inner, …]
 */
export function takeSum(table: Tensor, indices: Tensor, outer = 1): Tensor {
  return apply(takeSumOperation, [table, indices], { outer });
}

export const rearrangeOperation: Operation = {
  name: 'rearrange',
  infer([x, from, to]) {
    expectWhole('rearrange', from);
    expectWhole('rearrange', to);
    if (x.rank !== 2 || !sameShape(to.shape, [x.shape[0]])) {
      throw new ShapeError(`rearrange: ${showType(to)} has not one number for each row of ${showType(x)}`);
    }
    return [{ dtype: x.dtype, shape: [...from.shape, x.shape[1]] }];
  },
  lower({ emit, inputs: [x, from], outputs }) {
    // ONNX counts -1 from the end, where a row of zeros is put.
    const longer = emit.temporary();
    emit.node('Pad', [x, emit.integers([0, 0, 1, 0])], [longer]);
    emit.node('Gather', [longer, from], outputs);
  },
  gradient({ inputs: [x, from, to], gradients: [dy] }) {
    const count = elements(from.shape);
    return [dy && rearrange(reshape(dy, [count, x.size(1)]), to, reshape(from, [count])), null, null];
  },
};

/**
 * Rows of a table in other places, each in one at most: then the gradient is a lookup too, where that of `take` adds
 * rows one after another, which takes longer than the matrix products around it.
 * @param x [rows, width]
 * @param from for each row of the result that of the table, -1 for zeros; of any shape
 * @param to the opposite: for each row of the table its place in the result, counted through, -1 where it has none. [rows]
 * @returns [...from, width]
 */
export function rearrange(x: Tensor, from: Tensor, to: Tensor): Tensor {
  return apply(rearrangeOperation, [x, from, to], {});
}

export const takeAlongOperation: Operation<{ axis: number }> = {
  name: 'takeAlong',
  infer([x, indices], { axis }) {
    expectWhole('takeAlong', indices);
    if (x.rank !== indices.rank || x.shape.some((dim, i) => i !== axis && dim !== indices.shape[i])) {
      throw new ShapeError(
        `takeAlong: ${showType(indices)} does not fit ${showType(x)} outside of axis ${axis}`,
      );
    }
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  lower({ emit, inputs, outputs, attributes }) {
    emit.node('GatherElements', inputs, outputs, { axis: { int: attributes.axis } });
  },
  gradient({ inputs: [x, indices], attributes, gradients: [dy] }) {
    return [dy && addAlong(zeros(numbers(x.shape)), dy, indices, attributes.axis), null];
  },
};

/** Elements along an axis: the result at i is `x` at `indices[i]`. Indices have the shape of the result. */
export function takeAlong(x: Tensor, indices: Tensor, axis = -1): Tensor {
  return apply(takeAlongOperation, [x, indices], { axis: normalizeAxis(axis, x.rank) });
}

export const addAlongOperation: Operation<{ axis: number }> = {
  name: 'addAlong',
  infer([base, values, indices], { axis }) {
    expectWhole('addAlong', indices);
    const fits =
      sameShape(values.shape, indices.shape) &&
      base.rank === values.rank &&
      base.shape.every((dim, i) => i === axis || dim === values.shape[i]);
    if (!fits) {
      throw new ShapeError(
        `addAlong: ${showType(values)} at ${showType(indices)} does not fit ${showType(base)} outside of axis ${axis}`,
      );
    }
    return [{ dtype: base.dtype, shape: base.shape }];
  },
  /** The kernel writes into the base where nothing else needs it. */
  lower({ emit, inputs: [base, values, indices], outputs, attributes: { axis } }) {
    const attributes = { axis: { int: axis }, reduction: { string: 'add' } };
    emit.node('ScatterElements', [base, indices, values], outputs, attributes);
  },
  gradient({ inputs: [, , indices], attributes: { axis }, gradients: [dy] }) {
    return [dy, dy && takeAlong(dy, indices, axis), null];
  },
};

/** Adds `values[i]` to the element `indices[i]` of `base` along an axis: the opposite of `takeAlong`. */
export function addAlong(base: Tensor, values: Tensor, indices: Tensor, axis = -1): Tensor {
  return apply(addAlongOperation, [base, values, indices], { axis: normalizeAxis(axis, base.rank) });
}

export const oneHotOperation: Operation<{ size: number }> = {
  name: 'oneHot',
  infer([indices], { size }) {
    expectWhole('oneHot', indices);
    return [{ dtype: 'float32', shape: [...indices.shape, size] }];
  },
  lower({ emit, inputs, outputs, attributes: { size } }) {
    // ONNX Runtime has a kernel for indices and size of one type: int64.
    const indices = emit.temporary();
    emit.node('Cast', inputs, [indices], { to: { int: emit.typeCode('int64') } });
    emit.node('OneHot', [indices, emit.integers([size]), emit.floats([0, 1])], outputs);
  },
  gradient: noGradient,
};

/** Ones at the given places of a new last axis, zeros elsewhere. */
export function oneHot(indices: Tensor, size: number): Tensor {
  return apply(oneHotOperation, [indices], { size });
}
