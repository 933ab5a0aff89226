/** Transformer blocks (Vaswani et al. 2017), with the norm before or after each part. */

import { xavier, type Initializer } from '../initialize.ts';
import { add, gelu, geluTanh, mul, relu } from '../ops/elementwise.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';
import { multiHeadAttention, type AttentionLayerOptions } from './attention.ts';
import { byRows } from './chunks.ts';
import { linear } from './linear.ts';
import { layerNorm, rmsNorm } from './normalization.ts';

export type Activation = 'gelu' | 'geluTanh' | 'relu';

export const ACTIVATIONS: Record<Activation, (x: Tensor) => Tensor> = { gelu, geluTanh, relu };

export interface TransformerOptions {
  readonly layers: number;
  readonly heads: number;
  /** Width of the inner layer. */
  readonly inner: number;
  readonly activation?: Activation;
  /** Whether the inner layer is an activated projection times a plain one (Shazeer 2020). */
  readonly gated?: boolean;
  /** Of the output of each part, of attention's probabilities, and within the inner layer. */
  readonly dropout?: number;
  readonly attentionDropout?: number;
  readonly innerDropout?: number;
  /** `before` trains without warm-up; `after` is the original, BERT's and RoBERTa's. */
  readonly norm?: 'before' | 'after';
  readonly normalization?: 'layer' | 'rms';
  readonly epsilon?: number;
  /** Of attention: see `AttentionLayerOptions`. */
  readonly headSize?: number;
  readonly scale?: number;
  /** Whether linear layers have biases. */
  readonly biases?: boolean;
  readonly initializer?: Initializer;
}

/** The norm of a block, and of the output where norms come before. @param x [..., width] */
export function blockNorm(scope: Scope, x: Tensor, { normalization, epsilon }: TransformerOptions): Tensor {
  const normalize = normalization === 'rms' ? rmsNorm : layerNorm;
  return normalize(scope.at('norm'), x, epsilon);
}

/** What attention needs to know of a block. */
export function attentionOptions({
  heads,
  headSize,
  scale,
  biases = true,
  dropout = 0,
  attentionDropout = dropout,
  initializer = xavier,
}: TransformerOptions): AttentionLayerOptions {
  return {
    heads,
    dropout: attentionDropout,
    projectionBias: biases,
    initializer,
    ...(headSize === undefined ? {} : { headSize }),
    ...(scale === undefined ? {} : { scale }),
  };
}

/** Adds what a part of a block makes of x to x. */
export function residual(
  scope: Scope,
  x: Tensor,
  options: TransformerOptions,
  part: (x: Tensor) => Tensor,
): Tensor {
  const { norm = 'after', dropout = 0 } = options;
  if (norm === 'before') return add(x, scope.dropout(part(blockNorm(scope, x, options)), dropout));
  return blockNorm(scope, add(x, scope.dropout(part(x), dropout)), options);
}

/** Two linear layers with an activation between. @param x [..., width] */
export function feedForward(scope: Scope, x: Tensor, options: TransformerOptions): Tensor {
  return scope.layer('feedForward', () => {
    const { inner, activation = 'gelu', gated = false, initializer = xavier } = options;
    const linearOptions = { initializer, bias: options.biases ?? true };
    const activate = ACTIVATIONS[activation];
    return byRows(x, inner, (rows) => {
      const plain = linear(scope.at('inner'), rows, inner, linearOptions);
      const hidden = gated
        ? mul(activate(linear(scope.at('gate'), rows, inner, linearOptions)), plain)
        : activate(plain);
      const dropped = scope.dropout(hidden, options.innerDropout ?? 0);
      return linear(scope.at('output'), dropped, x.size(-1), linearOptions);
    });
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
  const attend = { ...attentionOptions(options), bias };
  let y = x;
  for (let i = 0; i < options.layers; i++) {
    const block = scope.at(i);
    const [self, forward] = [block.at('attention'), block.at('feedForward')];
    y = residual(self, y, options, (z) => multiHeadAttention(self, z, attend));
    y = residual(forward, y, options, (z) => feedForward(forward, z, options));
  }
  return options.norm === 'before' ? blockNorm(scope, y, options) : y;
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
  const attend = attentionOptions(options);
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
  return options.norm === 'before' ? blockNorm(scope, y, options) : y;
}
