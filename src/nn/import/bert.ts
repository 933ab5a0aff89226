/**
 * Encoders of BERT's build: BERT itself (Devlin et al. 2019), MiniLM and other sentence encoders of its
 * architecture, and RoBERTa (Liu et al. 2019) with CodeBERT, GraphCodeBERT and UniXcoder, which differ in how
 * positions are counted. Checked against transformers' BertModel and RobertaModel.
 */

import { z } from 'zod';
import { normal, zerosInit } from '../initialize.ts';
import { embedding, embeddingTable } from '../layers/embedding.ts';
import { linear } from '../layers/linear.ts';
import { paddingBias } from '../layers/masks.ts';
import { layerNorm } from '../layers/normalization.ts';
import { firstPosition } from '../layers/pooling.ts';
import { learnedPositions } from '../layers/positions.ts';
import { ACTIVATIONS, transformerEncoder } from '../layers/transformer.ts';
import { add, cast, equal, mul, sub, tanh } from '../ops/elementwise.ts';
import { slice } from '../ops/layout.ts';
import { project } from '../ops/matmul.ts';
import { cumulativeSum, positionsAlong, whole } from '../ops/positions.ts';
import type { Scope } from '../scope.ts';
import { ShapeError } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';
import { activationSchema, rateSchema, sizeSchema } from './config.ts';
import { linearNames, normNames, type NameRule } from './names.ts';

const shape = {
  vocab_size: sizeSchema,
  hidden_size: sizeSchema,
  num_hidden_layers: sizeSchema.max(1000),
  num_attention_heads: sizeSchema,
  intermediate_size: sizeSchema,
  max_position_embeddings: sizeSchema,
  type_vocab_size: sizeSchema.default(2),
  hidden_act: activationSchema.default('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_dropout_prob: rateSchema.default(0.1),
  attention_probs_dropout_prob: rateSchema.default(0.1),
  // Relative ones, which transformers once had too, are refused.
  position_embedding_type: z.literal('absolute').default('absolute'),
};

export const bertConfigSchema = z.object({
  model_type: z.literal('bert'),
  ...shape,
  pad_token_id: z.int().min(0).nullable().default(0),
});

export const robertaConfigSchema = z.object({
  model_type: z.literal('roberta'),
  ...shape,
  pad_token_id: z.int().min(0).default(1),
});

export type RobertaConfig = z.infer<typeof robertaConfigSchema>;
export type BertConfig = z.infer<typeof bertConfigSchema> | RobertaConfig;

export interface BertInputs {
  /** Numbers of tokens, int32 or int64 [batch, length]. */
  readonly ids: Tensor;
  /** 1 for what is there, 0 for padding, [batch, length]. */
  readonly mask: Tensor;
  /** Numbers of segments, int64 [batch, length]: all 0 when left out. */
  readonly types?: Tensor;
}

/** RoBERTa counts what is no padding, from one past the number of the padding token. */
function robertaPositions(ids: Tensor, padding: number, maximum: number): Tensor {
  const length = ids.shape[1];
  if (typeof length === 'number' && length + padding >= maximum) {
    throw new ShapeError(`${length} positions, of at most ${maximum - padding - 1}`);
  }
  const there = sub(whole(1), cast(equal(cast(ids, 'int64'), whole(padding)), 'int64'));
  return add(mul(cumulativeSum(there, 1), there), whole(padding));
}

function embed(scope: Scope, { ids, types }: BertInputs, config: BertConfig): Tensor {
  const { vocab_size: vocabulary, hidden_size: width, type_vocab_size: kinds } = config;
  const initializer = normal(0.02);
  const tokens = embedding(scope.at('tokens'), ids, vocabulary, width, { initializer });
  // Without segments each token gets the first of the table, broadcast.
  const segments = types
    ? embedding(scope.at('types'), types, kinds, width, { initializer })
    : slice(embeddingTable(scope.at('types'), kinds, width, { initializer }), 0, 0, 1);
  const unknownLength = typeof ids.shape[1] !== 'number';
  const places =
    config.model_type === 'roberta'
      ? { ids: robertaPositions(ids, config.pad_token_id, config.max_position_embeddings) }
      : unknownLength
        ? { ids: positionsAlong(ids, 1) }
        : {};
  const x = learnedPositions(scope.at('positions'), add(tokens, segments), {
    maximum: config.max_position_embeddings,
    ...places,
  });
  const normalized = layerNorm(scope.at('norm'), x, config.layer_norm_eps);
  return scope.dropout(normalized, config.hidden_dropout_prob);
}

/** A vector for each token. @returns [batch, length, width] */
export function bertEncoder(scope: Scope, inputs: BertInputs, config: BertConfig): Tensor {
  return scope.layer(config.model_type, () => {
    const x = embed(scope.at('embedding'), inputs, config);
    const options = {
      layers: config.num_hidden_layers,
      heads: config.num_attention_heads,
      inner: config.intermediate_size,
      activation: config.hidden_act,
      dropout: config.hidden_dropout_prob,
      attentionDropout: config.attention_probs_dropout_prob,
      epsilon: config.layer_norm_eps,
      initializer: normal(0.02),
    };
    return transformerEncoder(scope.at('encoder'), x, options, paddingBias(inputs.mask));
  });
}

/** The pooling layer of its pre-training: of the first token. @returns [batch, width] */
export function bertPooler(scope: Scope, hidden: Tensor): Tensor {
  const first = firstPosition(hidden);
  return tanh(linear(scope.at('pooler'), first, first.size(-1), { initializer: normal(0.02) }));
}

/** The head of its pre-training: which token was masked. @returns logits [batch, length, vocabulary] */
export function bertMaskedHead(scope: Scope, hidden: Tensor, config: BertConfig): Tensor {
  const { vocab_size: vocabulary, hidden_size: width } = config;
  const head = scope.at('maskedHead');
  // RoBERTa's has GELU whatever the layers have.
  const activate = ACTIVATIONS[config.model_type === 'roberta' ? 'gelu' : config.hidden_act];
  const changed = activate(linear(head.at('inner'), hidden, width, { initializer: normal(0.02) }));
  const x = layerNorm(head.at('norm'), changed, config.layer_norm_eps);
  const table = embeddingTable(scope.at('embedding').at('tokens'), vocabulary, width);
  return project(x, table, head.parameter('bias', [vocabulary], zerosInit), true);
}

const layer = (theirs: string, ours: string): [string, string] => [
  `encoder.layer.#.${theirs}`,
  `encoder.#.${ours}`,
];

const COMMON: readonly NameRule[] = [
  ['embeddings.word_embeddings.weight', 'embedding.tokens.weight'],
  ['embeddings.position_embeddings.weight', 'embedding.positions.weight'],
  ['embeddings.token_type_embeddings.weight', 'embedding.types.weight'],
  // 0, 1, …: stored by transformers before version 4.31.
  ['embeddings.position_ids', null],
  ...normNames('embeddings.LayerNorm', 'embedding.norm'),
  ...linearNames(...layer('attention.self.query', 'attention.query')),
  ...linearNames(...layer('attention.self.key', 'attention.key')),
  ...linearNames(...layer('attention.self.value', 'attention.value')),
  ...linearNames(...layer('attention.output.dense', 'attention.output')),
  ...normNames(...layer('attention.output.LayerNorm', 'attention.norm')),
  ...linearNames(...layer('intermediate.dense', 'feedForward.inner')),
  ...linearNames(...layer('output.dense', 'feedForward.output')),
  ...normNames(...layer('output.LayerNorm', 'feedForward.norm')),
  ...linearNames('pooler.dense', 'pooler'),
];

/** The decoder of a head is the table of embeddings, and its bias the head's, sometimes stored twice. */
export const BERT_NAMES: readonly NameRule[] = [
  ...COMMON,
  ...linearNames('cls.predictions.transform.dense', 'maskedHead.inner'),
  ...normNames('cls.predictions.transform.LayerNorm', 'maskedHead.norm'),
  ['cls.predictions.bias', 'maskedHead.bias'],
  ['cls.predictions.decoder.weight', null],
  ['cls.predictions.decoder.bias', null],
  // Whether one sentence follows another.
  ['cls.seq_relationship.weight', null],
  ['cls.seq_relationship.bias', null],
];

export const ROBERTA_NAMES: readonly NameRule[] = [
  ...COMMON,
  ...linearNames('lm_head.dense', 'maskedHead.inner'),
  ...normNames('lm_head.layer_norm', 'maskedHead.norm'),
  ['lm_head.bias', 'maskedHead.bias'],
  ['lm_head.decoder.weight', null],
  ['lm_head.decoder.bias', null],
];
