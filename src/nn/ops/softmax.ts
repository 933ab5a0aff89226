/** Softmax and its logarithm, in one kernel each, with the largest element taken off first. */

import { normalizeAxis } from '../shape.ts';
import { apply, type Operation, type Tensor } from '../tensor.ts';
import { sum } from './broadcast.ts';
import { exp, mul, sub } from './elementwise.ts';

function softmaxLike(
  name: string,
  onnx: string,
  rule: (dy: Tensor, y: Tensor, axis: number) => Tensor,
): Operation<{ axis: number }> {
  return {
    name,
    infer: ([x]) => [{ dtype: 'float32', shape: x.shape }],
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
