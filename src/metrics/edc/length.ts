/**
 * How much of a correlation is length: long texts are unlike short ones on both sides. The partial correlation holds
 * the difference of lengths fixed, |l_i - l_j| of each pair, which sums up in the order of lengths without visiting
 * a pair.
 */

import { correlationOf, type Multiplicities, type PairSums, type Side } from './sums.ts';

interface LengthSums {
  /** Over unordered pairs: of |l_i - l_j|, of its square, and of its products with both similarities. */
  readonly l: number;
  readonly ll: number;
  readonly lx: number;
  readonly ly: number;
}

/**
 * @param sums of the same items
 * @param lengths of each item
 * @returns Pearson's correlation of the two similarities given the difference of lengths
 */
export function partialCorrelation(
  sums: PairSums,
  x: Side,
  y: Side,
  lengths: ArrayLike<number>,
  multiplicities?: Multiplicities,
): number {
  const { l, ll, lx, ly } = lengthSums(x, y, lengths, multiplicities);
  const { pairs } = sums;
  const xy = correlationOf(sums);
  const xl = correlationOf({ pairs, x: sums.x, y: l, xx: sums.xx, yy: ll, xy: lx });
  const yl = correlationOf({ pairs, x: sums.y, y: l, xx: sums.yy, yy: ll, xy: ly });
  // Items of one length: there is nothing to hold fixed.
  if (Number.isNaN(xl) || Number.isNaN(yl)) return xy;
  return (xy - xl * yl) / Math.sqrt((1 - xl * xl) * (1 - yl * yl));
}

function lengthSums(
  x: Side,
  y: Side,
  lengths: ArrayLike<number>,
  multiplicities?: Multiplicities,
): LengthSums {
  const order = Array.from(lengths, (_, i) => i).sort((a, b) => lengths[a] - lengths[b]);
  const [before, product] = [
    [new Float64Array(x.size), new Float64Array(y.size)],
    [new Float64Array(x.size), new Float64Array(y.size)],
  ];
  let [weight, linear, square, l] = [0, 0, 0, 0];
  const similar = [0, 0];
  for (const i of order) {
    const w = multiplicities?.[i] ?? 1;
    const length = lengths[i];
    l += w * (length * weight - linear);
    // |l_i - l_j| x_i.x_j over all shorter j: x_i . (l_i sum w_j x_j - sum w_j l_j x_j)
    [x, y].forEach(({ vectors, size }, side) => {
      let sum = 0;
      for (let k = 0, at = i * size; k < size; k++, at++) {
        sum += vectors[at] * (length * before[side][k] - product[side][k]);
        before[side][k] += w * vectors[at];
        product[side][k] += w * length * vectors[at];
      }
      similar[side] += w * sum;
    });
    weight += w;
    linear += w * length;
    square += w * length * length;
  }
  return { l, ll: weight * square - linear * linear, lx: similar[0], ly: similar[1] };
}
