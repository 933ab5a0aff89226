/** From a vector for each position to one for the whole, padding left out. */

import { normal } from '../initialize.ts';
import { sum } from '../ops/broadcast.ts';
import { cast, div, greater, maximum, sqrt, square, sub, tanh, where } from '../ops/elementwise.ts';
import { reshape, slice, transpose } from '../ops/layout.ts';
import { matmul } from '../ops/matmul.ts';
import { max } from '../ops/reduce.ts';
import { softmax } from '../ops/softmax.ts';
import { constant } from '../ops/source.ts';
import type { Scope } from '../scope.ts';
import { expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { linear } from './linear.ts';

/**
 * The mean of the positions that are there; zeros where none is.
 * @param x [batch, length, width]
 * @param mask [batch, length], 1 (or true) for what is there
 * @returns [batch, width]
 */
export function maskedMean(x: Tensor, mask: Tensor): Tensor {
  const [batch, length] = x.shape;
  expectShape(mask, [batch, length], 'mask');
  const there = cast(mask, 'float32');
  // A product of matrices makes no copy of x with its padding taken out.
  const total = reshape(matmul(reshape(there, [batch, 1, length]), x), [batch, x.size(-1)]);
  return div(total, maximum(sum(there, 1, true), 1));
}

/** Below what a network computes, and a float32. */
const LOWEST = -3e38;

/**
 * The largest of each feature over the positions that are there; zeros where none is.
 * @param x [batch, length, width]
 * @param mask [batch, length], 1 (or true) for what is there
 * @returns [batch, width]
 */
export function maskedMax(x: Tensor, mask: Tensor): Tensor {
  const [batch, length] = x.shape;
  expectShape(mask, [batch, length], 'mask');
  const largest = max(where(reshape(cast(mask, 'bool'), [batch, length, 1]), x, LOWEST), 1);
  return where(greater(sum(cast(mask, 'float32'), 1, true), 0), largest, 0);
}

/**
 * The vector of the first position, BERT's CLS.
 * @param x [batch, length, width]
 * @returns [batch, width]
 */
export function firstPosition(x: Tensor): Tensor {
  return reshape(slice(x, 1, 0, 1), [x.shape[0], x.size(-1)]);
}

/** What softmax makes 0 in float32. */
const FORBIDDEN = -1e9;

/** Weights of positions: a softmax over those that are there, the same for all where none is. */
function positionWeights(scores: Tensor, mask: Tensor): Tensor {
  const [batch, length] = mask.shape;
  return softmax(where(reshape(cast(mask, 'bool'), [batch, 1, length]), scores, FORBIDDEN));
}

/**
 * A mean whose weights are the softmax of x q / sqrt(width), for a learned q: dot-product attention with a single
 * query.
 * @param x [batch, length, width]
 * @param mask [batch, length], 1 (or true) for what is there
 * @returns [batch, width]
 */
export function attentionPooling(scope: Scope, x: Tensor, mask: Tensor): Tensor {
  return scope.layer('attentionPooling', () => {
    const width = x.size(-1);
    expectShape(mask, x.shape.slice(0, 2), 'mask');
    const query = scope.parameter('query', [1, width], normal(1));
    const scores = matmul(query, x, { transposeB: true, scale: 1 / Math.sqrt(width) });
    const weights = positionWeights(scores, mask);
    return reshape(matmul(weights, x), [x.shape[0], width]);
  });
}

export interface SelfAttentiveOptions {
  /** Width of the inner layer, d_a. SAFE has 250. */
  readonly hidden: number;
  /** Number of weighted means, r. SAFE has 10. */
  readonly hops: number;
}

/**
 * Several weighted means, each looking for something else: A = softmax(tanh(x W1) W2) over the positions that are
 * there, and A x (Lin et al. 2017, equations 6 and 8; SAFE, Massarelli et al. 2019, whose release lets padding take
 * part).
 * @param x [batch, length, width]
 * @param mask [batch, length], 1 (or true) for what is there
 * @returns vectors [batch, hops, width] and weights A [batch, hops, length]
 */
export function selfAttentivePooling(
  scope: Scope,
  x: Tensor,
  mask: Tensor,
  { hidden, hops }: SelfAttentiveOptions,
): { vectors: Tensor; weights: Tensor } {
  return scope.layer('selfAttentivePooling', () => {
    expectShape(mask, x.shape.slice(0, 2), 'mask');
    const options = { bias: false, initializer: normal(0.1) };
    const inner = tanh(linear(scope.at('inner'), x, hidden, options));
    const scores = transpose(linear(scope.at('hops'), inner, hops, options), [0, 2, 1]);
    const weights = positionWeights(scores, mask);
    return { vectors: matmul(weights, x), weights };
  });
}

/**
 * The Frobenius norm of A A' - I over a batch: small where each hop looks at few positions, and at others than the
 * rest do (Lin et al. 2017, equation 10, without its square, as SAFE's release has it).
 * @param weights [batch, hops, length]
 * @returns []
 */
export function hopPenalty(weights: Tensor): Tensor {
  const hops = weights.size(1);
  const identity = new Float32Array(hops * hops);
  for (let i = 0; i < hops; i++) identity[i * hops + i] = 1;
  const difference = sub(matmul(weights, weights, { transposeB: true }), constant(identity, [hops, hops]));
  // The root of 0 has no gradient.
  return sqrt(maximum(sum(square(difference)), 1e-12));
}
