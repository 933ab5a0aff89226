/**
 * The first singular vectors of a sparse matrix, by random projection (Halko, Martinsson and Tropp, SIAM Review 2011,
 * algorithms 4.4 and 5.1): what latent semantic analysis makes of a table of terms.
 */

import { Random } from '../../random.ts';
import type { SparseMatrix } from './sparse.ts';

/** Columns beyond the wanted ones, and passes over the matrix: the authors' advice for slowly falling values. */
const OVERSAMPLING = 10;
const PASSES = 4;
/** Sweeps of Jacobi's rotations: convergence is quadratic, ten are more than any matrix of a hundred needs. */
const SWEEPS = 30;

export interface TruncatedSvd {
  /** U S: each row of the matrix in the space of the singular vectors. [rows, rank], flat */
  readonly rows: Float32Array;
  /** Singular values, falling. */
  readonly values: Float64Array;
  /** May be less than asked for, where the matrix has fewer rows or columns. */
  readonly rank: number;
}

export function truncatedSvd(matrix: SparseMatrix, wanted: number, seed: number): TruncatedSvd {
  const rank = Math.min(wanted, matrix.rows, matrix.columns);
  const width = Math.min(rank + OVERSAMPLING, matrix.rows, matrix.columns);
  const random = new Random(seed);
  let right: Float64Array = Float64Array.from(
    { length: matrix.columns * width },
    () => 2 * random.uniform() - 1,
  );
  let left = orthonormal(times(matrix, right, width), width);
  for (let pass = 0; pass < PASSES; pass++) {
    right = orthonormal(transposedTimes(matrix, left, width), width);
    left = orthonormal(times(matrix, right, width), width);
  }
  // A is about Q Q^T A; the small matrix (Q^T A)(Q^T A)^T has the squares of the values.
  const small = gram(transposedTimes(matrix, left, width), width);
  const { vectors, values } = symmetricEigen(small, width);
  const singular = values.slice(0, rank).map((value) => Math.sqrt(Math.max(0, value)));
  const rows = new Float32Array(matrix.rows * rank);
  for (let r = 0; r < matrix.rows; r++) {
    for (let c = 0; c < rank; c++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += left[r * width + k] * vectors[k * width + c];
      rows[r * rank + c] = sum * singular[c];
    }
  }
  return { rows, values: singular, rank };
}

/** A B: [rows, width]. */
function times(a: SparseMatrix, b: Float64Array, width: number): Float64Array {
  const result = new Float64Array(a.rows * width);
  for (let r = 0; r < a.rows; r++) {
    for (let e = a.starts[r]; e < a.starts[r + 1]; e++) {
      const [from, value] = [a.indices[e] * width, a.values[e]];
      for (let k = 0; k < width; k++) result[r * width + k] += value * b[from + k];
    }
  }
  return result;
}

/** A^T B: [columns, width]. */
function transposedTimes(a: SparseMatrix, b: Float64Array, width: number): Float64Array {
  const result = new Float64Array(a.columns * width);
  for (let r = 0; r < a.rows; r++) {
    for (let e = a.starts[r]; e < a.starts[r + 1]; e++) {
      const [to, value] = [a.indices[e] * width, a.values[e]];
      for (let k = 0; k < width; k++) result[to + k] += value * b[r * width + k];
    }
  }
  return result;
}

/** B^T B: [width, width]. */
function gram(b: Float64Array, width: number): Float64Array {
  const result = new Float64Array(width * width);
  for (let from = 0; from < b.length; from += width) {
    for (let p = 0; p < width; p++) {
      const value = b[from + p];
      for (let q = 0; q < width; q++) result[p * width + q] += value * b[from + q];
    }
  }
  return result;
}

/** Columns made orthonormal, by Gram and Schmidt twice over, which is enough (Giraud et al. 2005). */
function orthonormal(b: Float64Array, width: number): Float64Array {
  const count = b.length / width;
  const columns = Array.from({ length: width }, (_, c) =>
    Float64Array.from({ length: count }, (__, r) => b[r * width + c]),
  );
  columns.forEach((column, c) => {
    const before = norm(column);
    for (let again = 0; again < 2; again++) {
      for (let other = 0; other < c; other++) {
        const share = inner(column, columns[other]);
        for (let r = 0; r < count; r++) column[r] -= share * columns[other][r];
      }
    }
    const length = norm(column);
    // What is left of a column that depends on the others is rounding.
    const scale = length > 1e-12 * before ? 1 / length : 0;
    for (let r = 0; r < count; r++) column[r] *= scale;
  });
  const result = new Float64Array(b.length);
  columns.forEach((column, c) => column.forEach((value, r) => (result[r * width + c] = value)));
  return result;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(inner(a, a));
}

/** Jacobi's method. @returns eigenvalues, falling, and the vectors as columns */
function symmetricEigen(
  symmetric: Float64Array,
  size: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = symmetric.slice();
  const v = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const rotate = (m: Float64Array, p: number, q: number, stepP: number, c: number, s: number): void => {
    for (let k = 0; k < size; k++) {
      const [i, j] = stepP === 1 ? [p * size + k, q * size + k] : [k * size + p, k * size + q];
      const [x, y] = [m[i], m[j]];
      m[i] = c * x - s * y;
      m[j] = s * x + c * y;
    }
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = false;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = a[p * size + q];
        const scale = Math.sqrt(Math.abs(a[p * size + p] * a[q * size + q]));
        if (Math.abs(off) <= Number.EPSILON * scale || off === 0) continue;
        moved = true;
        const theta = (a[q * size + q] - a[p * size + p]) / (2 * off);
        const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, p, q, 1, c, t * c);
        rotate(a, p, q, 0, c, t * c);
        rotate(v, p, q, 0, c, t * c);
      }
    }
    if (!moved) break;
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j] - a[i * size + i]);
  const vectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let k = 0; k < size; k++) vectors[k * size + to] = v[k * size + from];
  });
  return { values: Float64Array.from(order, (i) => a[i * size + i]), vectors };
}
