/** Arrays of float64 with a shape: what the reference interpreter computes with. Whole numbers and truth values too. */

export interface NDArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Calls `visit` for each index of a shape, the last axis fastest. The same array is passed each time. */
export function eachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], flat: number) => void,
): void {
  const index = shape.map(() => 0);
  const count = size(shape);
  for (let flat = 0; flat < count; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

/** A new array whose element at each index is what `value` says. */
export function make(shape: readonly number[], value: (index: readonly number[]) => number): NDArray {
  const data = new Float64Array(size(shape));
  eachIndex(shape, (index, flat) => {
    data[flat] = value(index);
  });
  return { shape, data };
}

/** Where an index lies in an array that may be narrower: axes count from the last, those of size 1 repeat. */
export function offset(shape: readonly number[], index: readonly number[]): number {
  const missing = index.length - shape.length;
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    flat = flat * shape[axis] + (shape[axis] === 1 ? 0 : index[axis + missing]);
  }
  return flat;
}

/** The element at an index, broadcast. */
export function at({ shape, data }: NDArray, index: readonly number[]): number {
  return data[offset(shape, index)];
}

/** NumPy's rule: sizes are equal from the last axis on, or one of them is 1. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((s) => s[i - rank + s.length] ?? 1);
    return sizes.find((dim) => dim !== 1) ?? 1;
  });
}

/** Euclidean length of the difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] - b[i]) ** 2;
  return Math.sqrt(total);
}

export function norm(a: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i] ** 2;
  return Math.sqrt(total);
}

/**
 * What an error is measured against: the length of what was expected. A gradient that is zero but for rounding (that
 * of the bias of keys, which softmax takes off again) is measured against the largest beside it.
 */
export function scaleOf(expected: ArrayLike<number>, largest: number): number {
  const own = norm(expected);
  return (own < 1e-6 * largest ? largest : own) || 1;
}
