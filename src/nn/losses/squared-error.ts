/** Squared differences. */

import { square, sub } from '../ops/elementwise.ts';
import { mean } from '../ops/reduce.ts';
import { expectShape } from '../shape.ts';
import { inLayer } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The mean of (prediction - target)^2 over all elements.
 * @param prediction [...]
 * @param target of the same shape
 * @returns []
 */
export function meanSquaredError(prediction: Tensor, target: Tensor): Tensor {
  return inLayer('loss', 'meanSquaredError', () => {
    expectShape(target, prediction.shape, 'target');
    return mean(square(sub(prediction, target)));
  });
}
