/**
 * Ridge regression of many targets at once: weights W for which X W is near to Y, large weights being paid for. By
 * conjugate gradients (Hestenes and Stiefel 1952) on (X' D X + penalty) W = X' D Y, scaled by the diagonal: rows are
 * sparse, and their products, which would be dense, are never written down. A few iterations are enough where
 * the penalty is worth some rows.
 */

import type { SparseMatrix } from './sparse.ts';

export interface RidgeProblem {
  /** X: [rows, inputs]. */
  readonly inputs: SparseMatrix;
  /** Y: [rows, targets]. */
  readonly targets: SparseMatrix;
  /** D: how much each row counts. */
  readonly weights: ArrayLike<number>;
  /** Above nought, so that there is one solution. */
  readonly penalty: number;
  readonly iterations: number;
}

/** Rows between two rests: some hundredths of a second. */
const REST = 256;

/**
 * A generator, so that whoever calls may tell of it and stop it: each time it rests it yields the share that is done.
 * @returns W: [inputs, targets], flat
 */
export function* ridge({
  inputs,
  targets,
  weights,
  penalty,
  iterations,
}: RidgeProblem): Generator<number, Float32Array> {
  const { rows, columns } = inputs;
  const size = targets.columns;
  // What is left of X' D Y, and the direction of the next step; both [inputs, targets].
  const rest = new Float32Array(columns * size);
  const diagonal = new Float64Array(columns).fill(penalty);
  for (let r = 0; r < rows; r++) {
    for (let i = inputs.starts[r]; i < inputs.starts[r + 1]; i++) {
      const [column, value] = [inputs.indices[i], inputs.values[i]];
      diagonal[column] += weights[r] * value * value;
      for (let k = targets.starts[r]; k < targets.starts[r + 1]; k++) {
        rest[column * size + targets.indices[k]] += weights[r] * value * targets.values[k];
      }
    }
  }
  const solution = new Float32Array(rest.length);
  const step = rest.map((value, i) => value / diagonal[Math.floor(i / size)]);
  const product = new Float32Array(rest.length);
  let lengths = dots(rest, step, size);
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let i = 0; i < product.length; i++) product[i] = penalty * step[i];
    const one = new Float32Array(size);
    for (let r = 0; r < rows; r++) {
      if (r % REST === 0) yield (iteration + r / rows) / iterations;
      one.fill(0);
      for (let i = inputs.starts[r]; i < inputs.starts[r + 1]; i++) {
        addScaled(one, 0, step, inputs.indices[i] * size, inputs.values[i], size);
      }
      for (let i = inputs.starts[r]; i < inputs.starts[r + 1]; i++) {
        addScaled(product, inputs.indices[i] * size, one, 0, weights[r] * inputs.values[i], size);
      }
    }
    const along = dots(step, product, size);
    // A target that is solved has nothing left, and goes nowhere.
    const far = lengths.map((length, k) => (along[k] > 0 ? length / along[k] : 0));
    for (let i = 0; i < rest.length; i++) {
      solution[i] += far[i % size] * step[i];
      rest[i] -= far[i % size] * product[i];
      product[i] = rest[i] / diagonal[Math.floor(i / size)];
    }
    const next = dots(rest, product, size);
    const turn = next.map((length, k) => (lengths[k] > 0 ? length / lengths[k] : 0));
    for (let i = 0; i < step.length; i++) step[i] = product[i] + turn[i % size] * step[i];
    lengths = next;
  }
  return solution;
}

function addScaled(
  to: Float32Array,
  at: number,
  from: Float32Array,
  start: number,
  scale: number,
  size: number,
): void {
  for (let k = 0; k < size; k++) to[at + k] += scale * from[start + k];
}

/** Of each column of two matrices: [any, size], flat. */
function dots(a: Float32Array, b: Float32Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  for (let i = 0; i < a.length; i++) sums[i % size] += a[i] * b[i];
  return sums;
}
