/** Root mean square normalisation (Zhang and Sennrich 2019) over the last axis: no mean taken off, no bias. */

import { expectFloats } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { applyAll, soleGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';
import { sum } from './broadcast.ts';
import { mul, sub } from './elementwise.ts';
import { mean } from './reduce.ts';

/** Outputs: the result, and the reciprocal of the root mean square that it was multiplied with. */
export const rmsNormOperation: Operation<{ epsilon: number }> = {
  name: 'rmsNorm',
  infer([x, scale]) {
    expectFloats('rmsNorm', [x, scale]);
    if (scale.rank !== 1 || scale.shape[0] !== x.shape.at(-1)) {
      throw new ShapeError(
        `rmsNorm: a scale of ${x.shape.at(-1)} expected for ${showType(x)}, got ${showType(scale)}`,
      );
    }
    return [
      { dtype: x.dtype, shape: x.shape },
      { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] },
    ];
  },
  lower({ emit, inputs: [x, scale], outputs: [result, rate], attributes: { epsilon } }) {
    if (!emit.portable) {
      // ONNX has RMSNormalization since opset 23; ONNX Runtime has this kernel, under the empty domain, for all.
      const attributes = { axis: { int: -1 }, epsilon: { float: epsilon }, stash_type: { int: 1 } };
      emit.node('SimplifiedLayerNormalization', [x, scale], [result, rate], attributes);
      return;
    }
    const [squares, average, shifted, root, standard] = Array.from({ length: 5 }, () => emit.temporary());
    emit.node('Mul', [x, x], [squares]);
    emit.node('ReduceMean', [squares, emit.integers([-1])], [average]);
    emit.node('Add', [average, emit.number(epsilon)], [shifted]);
    emit.node('Sqrt', [shifted], [root]);
    emit.node('Reciprocal', [root], [rate]);
    emit.node('Mul', [x, rate], [standard]);
    emit.node('Mul', [standard, scale], [result]);
  },
  gradient({ inputs: [x, scale], outputs: [, rate], gradients }) {
    const dy = soleGradient('rmsNorm', gradients);
    if (!dy) return [null, null];
    const standard = mul(x, rate);
    const scaled = mul(dy, scale);
    const dx = mul(rate, sub(scaled, mul(standard, mean(mul(scaled, standard), -1, true))));
    const leading = x.shape.map((_, axis) => axis).slice(0, -1);
    return [dx, sum(mul(dy, standard), leading)];
  },
};

/**
 * @param x [..., width]
 * @param scale [width]
 * @returns [..., width]
 */
export function rmsNorm(x: Tensor, scale: Tensor, epsilon = 1e-6): Tensor {
  return applyAll(rmsNormOperation, [x, scale], { epsilon })[0];
}
