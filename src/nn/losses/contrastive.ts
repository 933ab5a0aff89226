/** Losses in which the rest of a batch are the wrong answers. */

import { sum } from '../ops/broadcast.ts';
import { add, cast, div, equal, greater, maximum, mul, neg, type Operand } from '../ops/elementwise.ts';
import { reshape, transpose } from '../ops/layout.ts';
import { matmul } from '../ops/matmul.ts';
import { mean, range } from '../ops/reduce.ts';
import { logSoftmax, negativeLogLikelihood } from '../ops/softmax.ts';
import { constant } from '../ops/source.ts';
import { l2Normalize } from '../ops/vectors.ts';
import { expectShape } from '../shape.ts';
import { inLayer, ShapeError } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';
import { showType } from '../types.ts';

export interface InfoNCEOptions {
  /** What similarities are divided by; a tensor where it is learned. */
  readonly temperature?: Operand;
  /** Whether keys look for their queries too; the loss is the mean of both ways. */
  readonly symmetric?: boolean;
  /** Whether vectors are brought to length 1 first, so that similarities are cosines. */
  readonly normalize?: boolean;
}

/**
 * The mean of -log(exp(q[i] k[i] / t) / sum over j of exp(q[i] k[j] / t)) (van den Oord et al. 2018, equation 4;
 * both ways as in CLIP, Radford et al. 2021, figure 3).
 * @param queries [batch, size]
 * @param keys [keys, size]: key i belongs to query i; those beyond the batch are further wrong answers
 * @returns []
 */
export function infoNCE(queries: Tensor, keys: Tensor, options: InfoNCEOptions = {}): Tensor {
  return inLayer('loss', 'infoNCE', () => {
    const { temperature = 0.07, symmetric = true, normalize = true } = options;
    const batch = queries.size(0);
    if (keys.size(0) < batch || (symmetric && keys.size(0) !== batch)) {
      throw new ShapeError(
        `${symmetric ? 'as many keys as' : 'a key for each of the'} queries ${showType(queries)} expected, ` +
          `got ${showType(keys)}`,
      );
    }
    const [q, k] = normalize ? [l2Normalize(queries), l2Normalize(keys)] : [queries, keys];
    const logits =
      typeof temperature === 'number'
        ? matmul(q, k, { transposeB: true, scale: 1 / temperature })
        : div(matmul(q, k, { transposeB: true }), temperature);
    const right = range(batch);
    const there = mean(negativeLogLikelihood(logits, right).losses);
    if (!symmetric) return there;
    const back = mean(negativeLogLikelihood(transpose(logits, [1, 0]), right).losses);
    return mul(add(there, back), 0.5);
  });
}

/** Takes a vector out of the comparison with itself: its probability is 0 in float32. */
const FORBIDDEN = -1e9;

/** @returns [size, size], one value on the diagonal and another beside it */
function diagonal(size: number, on: number, off: number): Tensor {
  const values = new Float32Array(size * size).fill(off);
  for (let i = 0; i < size; i++) values[i * size + i] = on;
  return constant(values, [size, size]);
}

export interface SupervisedContrastiveOptions {
  readonly temperature?: number;
  /** Whether vectors are brought to length 1 first. */
  readonly normalize?: boolean;
}

/**
 * Khosla et al. 2020, equation 2 (L_out): for each anchor i the mean over the others p of its class of
 * -log(exp(z[i] z[p] / t) / sum over a other than i of exp(z[i] z[a] / t)); the mean over anchors which are not
 * alone in their class. 0 where all are alone.
 * @param features [batch, size]
 * @param labels [batch], whole numbers
 * @returns []
 */
export function supervisedContrastive(
  features: Tensor,
  labels: Tensor,
  { temperature = 0.07, normalize = true }: SupervisedContrastiveOptions = {},
): Tensor {
  return inLayer('loss', 'supervisedContrastive', () => {
    const batch = features.size(0);
    expectShape(labels, [batch], 'labels');
    const z = normalize ? l2Normalize(features) : features;
    const logits = matmul(z, z, { transposeB: true, scale: 1 / temperature });
    const logarithms = logSoftmax(add(logits, diagonal(batch, FORBIDDEN, 0)));
    const alike = equal(reshape(labels, [batch, 1]), reshape(labels, [1, batch]));
    const positives = mul(cast(alike, 'float32'), diagonal(batch, 0, 1));
    const counts = sum(positives, 1);
    const losses = div(neg(sum(mul(logarithms, positives), 1)), maximum(counts, 1));
    const anchors = sum(cast(greater(counts, 0), 'float32'));
    return div(sum(losses), maximum(anchors, 1));
  });
}
