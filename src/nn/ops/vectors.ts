/** Lengths of vectors and how alike they are, all along the last axis. */

import type { Tensor } from '../tensor.ts';
import { sum } from './broadcast.ts';
import { add, div, maximum, mul, sqrt, square, sub, type Operand } from './elementwise.ts';

/** Shortest length that is divided by: PyTorch's `normalize`. Its square is a normal float32. */
const SHORTEST = 1e-12;

/** Sum of products. @returns [...], for a and b of [..., size] */
export function dot(a: Tensor, b: Tensor): Tensor {
  return sum(mul(a, b), -1);
}

/**
 * x over its Euclidean length; a vector of zeros stays what it is, and its gradient is finite.
 * @param x [..., size]
 */
export function l2Normalize(x: Tensor): Tensor {
  return div(x, sqrt(maximum(sum(square(x), -1, true), SHORTEST ** 2)));
}

/** Cosine of the angle between vectors; 0 where one of them is all zeros. @returns [...] */
export function cosineSimilarity(a: Tensor, b: Tensor): Tensor {
  const lengths = mul(sum(square(a), -1), sum(square(b), -1));
  return div(dot(a, b), sqrt(maximum(lengths, SHORTEST ** 2)));
}

/**
 * Euclidean distance as in PyTorch's `PairwiseDistance`: `epsilon` is added to each difference, so that two equal
 * vectors have a gradient.
 * @returns [...]
 */
export function euclideanDistance(a: Tensor, b: Tensor, epsilon: Operand = 1e-6): Tensor {
  return sqrt(sum(square(add(sub(a, b), epsilon)), -1));
}
