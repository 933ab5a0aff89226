/**
 * Sums over all pairs of items without visiting a pair. The similarity of two items is the product of their vectors,
 * and sums of products of products are norms of small matrices:
 *
 *     sum_ij x_i.x_j = |sum_i x_i|^2        sum_ij (x_i.x_j)(y_i.y_j) = |sum_i x_i y_i^T|^2 (Frobenius)
 *
 * so that all n(n-1)/2 pairs cost n d^2 and the memory of the items. A correlation of cosine distances is that of the
 * cosines, since both distances are 1 less one.
 */

import { GramProduct } from '../../wasm/gram.ts';

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
    let squares = 0;
    for (let at = from; at < from + size; at++) squares += result[at] * result[at];
    if (squares === 0) continue;
    const length = Math.sqrt(squares);
    for (let at = from; at < from + size; at++) result[at] /= length;
  }
  return result;
}

/** Sums over the pairs of the same items, however often each is taken and in whichever order the second side is. */
export class PairSummer {
  private readonly x: Side;
  private readonly y: Side;
  private readonly products: { readonly xx: GramProduct; readonly yy: GramProduct; readonly xy: GramProduct };
  private readonly once: Float64Array;

  /** @throws BinscribeError `missing` without WebAssembly's vectors */
  constructor(x: Side, y: Side) {
    this.x = x;
    this.y = y;
    this.products = { xx: new GramProduct(x, x), yy: new GramProduct(y, y), xy: new GramProduct(x, y) };
    this.once = new Float64Array(itemsOf(x)).fill(1);
  }

  sums(multiplicities: Multiplicities = this.once): PairSums {
    const { x, y, products } = this;
    const items = itemsOf(x);
    const [sumX, sumY] = [new Float64Array(x.size), new Float64Array(y.size)];
    let [total, squares, ownX, ownY, ownXx, ownYy, ownXy] = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < items; i++) {
      const w = multiplicities[i];
      if (w === 0) continue;
      total += w;
      squares += w * w;
      const [lengthX, lengthY] = [addRow(sumX, x, i, w), addRow(sumY, y, i, w)];
      // Pairs of an item with a copy of itself: they are alike on both sides whatever the data, and are taken out.
      ownX += w * w * lengthX;
      ownY += w * w * lengthY;
      ownXx += w * w * lengthX * lengthX;
      ownYy += w * w * lengthY * lengthY;
      ownXy += w * w * lengthX * lengthY;
    }
    return {
      pairs: (total * total - squares) / 2,
      x: (squaredNorm(sumX) - ownX) / 2,
      y: (squaredNorm(sumY) - ownY) / 2,
      xx: (squaredNorm(products.xx.sum(multiplicities)) - ownXx) / 2,
      yy: (squaredNorm(products.yy.sum(multiplicities)) - ownYy) / 2,
      xy: (squaredNorm(products.xy.sum(multiplicities)) - ownXy) / 2,
    };
  }

  /**
   * The same where item i of the first side belongs to item order[i] of the second.
   * @param own sums in the order as it is, each item once: all but one of them stay
   */
  reordered(own: PairSums, order: ArrayLike<number>): PairSums {
    const { x, y, products, once } = this;
    let together = 0;
    for (let i = 0; i < once.length; i++) together += squaredLength(x, i) * squaredLength(y, order[i]);
    return { ...own, xy: (squaredNorm(products.xy.sum(once, order)) - together) / 2 };
  }
}

function squaredLength({ vectors, size }: Side, row: number): number {
  let squares = 0;
  for (let at = row * size; at < (row + 1) * size; at++) squares += vectors[at] * vectors[at];
  return squares;
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

/** Pearson's correlation; NaN where one side does not vary. */
export function correlationOf({ pairs, x, y, xx, yy, xy }: PairSums): number {
  const [varianceX, varianceY] = [xx / pairs - (x / pairs) ** 2, yy / pairs - (y / pairs) ** 2];
  if (!(varianceX > TINY) || !(varianceY > TINY)) return Number.NaN;
  return (xy / pairs - (x / pairs) * (y / pairs)) / Math.sqrt(varianceX * varianceY);
}

/** Of cosines: less is rounding of what does not vary at all. */
const TINY = 1e-14;
