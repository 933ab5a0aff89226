/** What a position may look at, as numbers added to attention scores. */

import { cast, greater, mul, sub } from '../ops/elementwise.ts';
import { reshape } from '../ops/layout.ts';
import { positionsAlong } from '../ops/positions.ts';
import { constant } from '../ops/source.ts';
import type { Tensor } from '../tensor.ts';

/** Makes a probability 0 in float32, and leaves a row of nothing else without a NaN. */
const FORBIDDEN = -1e9;

/**
 * @param mask [batch, length], 1 (or true) for what is there, 0 for padding
 * @returns [batch, 1, 1, length]
 */
export function paddingBias(mask: Tensor): Tensor {
  const [batch, length] = mask.shape;
  return mul(sub(1, reshape(cast(mask, 'float32'), [batch, 1, 1, length])), FORBIDDEN);
}

/** Position i sees those up to itself. @returns [1, 1, length, length] */
export function causalBias(length: number): Tensor {
  const values = new Float32Array(length * length);
  for (let i = 0; i < length; i++) values.fill(FORBIDDEN, i * length + i + 1, (i + 1) * length);
  return constant(values, [1, 1, length, length]);
}

/** The same for the length of x, which may be known only when the graph runs. @param x [batch, length, …] */
export function causalBiasOf(x: Tensor): Tensor {
  const length = x.shape[1];
  if (typeof length === 'number') return causalBias(length);
  const places = positionsAlong(x, 1);
  const later = greater(reshape(places, [1, 1, 1, length]), reshape(places, [1, 1, length, 1]));
  return mul(cast(later, 'float32'), FORBIDDEN);
}
