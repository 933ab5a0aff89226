/** The loss of an anchor, one that belongs to it and one that does not. */

import { add, relu, sub } from '../ops/elementwise.ts';
import { mean } from '../ops/reduce.ts';
import { euclideanDistance } from '../ops/vectors.ts';
import { expectShape } from '../shape.ts';
import { inLayer } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The mean of max(0, |a - p| - |a - n| + margin), with Euclidean distances (Schroff et al. 2015 have squared ones):
 * PyTorch's `TripletMarginLoss`.
 * @param anchor [..., size]
 * @param positive [..., size]
 * @param negative [..., size]
 * @returns []
 */
export function tripletMargin(anchor: Tensor, positive: Tensor, negative: Tensor, margin = 1): Tensor {
  return inLayer('loss', 'tripletMargin', () => {
    expectShape(positive, anchor.shape, 'positive');
    expectShape(negative, anchor.shape, 'negative');
    const near = euclideanDistance(anchor, positive);
    const far = euclideanDistance(anchor, negative);
    return mean(relu(add(sub(near, far), margin)));
  });
}
