/**
 * How much of a correlation is of single items. The similarity of two items is a mean, a part of each item (how near it
 * is to all others) and a part of the pair alone (Hoeffding 1948). Where items that are far from all others on one side
 * are so on the other too, the parts of items go together, and that takes an item to break and not a pair: of outputs
 * of which a share f is exchanged, 1 - f of it is left, where (1 - f)^2 is left of the rest.
 */

import { type PairSums, type Side } from './sums.ts';

/**
 * @param sums of the same items, each once
 * @returns share of the covariance; below 0 where the parts of items go against one another
 */
export function firstOrderShare({ pairs, x: sumX, y: sumY, xy }: PairSums, x: Side, y: Side): number {
  const covariance = xy / pairs - (sumX / pairs) * (sumY / pairs);
  const [a, b] = [nearness(x, sumX / pairs), nearness(y, sumY / pairs)];
  const items = a.length;
  const product = a.reduce((sum, one, i) => sum + one * b[i], 0);
  // The sum over pairs of (a_i + a_j)(b_i + b_j), where both add up to 0.
  return ((items - 2) * product) / pairs / covariance;
}

/** What each item adds to the similarity of the pairs that it is in. @param mean over all pairs */
function nearness({ vectors, size }: Side, mean: number): Float64Array {
  const items = vectors.length / size;
  const sum = new Float64Array(size);
  for (let at = 0; at < vectors.length; at++) sum[at % size] += vectors[at];
  return Float64Array.from({ length: items }, (_, i) => {
    let product = 0;
    for (let k = 0, at = i * size; k < size; k++, at++) product += vectors[at] * (sum[k] - vectors[at]);
    // The mean over an item's pairs has half of the other items' parts in it, less its own.
    return (product - (items - 1) * mean) / (items - 2);
  });
}
