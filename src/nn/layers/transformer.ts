/** Transformer blocks (Vaswani et al. 2017), with the norm before or after each part. */

import { xavier, type Initializer } from '../initialize.ts';
import { add, gelu, relu } from '../ops/elementwise.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';
import { multiHeadAttention } from './attention.ts';
import { linear } from './linear.ts';
import { layerNorm } from './normalization.ts';

export type Activation = 'gelu' | 'relu';

export const ACTIVATIONS: Record<Activation, (x: Tensor) => Tensor> = { gelu, relu };

export interface TransformerOptions {
  readonly layers: number;
  readonly heads: number;
  /** Width of the inner layer. */
  readonly inner: number;
  readonly activation?: Activation;
  /** Of the output of each part, of attention's probabilities, and within the inner layer. */
  readonly dropout?: number;
  readonly attentionDropout?: number;
  /** `before` trains without warm-up; `after` is the original, BERT's and RoBERTa's. */
  readonly norm?: 'before' | 'after';
  readonly epsilon?: number;
  readonly initializer?: Initializer;
}

/** Adds what a part of a block makes of x to x. */
function residual(
  scope: Scope,
  x: Tensor,
  { norm = 'after', epsilon = 1e-5, dropout = 0 }: TransformerOptions,
  part: (x: Tensor) => Tensor,
): Tensor {
  if (norm === 'before') return add(x, scope.dropout(part(layerNorm(scope.at('norm'), x, epsilon)), dropout));
  return layerNorm(scope.at('norm'), add(x, scope.dropout(part(x), dropout)), epsilon);
}

/** Two linear layers with an activation between. @param x [..., width] */
export function feedForward(scope: Scope, x: Tensor, options: TransformerOptions): Tensor {
  return scope.layer('feedForward', () => {
    const { inner, activation = 'gelu', initializer = xavier } = options;
    const hidden = ACTIVATIONS[activation](linear(scope.at('inner'), x, inner, { initializer }));
    return linear(scope.at('output'), hidden, x.size(-1), { initializer });
  });
}

/**
 * @param x [batch, length, width]
 * @param bias added to attention scores: see `masks.ts`
 */
export function transformerEncoder(
  scope: Scope,
  x: Tensor,
  options: TransformerOptions,
  bias: Tensor | null = null,
): Tensor {
  const { heads, attentionDropout = options.dropout ?? 0, initializer = xavier } = options;
  let y = x;
  for (let i = 0; i < options.layers; i++) {
    const block = scope.at(i);
    const [self, forward] = [block.at('attention'), block.at('feedForward')];
    const attend = { heads, bias, dropout: attentionDropout, initializer };
    y = residual(self, y, options, (z) => multiHeadAttention(self, z, attend));
    y = residual(forward, y, options, (z) => feedForward(forward, z, options));
  }
  return options.norm === 'before' ? layerNorm(scope.at('norm'), y, options.epsilon) : y;
}

export interface DecoderContext {
  /** What the decoder looks at: [batch, keys, width]. */
  readonly memory: Tensor;
  /** Added to the scores over the decoder's own positions, and over the memory. */
  readonly bias: Tensor | null;
  readonly memoryBias: Tensor | null;
}

/** @param x [batch, length, width] */
export function transformerDecoder(
  scope: Scope,
  x: Tensor,
  options: TransformerOptions,
  { memory, bias, memoryBias }: DecoderContext,
): Tensor {
  const { heads, attentionDropout = options.dropout ?? 0, initializer = xavier } = options;
  const attend = { heads, dropout: attentionDropout, initializer };
  let y = x;
  for (let i = 0; i < options.layers; i++) {
    const block = scope.at(i);
    const [self, cross, forward] = [block.at('attention'), block.at('cross'), block.at('feedForward')];
    y = residual(self, y, options, (z) => multiHeadAttention(self, z, { ...attend, bias }));
    y = residual(cross, y, options, (z) =>
      multiHeadAttention(cross, z, { ...attend, context: memory, bias: memoryBias }),
    );
    y = residual(forward, y, options, (z) => feedForward(forward, z, options));
  }
  return options.norm === 'before' ? layerNorm(scope.at('norm'), y, options.epsilon) : y;
}
