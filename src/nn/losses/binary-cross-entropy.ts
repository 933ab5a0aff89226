/** Cross entropy of yes and no. */

import { add, mul, neg, softplus, sub } from '../ops/elementwise.ts';
import { mean } from '../ops/reduce.ts';
import { constant } from '../ops/source.ts';
import { expectShape } from '../shape.ts';
import { inLayer } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';

export interface BinaryCrossEntropyOptions {
  /** A factor for each element, broadcast. */
  readonly weights?: Tensor;
  /** What a yes counts against a no: one number, or one for each of the last axis. */
  readonly positiveWeight?: number | readonly number[];
}

/**
 * The mean of -w (p y log s(x) + (1 - y) log(1 - s(x))), s the sigmoid, as PyTorch's `BCEWithLogitsLoss`. Written
 * with log s(x) = -softplus(-x) and log(1 - s(x)) = -softplus(x), neither of which overflows or cancels.
 * @param logits [...]
 * @param targets of the same shape, float32 from 0 to 1
 * @returns []
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  { weights, positiveWeight }: BinaryCrossEntropyOptions = {},
): Tensor {
  return inLayer('loss', 'binaryCrossEntropy', () => {
    expectShape(targets, logits.shape, 'targets');
    const factor =
      typeof positiveWeight === 'object'
        ? constant(Float32Array.from(positiveWeight), [positiveWeight.length])
        : positiveWeight;
    const yes = mul(targets, softplus(neg(logits)));
    const no = mul(sub(1, targets), softplus(logits));
    const losses = add(factor === undefined ? yes : mul(yes, factor), no);
    return mean(weights ? mul(losses, weights) : losses);
  });
}
