/**
 * The transformer's decoder one position at a time, with keys and values kept from the positions before. Parameters
 * are those of `transformerDecoder`, or of `transformerEncoder` where it writes by itself, under the same names.
 */

import { cachedAttention, memoryAttention, type Memory } from '../ops/cached-attention.ts';
import { transpose } from '../ops/layout.ts';
import type { Scope } from '../scope.ts';
import { ShapeError } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';
import { attendHeads, projectHeads, splitHeads, type AttentionLayerOptions } from './attention.ts';
import { linear } from './linear.ts';
import {
  attentionOptions,
  blockNorm,
  feedForward,
  residual,
  type TransformerOptions,
} from './transformer.ts';

/** Keys and values of one layer, [rows, heads * size] each. */
export interface KeyValue {
  readonly keys: Tensor;
  readonly values: Tensor;
}

export interface StepContext {
  /** Of each layer, all that was computed before: [slots, heads * size]. */
  readonly past: readonly KeyValue[];
  /** Where in it each row's positions lie: int64 [rows, written]. */
  readonly slots: Tensor;
  /** Added to the scores over the row's positions, the new one last: see `cachedAttention`. */
  readonly bias: Tensor | null;
  /** Of each layer, what an encoder has read; `null` for a decoder that stands alone. Further ones are passed over. */
  readonly memory: readonly Memory[] | null;
}

export interface Step {
  /** [rows, width] */
  readonly output: Tensor;
  /** What this position adds to the past. */
  readonly fresh: readonly KeyValue[];
}

/**
 * What an encoder has read, as each layer of the decoder looks at it.
 * @param memory [batch, length, width]
 * @param bias [batch, 1, 1, length]
 */
export function decoderMemory(
  scope: Scope,
  memory: Tensor,
  bias: Tensor,
  options: TransformerOptions,
): Memory[] {
  const attend = withSize(attentionOptions(options), memory.size(-1));
  return Array.from({ length: options.layers }, (_, i) => {
    const cross = scope.at(i).at('cross');
    const keys = projectHeads(cross, memory, 'key', attend);
    return {
      keys: transpose(keys, [0, 1, 3, 2]),
      values: projectHeads(cross, memory, 'value', attend),
      bias,
    };
  });
}

/**
 * One new position of each row.
 * @param x [rows, width]
 */
export function decoderStep(
  scope: Scope,
  x: Tensor,
  options: TransformerOptions,
  context: StepContext,
): Step {
  if (context.past.length !== options.layers) {
    throw new ShapeError(`the past of ${context.past.length} layers, of ${options.layers}`);
  }
  const attend = withSize(attentionOptions(options), x.size(-1));
  const { heads, headSize, scale = 1 / Math.sqrt(headSize) } = attend;
  const fresh: KeyValue[] = [];
  let y = x;
  for (let i = 0; i < options.layers; i++) {
    const block = scope.at(i);
    const [self, cross, forward] = [block.at('attention'), block.at('cross'), block.at('feedForward')];
    y = residual(self, y, options, (z) => {
      const [query, keys, values] = PARTS.map((part) => projected(self, z, part, attend));
      fresh.push({ keys, values });
      const past = { ...context.past[i], slots: context.slots, bias: context.bias };
      return output(self, cachedAttention(query, keys, values, past, { heads, scale }), x, attend);
    });
    const memory = context.memory?.[i];
    if (memory) {
      y = residual(cross, y, options, (z) => {
        const query = projected(cross, z, 'query', attend);
        return output(cross, memoryAttention(query, memory, { heads, scale }), x, attend);
      });
    }
    y = residual(forward, y, options, (z) => feedForward(forward, z, options));
  }
  return { output: options.norm === 'before' ? blockNorm(scope, y, options) : y, fresh };
}

/**
 * The first positions of a decoder that stands alone, all at once: what they add to the past, and no output.
 * @param x [batch, length, width]
 * @param bias [1, 1, length, length]
 * @returns keys and values of each layer, [batch, length, heads * size]
 */
export function decoderPrompt(
  scope: Scope,
  x: Tensor,
  options: TransformerOptions,
  bias: Tensor,
): KeyValue[] {
  const attend = withSize(attentionOptions(options), x.size(-1));
  const { heads } = attend;
  const fresh: KeyValue[] = [];
  let y = x;
  for (let i = 0; i < options.layers; i++) {
    const block = scope.at(i);
    const [self, forward] = [block.at('attention'), block.at('feedForward')];
    y = residual(self, y, options, (z) => {
      const [query, keys, values] = PARTS.map((part) => projected(self, z, part, attend));
      fresh.push({ keys, values });
      const [q, k, v] = [query, keys, values].map((t) => splitHeads(t, heads));
      return attendHeads(self, q, k, v, x.size(-1), { ...attend, bias });
    });
    y = residual(forward, y, options, (z) => feedForward(forward, z, options));
  }
  return fresh;
}

const PARTS = ['query', 'key', 'value'] as const;
type Sized = AttentionLayerOptions & { readonly headSize: number };

function withSize(options: AttentionLayerOptions, width: number): Sized {
  const headSize = options.headSize ?? width / options.heads;
  if (!Number.isInteger(headSize)) {
    throw new ShapeError(`width ${width} does not divide into ${options.heads} heads`);
  }
  return { ...options, headSize };
}

/** A projection, its heads side by side. @returns [..., heads * size] */
function projected(scope: Scope, x: Tensor, part: (typeof PARTS)[number], options: Sized): Tensor {
  const { heads, headSize, projectionBias = true } = options;
  return linear(scope.at(part), x, heads * headSize, { bias: projectionBias });
}

function output(scope: Scope, found: Tensor, x: Tensor, { projectionBias = true }: Sized): Tensor {
  return linear(scope.at('output'), found, x.size(-1), { bias: projectionBias });
}
