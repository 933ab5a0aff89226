/** Normalisations with what they learn. */

import { onesInit, zerosInit } from '../initialize.ts';
import { layerNorm as normalize } from '../ops/normalize.ts';
import { rmsNorm as normalizeByRms } from '../ops/rms-norm.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';

/**
 * @param x [..., width]
 * @param epsilon 1e-5 as in PyTorch; BERT and RoBERTa have 1e-12 and 1e-5
 */
export function layerNorm(scope: Scope, x: Tensor, epsilon = 1e-5): Tensor {
  return scope.layer('layerNorm', () => {
    const width = x.size(-1);
    const scale = scope.parameter('scale', [width], onesInit);
    const bias = scope.parameter('bias', [width], zerosInit);
    return normalize(x, scale, bias, epsilon);
  });
}

/**
 * Without mean and bias: T5's.
 * @param x [..., width]
 */
export function rmsNorm(scope: Scope, x: Tensor, epsilon = 1e-6): Tensor {
  return scope.layer('rmsNorm', () =>
    normalizeByRms(x, scope.parameter('scale', [x.size(-1)], onesInit), epsilon),
  );
}
