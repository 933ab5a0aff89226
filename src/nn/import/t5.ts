/**
 * T5 (Raffel et al. 2020) and CodeT5: encoder and decoder with relative positions, norms that take no mean off,
 * linear layers without biases, scores that are not scaled. Checked against transformers' T5ForConditionalGeneration.
 */

import { z } from 'zod';
import { normal } from '../initialize.ts';
import { embedding, embeddingTable } from '../layers/embedding.ts';
import { causalBiasOf, paddingBias } from '../layers/masks.ts';
import { relativeBias, type RelativeOptions } from '../layers/relative.ts';
import { transformerDecoder, transformerEncoder, type TransformerOptions } from '../layers/transformer.ts';
import { add, mul } from '../ops/elementwise.ts';
import { project } from '../ops/matmul.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';
import { activationSchema, rateSchema, sizeSchema } from './config.ts';
import type { NameRule } from './names.ts';

/** `relu`, or `gated-gelu`, by which T5 means the one approximated by tanh. */
const feedForwardSchema = z.string().transform((text, context) => {
  const gated = text.startsWith('gated-');
  const name = text === 'gated-gelu' ? 'gelu_new' : text.slice(gated ? 'gated-'.length : 0);
  const activation = activationSchema.safeParse(name);
  if (activation.success) return { gated, activation: activation.data };
  context.addIssue({ code: 'custom', message: 'relu, gelu or gated-gelu expected' });
  return z.NEVER;
});

export const t5ConfigSchema = z
  .object({
    model_type: z.literal('t5'),
    vocab_size: sizeSchema,
    d_model: sizeSchema,
    d_kv: sizeSchema,
    d_ff: sizeSchema,
    num_layers: sizeSchema.max(1000),
    num_decoder_layers: sizeSchema.max(1000).nullish(),
    num_heads: sizeSchema,
    relative_attention_num_buckets: sizeSchema.max(2 ** 16).default(32),
    relative_attention_max_distance: sizeSchema.max(2 ** 16).default(128),
    feed_forward_proj: feedForwardSchema.prefault('relu'),
    layer_norm_epsilon: z.number().positive().default(1e-6),
    dropout_rate: rateSchema.default(0.1),
    pad_token_id: z.int().min(0).default(0),
    eos_token_id: z.int().min(0).default(1),
    decoder_start_token_id: z.int().min(0).nullish(),
    tie_word_embeddings: z.boolean().default(true),
    scale_decoder_outputs: z.boolean().optional(),
  })
  // Each has two sides, of which one half is exact and the other logarithmic.
  .refine((c) => c.relative_attention_num_buckets >= 4, 'relative_attention_num_buckets: at least 4 expected')
  .refine(
    (c) => c.relative_attention_max_distance > c.relative_attention_num_buckets / 2,
    'relative_attention_max_distance: more than half of relative_attention_num_buckets expected',
  );

export type T5Config = z.infer<typeof t5ConfigSchema> & {
  /** Whether the output has a table of its own, not that of the embeddings. */
  readonly untied: boolean;
};

/** The first token of what a decoder writes. */
export function t5Start({ decoder_start_token_id: start, pad_token_id: padding }: T5Config): number {
  return start ?? padding;
}

function blocks(config: T5Config, layers: number): TransformerOptions {
  return {
    layers,
    heads: config.num_heads,
    headSize: config.d_kv,
    scale: 1,
    inner: config.d_ff,
    ...config.feed_forward_proj,
    biases: false,
    norm: 'before',
    normalization: 'rms',
    epsilon: config.layer_norm_epsilon,
    dropout: config.dropout_rate,
    innerDropout: config.dropout_rate,
    initializer: normal(0.02),
  };
}

/** Of the decoder: generation has its own way through its layers. */
export function t5DecoderBlocks(config: T5Config): TransformerOptions {
  return blocks(config, config.num_decoder_layers ?? config.num_layers);
}

export function t5Positions(config: T5Config, bidirectional: boolean): RelativeOptions {
  return {
    heads: config.num_heads,
    buckets: config.relative_attention_num_buckets,
    longest: config.relative_attention_max_distance,
    bidirectional,
  };
}

/** Vectors of tokens, from one table for encoder and decoder. @returns [...ids, width] */
export function t5Embedding(scope: Scope, ids: Tensor, config: T5Config): Tensor {
  const x = embedding(scope.at('embedding'), ids, config.vocab_size, config.d_model);
  return scope.dropout(x, config.dropout_rate);
}

/**
 * @param ids int64 [batch, length]
 * @param mask [batch, length], 1 for what is there
 * @returns [batch, length, width]
 */
export function t5Encoder(scope: Scope, ids: Tensor, mask: Tensor, config: T5Config): Tensor {
  return scope.layer('t5Encoder', () => {
    const encoder = scope.at('encoder');
    const x = t5Embedding(scope, ids, config);
    const positions = relativeBias(encoder.at('positions'), x, t5Positions(config, true));
    const bias = add(positions, paddingBias(mask));
    const y = transformerEncoder(encoder, x, blocks(config, config.num_layers), bias);
    return scope.dropout(y, config.dropout_rate);
  });
}

export interface T5DecoderInputs {
  /** What has been written, with the start token before it: int64 [batch, length]. */
  readonly ids: Tensor;
  /** Of the encoder: [batch, keys, width] and [batch, keys]. */
  readonly memory: Tensor;
  readonly memoryMask: Tensor;
}

/** All positions at once, as for training. Padding comes last, so that nothing looks at it. @returns [batch, length, width] */
export function t5Decoder(
  scope: Scope,
  { ids, memory, memoryMask }: T5DecoderInputs,
  config: T5Config,
): Tensor {
  return scope.layer('t5Decoder', () => {
    const decoder = scope.at('decoder');
    const x = t5Embedding(scope, ids, config);
    const positions = relativeBias(decoder.at('positions'), x, t5Positions(config, false));
    const y = transformerDecoder(decoder, x, t5DecoderBlocks(config), {
      memory,
      bias: add(positions, causalBiasOf(x)),
      memoryBias: paddingBias(memoryMask),
    });
    return scope.dropout(y, config.dropout_rate);
  });
}

/** @param hidden [..., width] @returns [..., vocabulary] */
export function t5Logits(scope: Scope, hidden: Tensor, config: T5Config): Tensor {
  const { vocab_size: vocabulary, d_model: width } = config;
  const scaled = config.scale_decoder_outputs ?? config.tie_word_embeddings;
  const x = scaled ? mul(hidden, width ** -0.5) : hidden;
  const table = embeddingTable(scope.at(config.untied ? 'output' : 'embedding'), vocabulary, width);
  return project(x, table, null, true);
}

function attentionNames(theirs: string, ours: string): NameRule[] {
  return [
    [`${theirs}.q.weight`, `${ours}.query.weight`, 'transposed'],
    [`${theirs}.k.weight`, `${ours}.key.weight`, 'transposed'],
    [`${theirs}.v.weight`, `${ours}.value.weight`, 'transposed'],
    [`${theirs}.o.weight`, `${ours}.output.weight`, 'transposed'],
  ];
}

function blockNames(stack: 'encoder' | 'decoder', cross: boolean): NameRule[] {
  const [block, ours] = [`${stack}.block.#.layer`, `${stack}.#`];
  const forward = `${block}.${cross ? 2 : 1}`;
  return [
    ...attentionNames(`${block}.0.SelfAttention`, `${ours}.attention`),
    [`${block}.0.layer_norm.weight`, `${ours}.attention.norm.scale`],
    // Only the first block has these; the others use its.
    [`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, `${stack}.positions.weight`],
    [`${forward}.DenseReluDense.wi.weight`, `${ours}.feedForward.inner.weight`, 'transposed'],
    [`${forward}.DenseReluDense.wi_0.weight`, `${ours}.feedForward.gate.weight`, 'transposed'],
    [`${forward}.DenseReluDense.wi_1.weight`, `${ours}.feedForward.inner.weight`, 'transposed'],
    [`${forward}.DenseReluDense.wo.weight`, `${ours}.feedForward.output.weight`, 'transposed'],
    [`${forward}.layer_norm.weight`, `${ours}.feedForward.norm.scale`],
    [`${stack}.final_layer_norm.weight`, `${stack}.norm.scale`],
    // The table that all share, where a checkpoint holds it more than once.
    [`${stack}.embed_tokens.weight`, null],
  ];
}

export const T5_NAMES: readonly NameRule[] = [
  ['shared.weight', 'embedding.weight'],
  ['lm_head.weight', 'output.weight'],
  ...blockNames('encoder', false),
  ...blockNames('decoder', true),
  ...attentionNames('decoder.block.#.layer.1.EncDecAttention', 'decoder.#.cross'),
  ['decoder.block.#.layer.1.layer_norm.weight', 'decoder.#.cross.norm.scale'],
  // Checkpoints of the first release hold one that no model reads.
  ['decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight', null],
];
