/** Multi-head attention (Vaswani et al. 2017, section 3.2.2). */

import { xavier, type Initializer } from '../initialize.ts';
import { attention } from '../ops/attention.ts';
import { reshape, transpose } from '../ops/layout.ts';
import type { Scope } from '../scope.ts';
import { ShapeError } from '../shape-error.ts';
import { elements } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { byItems } from './chunks.ts';
import { linear } from './linear.ts';

export interface AttentionLayerOptions {
  readonly heads: number;
  /** Size of one head: by default the width over the number of heads. */
  readonly headSize?: number;
  /** What is looked at, [batch, keys, width]: by default the input itself. */
  readonly context?: Tensor;
  /** Added to the scores: see `masks.ts`. */
  readonly bias?: Tensor | null;
  /** Of the probabilities. */
  readonly dropout?: number;
  /** What scores are multiplied with: by default one over the root of the head's size. T5 has 1. */
  readonly scale?: number;
  /** Whether projections have biases. */
  readonly projectionBias?: boolean;
  readonly initializer?: Initializer;
}

/** [batch, length, heads * size] to [batch, heads, length, size]. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, length] = x.shape;
  return transpose(reshape(x, [batch, length, heads, x.size(-1) / heads]), [0, 2, 1, 3]);
}

/** The opposite of `splitHeads`. */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, length, size] = x.shape;
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, length, (heads as number) * (size as number)]);
}

/** The projections of an input or a context, as attention takes them. */
export function projectHeads(
  scope: Scope,
  x: Tensor,
  part: 'query' | 'key' | 'value',
  {
    heads,
    headSize = x.size(-1) / heads,
    projectionBias = true,
    initializer = xavier,
  }: AttentionLayerOptions,
): Tensor {
  if (!Number.isInteger(headSize))
    throw new ShapeError(`width ${x.size(-1)} does not divide into ${heads} heads`);
  return splitHeads(
    linear(scope.at(part), x, heads * headSize, { bias: projectionBias, initializer }),
    heads,
  );
}

/**
 * @param x [batch, length, width]
 * @returns [batch, length, width]
 */
export function multiHeadAttention(scope: Scope, x: Tensor, options: AttentionLayerOptions): Tensor {
  return scope.layer('multiHeadAttention', () => {
    const context = options.context ?? x;
    // The width of the input decides, for a context may have another.
    const sized = { headSize: x.size(-1) / options.heads, ...options };
    const query = projectHeads(scope, x, 'query', sized);
    const key = projectHeads(scope, context, 'key', sized);
    const value = projectHeads(scope, context, 'value', sized);
    return attendHeads(scope, query, key, value, x.size(-1), options);
  });
}

/** Attention of projected heads, and the projection of what they found. @returns [batch, length, width] */
export function attendHeads(
  scope: Scope,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  width: number,
  { bias = null, dropout = 0, scale, projectionBias = true, initializer = xavier }: AttentionLayerOptions,
): Tensor {
  const scores = [...query.shape.slice(0, 3), key.shape[2]];
  const mask = scope.dropoutMask(scores, dropout);
  // A bias for each item is cut with the items; one for all of them stays whole.
  const own = bias?.rank === 4 && bias.shape[0] === query.shape[0];
  const parts = [query, key, value, ...(own ? [bias] : []), ...(mask ? [mask] : [])];
  const widest = scores.slice(1).every((dim) => typeof dim === 'number') ? elements(scores.slice(1)) : 0;
  const found = byItems(parts, widest, ([q, k, v, ...rest]) =>
    attention(q, k, v, {
      bias: own ? rest[0] : bias,
      mask: mask ? rest[rest.length - 1] : null,
      ...(scale === undefined ? {} : { scale }),
    }),
  );
  return linear(scope.at('output'), joinHeads(found), width, { bias: projectionBias, initializer });
}
