/** Simplex interpolation (section 2.2): between two views of a program lies a third. */

import { projectionHead } from '../../nn/layers/heads.ts';
import { linear } from '../../nn/layers/linear.ts';
import { add, mul, sigmoid, sub } from '../../nn/ops/elementwise.ts';
import { concat } from '../../nn/ops/layout.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';

/** How the two views come together before the network that finds lambda: the circled plus of equation (7). */
export type Joining = 'sum' | 'concatenation';

export interface Interpolation {
  readonly joining: Joining;
  readonly dropout: number;
}

/**
 * Gamma of equation (6): lambda * a + (1 - lambda) * b, element by element.
 * @param lambda [batch, size], or [batch, 1] for all elements of a vector
 */
export function interpolate(a: Tensor, b: Tensor, lambda: Tensor): Tensor {
  return add(mul(lambda, a), mul(sub(1, lambda), b));
}

function joined(a: Tensor, b: Tensor, joining: Joining): Tensor {
  return joining === 'sum' ? add(a, b) : concat([a, b], 1);
}

/**
 * Equations (7) and (8): one lambda a program, by head, Linear(size, 1) and sigmoid (figure 3).
 * @param a [batch, size]
 * @param b [batch, size]
 * @returns [batch, size]
 */
export function linearInterpolation(scope: Scope, a: Tensor, b: Tensor, options: Interpolation): Tensor {
  const found = projectionHead(scope.at('head'), joined(a, b, options.joining), a.size(1), options);
  return interpolate(a, b, sigmoid(linear(scope.at('lambda'), found, 1)));
}

/** Heads one behind the other where lambda has a number for each element: "deeper", as released. */
const DEPTH = 2;

/** Section 2.2, "Non-linear interpolation": a lambda for each element. Shapes as above. */
export function nonLinearInterpolation(scope: Scope, a: Tensor, b: Tensor, options: Interpolation): Tensor {
  let found = joined(a, b, options.joining);
  for (let i = 0; i < DEPTH; i++) found = projectionHead(scope.at(`head.${i}`), found, a.size(1), options);
  return interpolate(a, b, sigmoid(linear(scope.at('lambda'), found, a.size(1))));
}
