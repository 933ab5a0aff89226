/**
 * Sums over all pairs of items without visiting a pair. The similarity of two items is the product of their vectors,
 * and sums of products of products are norms of small matrices:
 *
 *     sum_ij x_i.x_j = |sum_i x_i|^2        sum_ij (x_i.x_j)(y_i.y_j) = |sum_i x_i y_i^T|^2 (Frobenius)
 *
 * so that all n(n-1)/2 pairs cost n d^2 and the memory of the items. A correlation of cosine distances is that of the
 * cosines, since both distances are 1 less one.
 */

/** One side of the items: a vector each, all of one length. */
export interface Side {
  /** [items, size], flat. Vectors have length 1, or 0 for an item of which nothing is known. */
  readonly vectors: Float32Array;
  readonly size: number;
}

/** How often each item is taken; a pair counts as often as both together. */
export type Multiplicities = ArrayLike<number>;

/** Sums over unordered pairs of two different items. */
export interface PairSums {
  readonly pairs: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

/** Number of items. */
export function itemsOf({ vectors, size }: Side): number {
  return vectors.length / size;
}

/** Vectors of length 1 in the same directions; what has none stays 0. */
export function normalizeRows(vectors: Float32Array, size: number): Float32Array {
  const result = vectors.slice();
  for (let from = 0; from < result.length; from += size) {
    const row = result.subarray(from, from + size);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let k = 0; k < size; k++) row[k] /= length;
  }
  return result;
}

/** @param order of the second side: item i of the first belongs to item order[i] of the second */
export function pairSums(
  x: Side,
  y: Side,
  multiplicities?: Multiplicities,
  order?: ArrayLike<number>,
): PairSums {
  const items = itemsOf(x);
  const weight = (i: number): number => multiplicities?.[i] ?? 1;
  const partner = (i: number): number => order?.[i] ?? i;
  const [sumX, sumY] = [new Float64Array(x.size), new Float64Array(y.size)];
  let [total, squares, ownX, ownY, ownXx, ownYy, ownXy] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < items; i++) {
    const w = weight(i);
    if (w === 0) continue;
    total += w;
    squares += w * w;
    const [lengthX, lengthY] = [addRow(sumX, x, i, w), addRow(sumY, y, partner(i), w)];
    // Pairs of an item with a copy of itself: they are alike on both sides whatever the data, and are taken out.
    ownX += w * w * lengthX;
    ownY += w * w * lengthY;
    ownXx += w * w * lengthX * lengthX;
    ownYy += w * w * lengthY * lengthY;
    ownXy += w * w * lengthX * lengthY;
  }
  const all = Float64Array.from({ length: items }, (_, i) => weight(i));
  const places = Int32Array.from({ length: items }, (_, i) => partner(i));
  const same = Int32Array.from({ length: items }, (_, i) => i);
  return {
    pairs: (total * total - squares) / 2,
    x: (squaredNorm(sumX) - ownX) / 2,
    y: (squaredNorm(sumY) - ownY) / 2,
    xx: (squaredNorm(product(x, same, x, same, all)) - ownXx) / 2,
    yy: (squaredNorm(product(y, places, y, places, all)) - ownYy) / 2,
    xy: (squaredNorm(product(x, same, y, places, all)) - ownXy) / 2,
  };
}

/** Adds w times a row. @returns the row's squared length */
function addRow(sum: Float64Array, { vectors, size }: Side, row: number, w: number): number {
  let squares = 0;
  for (let k = 0, at = row * size; k < size; k++, at++) {
    sum[k] += w * vectors[at];
    squares += vectors[at] * vectors[at];
  }
  return squares;
}

function squaredNorm(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] * values[k];
  return sum;
}

/** Items that are added in one pass over the matrix, which then is read and written a fourth as often. */
const TOGETHER = 4;

/** sum_i w_i a_(rowsA i) b_(rowsB i)^T: [a.size, b.size], flat. */
function product(
  a: Side,
  rowsA: Int32Array,
  b: Side,
  rowsB: Int32Array,
  weights: Float64Array,
): Float64Array {
  const result = new Float64Array(a.size * b.size);
  const wide = new Float64Array(TOGETHER * b.size);
  const { length } = rowsA;
  for (let from = 0; from < length; from += TOGETHER) {
    const count = Math.min(TOGETHER, length - from);
    wide.fill(0);
    for (let t = 0; t < count; t++) {
      const at = rowsB[from + t] * b.size;
      const w = weights[from + t];
      for (let q = 0; q < b.size; q++) wide[t * b.size + q] = w * b.vectors[at + q];
    }
    const place = (t: number): number => rowsA[Math.min(from + t, length - 1)] * a.size;
    const [p0, p1, p2, p3] = [place(0), place(1), place(2), place(3)];
    const [q1, q2, q3] = [b.size, 2 * b.size, 3 * b.size];
    for (let p = 0; p < a.size; p++) {
      const [u0, u1, u2, u3] = [a.vectors[p0 + p], a.vectors[p1 + p], a.vectors[p2 + p], a.vectors[p3 + p]];
      const row = p * b.size;
      for (let q = 0; q < b.size; q++) {
        result[row + q] += u0 * wide[q] + u1 * wide[q1 + q] + u2 * wide[q2 + q] + u3 * wide[q3 + q];
      }
    }
  }
  return result;
}

/** Pearson's correlation; NaN where one side does not vary. */
export function correlationOf({ pairs, x, y, xx, yy, xy }: PairSums): number {
  const [varianceX, varianceY] = [xx / pairs - (x / pairs) ** 2, yy / pairs - (y / pairs) ** 2];
  if (!(varianceX > TINY) || !(varianceY > TINY)) return Number.NaN;
  return (xy / pairs - (x / pairs) * (y / pairs)) / Math.sqrt(varianceX * varianceY);
}

/** Of cosines: less is rounding of what does not vary at all. */
const TINY = 1e-14;
