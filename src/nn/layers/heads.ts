/** What stands on an encoder: a projection into a shared space, a decision among classes. */

import { add, gelu, tanh } from '../ops/elementwise.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';
import { linear } from './linear.ts';
import { layerNorm } from './normalization.ts';

export interface HeadOptions {
  readonly dropout?: number;
}

/**
 * SimpleCLIP's head, ContraBin's too: p = Linear(x), and LayerNorm(p + dropout(Linear(GELU(p)))).
 * @param x [..., inputs]
 * @returns [..., outputs]
 */
export function projectionHead(
  scope: Scope,
  x: Tensor,
  outputs: number,
  { dropout = 0.1 }: HeadOptions = {},
): Tensor {
  return scope.layer('projectionHead', () => {
    const projected = linear(scope.at('projection'), x, outputs);
    const changed = scope.dropout(linear(scope.at('output'), gelu(projected), outputs), dropout);
    return layerNorm(scope.at('norm'), add(projected, changed));
  });
}

/**
 * RoBERTa's head: dropout, Linear of the same width, tanh, dropout, Linear.
 * @param x [..., width]
 * @returns logits [..., classes]
 */
export function classificationHead(
  scope: Scope,
  x: Tensor,
  classes: number,
  { dropout = 0.1 }: HeadOptions = {},
): Tensor {
  return scope.layer('classificationHead', () => {
    const hidden = tanh(linear(scope.at('dense'), scope.dropout(x, dropout), x.size(-1)));
    return linear(scope.at('output'), scope.dropout(hidden, dropout), classes);
  });
}
