/** What has no closed form over pairs: other distances and ranks, from pairs visited one by one. */

import { Random } from '../../random.ts';
import { itemsOf, type Side } from './sums.ts';

/** Distances of two items. */
export type Distance = 'cosine' | 'euclidean';

/** Pairs of different items: first and second of each. */
export interface Pairs {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
}

/** Every pair where there are at most `most`, else so many drawn with replacement. */
export function choosePairs(items: number, most: number, seed: number): Pairs {
  const all = (items * (items - 1)) / 2;
  const count = Math.min(all, most);
  const [first, second] = [new Uint32Array(count), new Uint32Array(count)];
  if (all <= most) {
    let at = 0;
    for (let i = 0; i < items; i++) {
      for (let j = i + 1; j < items; j++, at++) [first[at], second[at]] = [i, j];
    }
    return { first, second };
  }
  const random = new Random(seed);
  for (let at = 0; at < count; at++) {
    first[at] = random.below(items);
    const other = random.below(items - 1);
    second[at] = other >= first[at] ? other + 1 : other;
  }
  return { first, second };
}

/** @param order item i's vector is that of row order[i] */
export function distances(
  side: Side,
  { first, second }: Pairs,
  distance: Distance,
  order?: ArrayLike<number>,
): Float64Array {
  const { vectors, size } = side;
  const row = (item: number): number => (order?.[item] ?? item) * size;
  return Float64Array.from(first, (_, pair) => {
    const [a, b] = [row(first[pair]), row(second[pair])];
    let sum = 0;
    if (distance === 'cosine') {
      for (let k = 0; k < size; k++) sum += vectors[a + k] * vectors[b + k];
      return 1 - sum;
    }
    for (let k = 0; k < size; k++) sum += (vectors[a + k] - vectors[b + k]) ** 2;
    return Math.sqrt(sum);
  });
}

/** NaN where one side does not vary. */
export function pearson(a: Float64Array, b: Float64Array): number {
  const mean = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i] - meanA, b[i] - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}

/** Pearson's correlation of ranks; equal values share the mean of theirs. */
export function spearman(a: Float64Array, b: Float64Array): number {
  return pearson(ranks(a), ranks(b));
}

export function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j]);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) result[order[k]] = (from + to + 1) / 2;
    from = to;
  }
  return result;
}

/** Items on both sides; one pair at least needs two. */
export function countItems(x: Side, y: Side): number {
  const [items, others] = [itemsOf(x), itemsOf(y)];
  if (items !== others) throw new RangeError(`${items} items on one side, ${others} on the other`);
  return items;
}
