/**
 * Relative positions in buckets, each with a learned number for each head that is added to attention scores
 * (T5: Raffel et al. 2020, section 2.1; the rule is Mesh TensorFlow's).
 */

import { normal } from '../initialize.ts';
import { add, maximum, minimum, sub } from '../ops/elementwise.ts';
import { take } from '../ops/indexing.ts';
import { concat, reshape, transpose } from '../ops/layout.ts';
import { positionsAlong, sizeAlong, whole } from '../ops/positions.ts';
import { constant } from '../ops/source.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';

export interface RelativeOptions {
  readonly heads: number;
  readonly buckets: number;
  /** All that is farther away shares the last bucket. */
  readonly longest: number;
  /** Whether what comes later has buckets of its own; in a decoder it is never looked at. */
  readonly bidirectional: boolean;
}

/**
 * The bucket of a distance, the key's place less the query's. Half of the buckets are for one distance each, the
 * others grow with its logarithm. In float32 throughout, since PyTorch's result is cut off, not rounded.
 */
export function relativeBucket(
  distance: number,
  { buckets, longest, bidirectional }: Omit<RelativeOptions, 'heads'>,
): number {
  const count = bidirectional ? Math.floor(buckets / 2) : buckets;
  const first = bidirectional && distance > 0 ? count : 0;
  const away = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
  const exact = Math.floor(count / 2);
  if (away < exact) return first + away;
  const share = Math.fround(
    Math.fround(Math.log(Math.fround(away / exact))) / Math.fround(Math.log(longest / exact)),
  );
  const grown = exact + Math.trunc(Math.fround(share * (count - exact)));
  return first + Math.min(grown, count - 1);
}

/** The learned numbers of all distances from -longest to longest. @returns [2 longest + 1, heads] */
function byDistance(scope: Scope, options: RelativeOptions): Tensor {
  const { longest, heads, buckets } = options;
  const bucketOf = BigInt64Array.from({ length: 2 * longest + 1 }, (_, i) =>
    BigInt(relativeBucket(i - longest, options)),
  );
  const table = scope.parameter('weight', [buckets, heads], normal(0.02));
  return take(table, constant(bucketOf, [bucketOf.length]));
}

/**
 * What is added to the scores of all pairs of positions.
 * @param x [batch, length, …]; only its length counts
 * @returns [1, heads, length, length]
 */
export function relativeBias(scope: Scope, x: Tensor, options: RelativeOptions): Tensor {
  const length = x.shape[1];
  const places = positionsAlong(x, 1);
  const distance = sub(reshape(places, [1, length]), reshape(places, [length, 1]));
  return biasOf(scope, distance, options);
}

/**
 * What is added to the scores of one more position over those before it and itself.
 * @param past [rows, written]; only its second size counts
 * @returns [1, heads, 1, written + 1]
 */
export function nextRelativeBias(scope: Scope, past: Tensor, options: RelativeOptions): Tensor {
  const place = reshape(sizeAlong(past, 1), [1]);
  const distance = sub(concat([positionsAlong(past, 1), place], 0), place);
  return biasOf(scope, reshape(distance, [1, distance.shape[0]]), options);
}

/** @param distance the key's place less the query's, int64 [queries, keys] @returns [1, heads, queries, keys] */
function biasOf(scope: Scope, distance: Tensor, options: RelativeOptions): Tensor {
  return scope.layer('relativeBias', () => {
    const { longest, heads } = options;
    const near = minimum(maximum(distance, whole(-longest)), whole(longest));
    const found = take(byDistance(scope, options), add(near, whole(longest)));
    return reshape(transpose(found, [2, 0, 1]), [1, heads, ...distance.shape]);
  });
}
