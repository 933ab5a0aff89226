/**
 * An encoder of RoBERTa's build (Liu et al. 2019), the paper's f_a and f_t: what it has learned may come from a folder of
 * Hugging Face's. A text is a row, padded to the length of the batch's longest, and its vector that of its first token.
 */

import { bertEncoder, type RobertaConfig } from '../../nn/import/bert.ts';
import { firstPosition } from '../../nn/layers/pooling.ts';
import { equal } from '../../nn/ops/elementwise.ts';
import { reshape } from '../../nn/ops/layout.ts';
import type { Scope } from '../../nn/scope.ts';
import { ShapeError } from '../../nn/shape-error.ts';
import { showType } from '../../nn/types.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';
import type { TextRows } from './batch.ts';
import type { ConvolutionalNetwork, EncodedView, ViewTokens } from './encoder.ts';

export interface TransformerNetwork {
  /** As the configuration has them. */
  readonly vocabulary: number;
  readonly width: number;
  /** As of a `config.json`. */
  readonly transformer: RobertaConfig;
}

export function transformerNetwork(transformer: RobertaConfig): TransformerNetwork {
  return { vocabulary: transformer.vocab_size, width: transformer.hidden_size, transformer };
}

/** What RoBERTa has beside its sizes. */
const EPSILON = 1e-5;

/**
 * One of our own sizes, for our vocabulary.
 * @param longest tokens of a text, at most
 */
export function ownTransformer(
  { vocabulary, width, inner, layers, heads, dropout }: ConvolutionalNetwork,
  longest: number,
): TransformerNetwork {
  return transformerNetwork({
    model_type: 'roberta',
    vocab_size: vocabulary,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: inner,
    max_position_embeddings: SPECIAL.padding + 1 + longest,
    type_vocab_size: 1,
    hidden_act: 'gelu',
    layer_norm_eps: EPSILON,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
    position_embedding_type: 'absolute',
    pad_token_id: SPECIAL.padding,
  });
}

/** Tokens of a text, at most: positions are counted from one past the number of the padding. */
export function longestText({ transformer }: TransformerNetwork): number {
  return transformer.max_position_embeddings - transformer.pad_token_id - 1;
}

/** Shares of the longest text that rows are padded to: a graph each, of which the largest takes gigabytes at the paper's size. */
const SHARES = [1 / 4, 1 / 2, 1];

/** Rows as the network takes them. */
export function rowsOf(network: TransformerNetwork): TextRows {
  const longest = longestText(network);
  return {
    lengths: SHARES.map((share) => Math.ceil(longest * share)),
    padding: network.transformer.pad_token_id,
  };
}

/** @throws ShapeError where texts are no rows: see `TextRows` */
export function encodeRows(
  scope: Scope,
  { tokens, owner, numbers }: ViewTokens,
  { transformer, width }: TransformerNetwork,
): EncodedView {
  return scope.layer('encodeRows', () => {
    if (tokens.rank !== 2) throw new ShapeError(`a row for each text expected, got ${showType(tokens)}`);
    const [texts, longest] = tokens.shape;
    const mask = equal(owner, reshape(numbers, [texts, 1]));
    const hidden = bertEncoder(scope, { ids: tokens, mask }, transformer);
    const known = typeof texts === 'number' && typeof longest === 'number';
    return {
      states: reshape(hidden, [known ? texts * longest : 'positions', width]),
      pooled: firstPosition(hidden),
    };
  });
}
