/** Where things stand: numbers that depend on sizes alone, which a graph may learn only when it runs. */

import { normalizeAxis } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, noGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';
import { constant } from './source.ts';

/** One whole number, as graphs count: int64. */
export function whole(value: number): Tensor {
  return constant(BigInt64Array.of(BigInt(value)), []);
}

export const sizeOperation: Operation<{ axis: number }> = {
  name: 'size',
  infer: () => [{ dtype: 'int64', shape: [] }],
  lower({ emit, inputs, outputs, attributes: { axis } }) {
    const list = emit.temporary();
    emit.node('Shape', inputs, [list], { start: { int: axis }, end: { int: axis + 1 } });
    emit.node('Squeeze', [list], outputs);
  },
  gradient: noGradient,
};

/** The size of an axis as a value. @returns int64 [] */
export function sizeAlong(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank);
  const known = x.shape[at];
  return typeof known === 'number' ? whole(known) : apply(sizeOperation, [x], { axis: at });
}

export const positionsOperation: Operation<{ axis: number }> = {
  name: 'positions',
  infer: ([x], { axis }) => [{ dtype: 'int64', shape: [x.shape[axis]] }],
  lower({ emit, inputs, outputs, attributes: { axis } }) {
    const [list, size] = [emit.temporary(), emit.temporary()];
    emit.node('Shape', inputs, [list], { start: { int: axis }, end: { int: axis + 1 } });
    emit.node('Squeeze', [list], [size]);
    emit.node('Range', [emit.integer(0), size, emit.integer(1)], outputs);
  },
  gradient: noGradient,
};

/** 0, 1, … along an axis. @returns int64 [size of the axis] */
export function positionsAlong(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank);
  const size = x.shape[at];
  if (typeof size !== 'number') return apply(positionsOperation, [x], { axis: at });
  return constant(
    BigInt64Array.from({ length: size }, (_, i) => BigInt(i)),
    [size],
  );
}

export const cumulativeSumOperation: Operation<{ axis: number; reverse: boolean }> = {
  name: 'cumulativeSum',
  infer([x]) {
    if (x.dtype === 'bool') throw new ShapeError(`cumulativeSum: numbers expected, got ${showType(x)}`);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  lower({ emit, inputs, outputs, attributes: { axis, reverse } }) {
    emit.node('CumSum', [inputs[0], emit.integers([axis])], outputs, { reverse: { int: reverse ? 1 : 0 } });
  },
  gradient({ inputs: [x], attributes: { axis, reverse }, gradients: [dy] }) {
    return [dy && x.dtype === 'float32' ? cumulativeSum(dy, axis, !reverse) : null];
  },
};

/** Each element plus all before it along an axis; `reverse`: plus all after it. */
export function cumulativeSum(x: Tensor, axis = -1, reverse = false): Tensor {
  return apply(cumulativeSumOperation, [x], { axis: normalizeAxis(axis, x.rank), reverse });
}
