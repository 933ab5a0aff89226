/** Cross entropy with classes as whole numbers. */

import { sum } from '../ops/broadcast.ts';
import { add, cast, div, equal, mul, neg, sub, where } from '../ops/elementwise.ts';
import { take } from '../ops/indexing.ts';
import { reshape } from '../ops/layout.ts';
import { mean } from '../ops/reduce.ts';
import { negativeLogLikelihood } from '../ops/softmax.ts';
import { constant } from '../ops/source.ts';
import { elements, expectShape } from '../shape.ts';
import { inLayer, ShapeError } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';

export interface CrossEntropyOptions {
  /** A factor for each class. */
  readonly classWeights?: ArrayLike<number>;
  /** Share of the target's mass that is spread over all classes (Szegedy et al. 2016, section 7). */
  readonly labelSmoothing?: number;
  /** Positions with this number as target do not count: padding. */
  readonly ignoreIndex?: number;
}

/**
 * The mean of -log softmax(logits)[target], weighted: sum(w[y] * nll) / sum(w[y]) over what is not ignored. With
 * smoothing e over C classes, (1 - e) times that plus e / C times sum(w[c] * -log softmax(logits)[c]) / sum(w[y]).
 * These are the definitions of PyTorch's `CrossEntropyLoss`; but where everything is ignored, the loss is 0 here
 * and no number there.
 * @param logits [..., classes]
 * @param targets [...], whole numbers
 * @returns []
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyOptions = {}): Tensor {
  return inLayer('loss', 'crossEntropy', () => {
    const { classWeights, labelSmoothing = 0, ignoreIndex } = options;
    const classes = logits.size(-1);
    expectShape(targets, logits.shape.slice(0, -1), 'targets');
    if (classWeights && classWeights.length !== classes) {
      throw new ShapeError(`${classes} class weights expected, got ${classWeights.length}`);
    }
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new ShapeError(`labelSmoothing: 0 to 1 expected, got ${labelSmoothing}`);
    }
    const count = elements(targets.shape);
    const rows = reshape(targets, [count]);
    const ignored = ignoreIndex === undefined ? null : equal(rows, wholeLike(rows, ignoreIndex));
    // A number outside of the table must not be looked up: any inside will do, since its weight is 0.
    const safe = ignored ? where(ignored, wholeLike(rows, 0), rows) : rows;
    const { losses, logarithms } = negativeLogLikelihood(reshape(logits, [count, classes]), safe);

    const perClass = classWeights && constant(Float32Array.from(classWeights), [classes]);
    const counted = ignored && sub(1, cast(ignored, 'float32'));
    const ofTarget = perClass && take(perClass, safe);
    const weights = ofTarget && counted ? mul(ofTarget, counted) : (ofTarget ?? counted);
    const total = weights && sum(weights);
    const averaged = (values: Tensor, factors: Tensor | null): Tensor =>
      total ? div(sum(factors ? mul(values, factors) : values), orOne(total)) : mean(values);

    const hard = averaged(losses, weights ?? null);
    if (labelSmoothing === 0) return hard;
    const all = neg(sum(perClass ? mul(logarithms, perClass) : logarithms, 1));
    return add(mul(hard, 1 - labelSmoothing), mul(averaged(all, counted), labelSmoothing / classes));
  });
}

/** A whole number of the type that another tensor has. */
function wholeLike(tensor: Tensor, value: number): Tensor {
  return constant(tensor.dtype === 'int32' ? Int32Array.of(value) : BigInt64Array.of(BigInt(value)), []);
}

/** A divisor that is not 0. */
function orOne(total: Tensor): Tensor {
  return where(equal(total, 0), 1, total);
}
