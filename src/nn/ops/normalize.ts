/** Layer normalisation (Ba, Kiros and Hinton 2016) over the last axis. */

import { expectFloats } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { applyAll, soleGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';
import { sum } from './broadcast.ts';
import { mul, sub } from './elementwise.ts';
import { mean } from './reduce.ts';

interface Epsilon {
  readonly epsilon: number;
}

/** Outputs: the result, and the mean and the reciprocal deviation that the kernel worked with. */
export const layerNormOperation: Operation<Epsilon> = {
  name: 'layerNorm',
  infer([x, scale, bias]) {
    expectFloats('layerNorm', [x, scale, bias]);
    const width = x.shape.at(-1);
    if (scale.rank !== 1 || scale.shape[0] !== width || bias.rank !== 1 || bias.shape[0] !== width) {
      throw new ShapeError(
        `layerNorm: scale and bias of ${width} expected for ${showType(x)}, ` +
          `got ${showType(scale)} and ${showType(bias)}`,
      );
    }
    const row = { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] };
    return [{ dtype: x.dtype, shape: x.shape }, row, row];
  },
  lower({ emit, inputs, outputs, attributes: { epsilon } }) {
    emit.node('LayerNormalization', inputs, outputs, { axis: { int: -1 }, epsilon: { float: epsilon } });
  },
  gradient({ inputs: [x, scale], outputs: [, center, rate], gradients }) {
    const dy = soleGradient('layerNorm', gradients);
    if (!dy) return [null, null, null];
    const standard = mul(sub(x, center), rate);
    const scaled = mul(dy, scale);
    const dx = mul(
      rate,
      sub(sub(scaled, mean(scaled, -1, true)), mul(standard, mean(mul(scaled, standard), -1, true))),
    );
    const leading = x.shape.map((_, axis) => axis).slice(0, -1);
    return [dx, sum(mul(dy, standard), leading), sum(dy, leading)];
  },
};

/**
 * @param x [..., width]
 * @param scale [width]
 * @param bias [width]
 */
export function layerNorm(x: Tensor, scale: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  return applyAll(layerNormOperation, [x, scale, bias], { epsilon })[0];
}
