/**
 * Sums over all pairs of items without visiting a pair. The similarity of two items is the product of their vectors,
 * and sums of products of products are norms of small matrices:
 *
 *     sum_ij x_i.x_j = |sum_i x_i|^2        sum_ij (x_i.x_j)(y_i.y_j) = |sum_i x_i y_i^T|^2 (Frobenius)
 *
 * so that all n(n-1)/2 pairs cost n d^2 and the memory of the items. A correlation of cosine distances is that of the
 * cosines, since both distances are 1 less one.
 */

import { PairGram } from '../../wasm/gram.ts';

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
  const result = new Float32Array(vectors.length);
  for (let from = 0; from < vectors.length; from += size) {
    const squares = squaresOf(vectors, from, from + size);
    if (squares > 0) scaleTo(result, vectors, from, from + size, 1 / Math.sqrt(squares));
  }
  return result;
}

// Loops of their own, since an engine makes a small function fast sooner than a large one.

function squaresOf(vectors: Float32Array, from: number, end: number): number {
  let sum = 0;
  for (let at = from; at < end; at++) sum += vectors[at] * vectors[at];
  return sum;
}

function scaleTo(to: Float32Array, vectors: Float32Array, from: number, end: number, by: number): void {
  for (let at = from; at < end; at++) to[at] = by * vectors[at];
}

/** Sums over the pairs of the same items, however often each is taken and in whichever order the second side is. */
export class PairSummer {
  private readonly x: Side;
  private readonly y: Side;
  private readonly gram: PairGram;
  /** Squared lengths of the vectors: 1, or 0 for an item of which nothing is known. */
  private readonly squares: { readonly x: Float64Array; readonly y: Float64Array };
  private readonly once: Float64Array;

  /** @throws BinscribeError `missing` without WebAssembly's vectors */
  constructor(x: Side, y: Side) {
    this.x = x;
    this.y = y;
    this.gram = new PairGram(x, y);
    this.squares = { x: squaredLengths(x), y: squaredLengths(y) };
    this.once = new Float64Array(itemsOf(x)).fill(1);
  }

  sums(multiplicities: Multiplicities = this.once): PairSums {
    const { x, y, squares } = this;
    const norms = this.gram.norms(multiplicities);
    let [total, twice, ownX, ownY, ownXx, ownYy, ownXy] = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < squares.x.length; i++) {
      const w = multiplicities[i];
      const [squareX, squareY] = [squares.x[i], squares.y[i]];
      total += w;
      twice += w * w;
      // Pairs of an item with a copy of itself: they are alike on both sides whatever the data, and are taken out.
      ownX += w * w * squareX;
      ownY += w * w * squareY;
      ownXx += w * w * squareX * squareX;
      ownYy += w * w * squareY * squareY;
      ownXy += w * w * squareX * squareY;
    }
    return {
      pairs: (total * total - twice) / 2,
      x: (squaredNorm(weightedSum(x, multiplicities)) - ownX) / 2,
      y: (squaredNorm(weightedSum(y, multiplicities)) - ownY) / 2,
      xx: (norms.xx - ownXx) / 2,
      yy: (norms.yy - ownYy) / 2,
      xy: (norms.xy - ownXy) / 2,
    };
  }

  /**
   * The same where item i of the first side belongs to item order[i] of the second.
   * @param own sums in the order as it is, each item once: all but one of them stay
   */
  reordered(own: PairSums, order: ArrayLike<number>): PairSums {
    const { squares } = this;
    const together = squares.x.reduce((sum, square, i) => sum + square * squares.y[order[i]], 0);
    return { ...own, xy: (this.gram.crossNorm(order) - together) / 2 };
  }
}

function squaredLengths({ vectors, size }: Side): Float64Array {
  const squares = new Float64Array(vectors.length / size);
  for (let i = 0; i < squares.length; i++) squares[i] = squaresOf(vectors, i * size, (i + 1) * size);
  return squares;
}

function weightedSum({ vectors, size }: Side, weights: Multiplicities): Float64Array {
  const sum = new Float64Array(size);
  for (let i = 0, from = 0; from < vectors.length; i++, from += size) {
    const w = weights[i];
    if (w === 0) continue;
    for (let k = 0; k < size; k++) sum[k] += w * vectors[from + k];
  }
  return sum;
}

function squaredNorm(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] * values[k];
  return sum;
}

/** Pearson's correlation; NaN where one side does not vary. */
export function correlationOf({ pairs, x, y, xx, yy, xy }: PairSums): number {
  const [varianceX, varianceY] = [xx / pairs - (x / pairs) ** 2, yy / pairs - (y / pairs) ** 2];
  if (!(varianceX > TINY) || !(varianceY > TINY)) return Number.NaN;
  return (xy / pairs - (x / pairs) * (y / pairs)) / Math.sqrt(varianceX * varianceY);
}

/** Of cosines: less is rounding of what does not vary at all. */
const TINY = 1e-14;
