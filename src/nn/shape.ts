/** Arithmetic of shapes. */

import { ShapeError } from './shape-error.ts';
import { type Tensor } from './tensor.ts';
import { showType, type Dim, type Shape } from './types.ts';

/** All sizes as numbers. @throws ShapeError where one has only a name */
export function numbers(shape: Shape): number[] {
  return shape.map((dim) => {
    if (typeof dim === 'number') return dim;
    throw new ShapeError(`size ${dim} of [${shape.join(', ')}] must be known here`);
  });
}

/** Number of elements. @throws ShapeError where a size has only a name */
export function elements(shape: Shape): number {
  return numbers(shape).reduce((product, dim) => product * dim, 1);
}

/** The size of several parts together: a number, or a name made of theirs (`past+1`). */
export function addDims(dims: readonly Dim[]): Dim {
  const names = dims.filter((dim) => typeof dim === 'string');
  const total = dims.reduce((sum: number, dim) => sum + (typeof dim === 'number' ? dim : 0), 0);
  return names.length === 0 ? total : [...names, ...(total === 0 ? [] : [total])].join('+');
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The shape of an element-wise result, by the rules of NumPy and ONNX. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const shape: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new ShapeError(
        `[${a.join(', ')}] and [${b.join(', ')}] do not fit: axis ${i - rank} is ${x} in one, ${y} in the other`,
      );
    }
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

/** Axes of `wide` along which a tensor of shape `narrow` was repeated to fill it. */
export function broadcastAxes(narrow: Shape, wide: Shape): number[] {
  const axes: number[] = [];
  const missing = wide.length - narrow.length;
  for (let i = 0; i < wide.length; i++) {
    if (i < missing || (narrow[i - missing] === 1 && wide[i] !== 1)) axes.push(i);
  }
  return axes;
}

/** An axis from 0, whatever sign it came with. */
export function normalizeAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(`axis ${axis} does not exist in ${rank} dimensions`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** @throws ShapeError unless the tensor has this rank */
export function expectRank(tensor: Tensor, rank: number, what: string): void {
  if (tensor.rank !== rank) {
    throw new ShapeError(`${what}: ${rank} dimensions expected, got ${showType(tensor)}`);
  }
}

/** @throws ShapeError unless all are of float32 */
export function expectFloats(name: string, tensors: readonly Tensor[]): void {
  const other = tensors.find(({ dtype }) => dtype !== 'float32');
  if (other) throw new ShapeError(`${name}: float32 expected, got ${showType(other)}`);
}

/** @throws ShapeError unless the tensor has this shape: where broadcasting would hide a mistake */
export function expectShape(tensor: Tensor, shape: Shape, what: string): void {
  if (!sameShape(tensor.shape, shape)) {
    throw new ShapeError(`${what}: [${shape.join(', ')}] expected, got ${showType(tensor)}`);
  }
}
