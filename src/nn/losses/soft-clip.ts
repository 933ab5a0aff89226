/** CLIP with soft targets: ContraBin's loss. */

import { sum } from '../ops/broadcast.ts';
import { add, mul } from '../ops/elementwise.ts';
import { matmul } from '../ops/matmul.ts';
import { logSoftmax, softmax } from '../ops/softmax.ts';
import { inLayer } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Pairs that are alike share a target's mass (SimpleCLIP, Shariatnia 2021). With I and T the two sides,
 * logits = T I' / t and targets = softmax((I I' + T T') / 2 * t) by rows, the loss is the mean of the cross entropy
 * by rows and by columns:
 *
 *     -sum(targets * (logSoftmax by rows + logSoftmax by columns of logits)) / (2 batch)
 *
 * By columns the targets are those of the rows, transposed and not made to sum to 1 anew, as released: exchanging
 * the sides changes the loss a little. Vectors keep their lengths, and the gradient flows through the targets too.
 * A vector of width 256 after a layer norm has about 256 as its product with itself: logarithms are taken after
 * the largest is taken off.
 * @param images [batch, size]
 * @param texts [batch, size]
 * @returns []
 */
export function softClip(images: Tensor, texts: Tensor, temperature = 1): Tensor {
  return inLayer('loss', 'softClip', () => {
    const logits = matmul(texts, images, { transposeB: true, scale: 1 / temperature });
    const alike = add(
      matmul(images, images, { transposeB: true, scale: temperature / 2 }),
      matmul(texts, texts, { transposeB: true, scale: temperature / 2 }),
    );
    const both = add(logSoftmax(logits, 1), logSoftmax(logits, 0));
    return mul(sum(mul(softmax(alike, 1), both)), -1 / (2 * logits.size(0)));
  });
}
