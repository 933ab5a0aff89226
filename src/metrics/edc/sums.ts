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

/** How often each item is taken; a pair of different clusters counts as often as both together. */
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

/** Of a cluster that is drawn as a whole: one of its items, and the sums over the pairs inside it. */
interface Within {
  readonly item: number;
  readonly sums: PairSums;
}

/** Sums over the pairs of the same items, however often each is taken and in whichever order the second side is. */
export class PairSummer {
  private readonly x: Side;
  private readonly y: Side;
  private readonly gram: PairGram;
  /** Squared lengths of the vectors: 1, or 0 for an item of which nothing is known. */
  private readonly squares: { readonly x: Float64Array; readonly y: Float64Array };
  private readonly once: Float64Array;
  private readonly within: readonly Within[];

  /**
   * @param clusters items of each cluster, of which all are taken equally often; each item alone where nothing is said
   * @throws BinscribeError `missing` without WebAssembly's vectors
   */
  constructor(x: Side, y: Side, clusters: readonly (readonly number[])[] = []) {
    this.x = x;
    this.y = y;
    this.gram = new PairGram(x, y);
    this.squares = { x: squaredLengths(x), y: squaredLengths(y) };
    this.once = new Float64Array(itemsOf(x)).fill(1);
    this.within = clusters
      .filter(({ length }) => length > 1)
      .map((members) => ({ item: members[0], sums: this.inside(members) }));
  }

  /**
   * An item that is taken twice makes no pair with its copy, nor a cluster's copy with another: they are alike on both
   * sides whatever the data. Pairs inside a cluster count as often as the cluster is taken, as in the items themselves.
   */
  sums(multiplicities: Multiplicities = this.once): PairSums {
    const sums = this.pairsOfItems(multiplicities);
    for (const { item, sums: inside } of this.within) {
      const w = multiplicities[item];
      // Counted w^2 times so far.
      if (w > 1) addTo(sums, inside, w - w * w);
    }
    return sums;
  }

  /**
   * The same, each item once, where item i of the first side has the output of item order[i] of the second.
   * @param own sums in the order as it is: what does not know the order stays
   * @param order may name an item twice, and another never
   */
  reordered(own: PairSums, order: ArrayLike<number>): PairSums {
    const { y, squares } = this;
    let [together, ownY, ownYy] = [0, 0, 0];
    const taken = new Float64Array(squares.y.length);
    squares.x.forEach((squareX, i) => {
      const squareY = squares.y[order[i]];
      together += squareX * squareY;
      ownY += squareY;
      ownYy += squareY * squareY;
      taken[order[i]]++;
    });
    const permuted = taken.every((times) => times === 1);
    const norms = this.gram.reordered(order, !permuted);
    const xy = (norms.xy - together) / 2;
    if (permuted) return { ...own, xy };
    const y1 = (squaredNorm(weightedSum(y, taken)) - ownY) / 2;
    return { ...own, y: y1, yy: (norms.yy - ownYy) / 2, xy };
  }

  /** Over pairs of different items. */
  private pairsOfItems(multiplicities: Multiplicities): Sums {
    const { x, y, squares } = this;
    const norms = this.gram.norms(multiplicities);
    let [total, twice, ownX, ownY, ownXx, ownYy, ownXy] = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < squares.x.length; i++) {
      const w = multiplicities[i];
      const [squareX, squareY] = [squares.x[i], squares.y[i]];
      total += w;
      twice += w * w;
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

  private inside(members: readonly number[]): PairSums {
    const { x, y, once } = this;
    // From there on visiting the pairs costs more than the matrices.
    if (members.length > x.size + y.size) {
      const chosen = new Float64Array(once.length);
      for (const item of members) chosen[item] = 1;
      return this.pairsOfItems(chosen);
    }
    const sums: Sums = { pairs: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
    members.forEach((i, place) => {
      for (const j of members.slice(place + 1)) {
        const [inX, inY] = [productOf(x, i, j), productOf(y, i, j)];
        addTo(sums, { pairs: 1, x: inX, y: inY, xx: inX * inX, yy: inY * inY, xy: inX * inY }, 1);
      }
    });
    return sums;
  }
}

type Sums = { -readonly [K in keyof PairSums]: PairSums[K] };

function addTo(sums: Sums, more: PairSums, times: number): void {
  sums.pairs += times * more.pairs;
  sums.x += times * more.x;
  sums.y += times * more.y;
  sums.xx += times * more.xx;
  sums.yy += times * more.yy;
  sums.xy += times * more.xy;
}

function productOf({ vectors, size }: Side, i: number, j: number): number {
  let sum = 0;
  for (let k = 0, a = i * size, b = j * size; k < size; k++, a++, b++) sum += vectors[a] * vectors[b];
  return sum;
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
