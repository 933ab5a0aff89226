/** Losses of pairs by the angle between them. */

import { greater, relu, square, sub, where } from '../ops/elementwise.ts';
import { mean } from '../ops/reduce.ts';
import { cosineSimilarity } from '../ops/vectors.ts';
import { expectShape } from '../shape.ts';
import { inLayer } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';

/**
 * The mean of 1 - cos for pairs that belong together and of max(0, cos - margin) for the others: PyTorch's
 * `CosineEmbeddingLoss`.
 * @param a [..., size]
 * @param b [..., size]
 * @param labels [...], float32: 1 for pairs that belong together, -1 for the others
 * @returns []
 */
export function cosineEmbedding(a: Tensor, b: Tensor, labels: Tensor, margin = 0): Tensor {
  return inLayer('loss', 'cosineEmbedding', () => {
    const cosine = cosineSimilarity(a, b);
    expectShape(labels, cosine.shape, 'labels');
    return mean(where(greater(labels, 0), sub(1, cosine), relu(sub(cosine, margin))));
  });
}

/**
 * The mean of (cos(a, b) - y)^2: the siamese loss of Gemini (Xu et al. 2017, section 3.2).
 * @param a [..., size]
 * @param b [..., size]
 * @param labels [...], float32: 1 for pairs that belong together, -1 for the others
 * @returns []
 */
export function cosineSquaredError(a: Tensor, b: Tensor, labels: Tensor): Tensor {
  return inLayer('loss', 'cosineSquaredError', () => {
    const cosine = cosineSimilarity(a, b);
    expectShape(labels, cosine.shape, 'labels');
    return mean(square(sub(cosine, labels)));
  });
}
