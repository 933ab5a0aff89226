/** Softmax, its logarithm and the likelihood made of it, with the largest element taken off first. */

import { expectFloats, normalizeAxis } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, applyAll, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';
import { sum } from './broadcast.ts';
import { add, exp, mul, neg, sub } from './elementwise.ts';
import { addAlong } from './indexing.ts';
import { reshape } from './layout.ts';

function softmaxLike(
  name: string,
  onnx: string,
  rule: (dy: Tensor, y: Tensor, axis: number) => Tensor,
): Operation<{ axis: number }> {
  return {
    name,
    infer([x]) {
      expectFloats(name, [x]);
      return [{ dtype: 'float32', shape: x.shape }];
    },
    lower({ emit, inputs, outputs, attributes }) {
      emit.node(onnx, inputs, outputs, { axis: { int: attributes.axis } });
    },
    gradient({ outputs: [y], attributes, gradients: [dy] }) {
      return [dy && rule(dy, y, attributes.axis)];
    },
  };
}

export const softmaxOperation = softmaxLike('softmax', 'Softmax', (dy, y, axis) =>
  mul(y, sub(dy, sum(mul(dy, y), axis, true))),
);

export const logSoftmaxOperation = softmaxLike('logSoftmax', 'LogSoftmax', (dy, y, axis) =>
  sub(dy, mul(exp(y), sum(dy, axis, true))),
);

export function softmax(x: Tensor, axis = -1): Tensor {
  return apply(softmaxOperation, [x], { axis: normalizeAxis(axis, x.rank) });
}

export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return apply(logSoftmaxOperation, [x], { axis: normalizeAxis(axis, x.rank) });
}

/**
 * Outputs: the loss of each row, and the logarithms of all probabilities. One operation, since the gradient of
 * the parts makes three passes more over what may be the largest tensor of a model.
 */
export const negativeLogLikelihoodOperation: Operation = {
  name: 'negativeLogLikelihood',
  infer([logits, targets]) {
    expectFloats('negativeLogLikelihood', [logits]);
    const whole = targets.dtype === 'int64' || targets.dtype === 'int32';
    if (logits.rank !== 2 || targets.rank !== 1 || logits.shape[0] !== targets.shape[0] || !whole) {
      throw new ShapeError(
        `negativeLogLikelihood: logits [rows, classes] and a whole number for each row expected, ` +
          `got ${showType(logits)} and ${showType(targets)}`,
      );
    }
    return [
      { dtype: 'float32', shape: targets.shape },
      { dtype: 'float32', shape: logits.shape },
    ];
  },
  lower({ emit, inputs: [logits, targets], outputs: [loss, logarithms] }) {
    const [column, picked, row] = Array.from({ length: 3 }, () => emit.temporary());
    const last = emit.integers([1]);
    emit.node('LogSoftmax', [logits], [logarithms], { axis: { int: 1 } });
    emit.node('Unsqueeze', [targets, last], [column]);
    emit.node('GatherElements', [logarithms, column], [picked], { axis: { int: 1 } });
    emit.node('Squeeze', [picked, last], [row]);
    emit.node('Neg', [row], [loss]);
  },
  gradient({ inputs: [logits, targets], outputs: [, logarithms], gradients: [dLoss, dLogarithms] }) {
    const probabilities = exp(logarithms);
    const through = dLogarithms && sum(dLogarithms, 1, true);
    if (!dLoss) return [dLogarithms && through && sub(dLogarithms, mul(probabilities, through)), null];
    const column = reshape(dLoss, [logits.shape[0], 1]);
    const spread = mul(probabilities, through ? sub(column, through) : column);
    const places = reshape(targets, [logits.shape[0], 1]);
    return [addAlong(dLogarithms ? add(spread, dLogarithms) : spread, neg(column), places, 1), null];
  },
};

/**
 * The negative logarithm of the probability that softmax gives to each row's target.
 * @param logits [rows, classes]
 * @param targets [rows], whole numbers below `classes`
 * @returns the losses [rows], and the logarithms of all probabilities [rows, classes]
 */
export function negativeLogLikelihood(
  logits: Tensor,
  targets: Tensor,
): { losses: Tensor; logarithms: Tensor } {
  const [losses, logarithms] = applyAll(negativeLogLikelihoodOperation, [logits, targets], {});
  return { losses, logarithms };
}
