/**
 * What writes of code: a summary, or its source (section 4.3). The encoder of binary code, and a small transformer that
 * looks at what became of each of its tokens. The paper does not say what decodes; here encoder and decoder
 * have about a million parameters each.
 */

import type { EncoderDecoder } from '../../nn/generation/writer.ts';
import { normal } from '../../nn/initialize.ts';
import { decoderMemory, decoderStep } from '../../nn/layers/cached.ts';
import { embedding, embeddingTable } from '../../nn/layers/embedding.ts';
import { linear } from '../../nn/layers/linear.ts';
import { causalBiasOf, paddingBias } from '../../nn/layers/masks.ts';
import { sinusoidalPositions } from '../../nn/layers/positions.ts';
import { transformerDecoder, type TransformerOptions } from '../../nn/layers/transformer.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { add, equal, mul, where } from '../../nn/ops/elementwise.ts';
import { rearrange, take } from '../../nn/ops/indexing.ts';
import { reshape } from '../../nn/ops/layout.ts';
import { project } from '../../nn/ops/matmul.ts';
import { positionsAlong, sizeAlong, whole } from '../../nn/ops/positions.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';
import { encodeView, type ViewTokens, type ViewNetwork } from './encoder.ts';
import { ENCODERS } from './training.ts';

export interface DecoderNetwork {
  /** Tokens that there are of text. */
  readonly vocabulary: number;
  readonly layers: number;
  readonly heads: number;
  /** Of the inner layer of each block. */
  readonly inner: number;
  readonly dropout: number;
  /** Share of the target's mass that is spread over all tokens, in training. */
  readonly smoothing: number;
  /** Most tokens of a code, and of a text with that of its end. */
  readonly longestCode: number;
  readonly longestText: number;
}

export interface WriterNetwork {
  readonly encoder: ViewNetwork;
  /** As wide as the encoder. */
  readonly decoder: DecoderNetwork;
}

/** Path of the decoder's parameters; the encoder's are where pre-training has them. */
const DECODER = 'writer';

/** The owner of a token that only fills up. */
const NOBODY = -1;

/** What is looked at and what is to be written; texts are padded to one length. */
export interface WriterInputs extends ViewTokens {
  /** Where in the row the tokens of each code stand, -1 where it has no more: [texts, longest]. */
  readonly places: Tensor;
  /** The opposite: where in that table each token of the row stands. [positions] */
  readonly slots: Tensor;
  /** 1 where a code has a token. [texts, longest] */
  readonly mask: Tensor;
  /** The text's tokens so far, with that of the beginning before them: [texts, length]. */
  readonly previous: Tensor;
}

/** @returns [texts, length, vocabulary] */
export function writerLogits(scope: Scope, inputs: WriterInputs, network: WriterNetwork): Tensor {
  const { tokens, owner, numbers, places, slots, mask, previous } = inputs;
  const decoder = scope.at(DECODER);
  const { states, pooled } = encodeView(
    scope.at(ENCODERS.binary),
    { tokens, owner, numbers },
    network.encoder,
  );
  const x = embedText(decoder, previous, null, network);
  const hidden = transformerDecoder(decoder, scope.dropout(x, network.decoder.dropout), blocksOf(network), {
    memory: lookedAt(decoder, rearrange(states, places, slots), pooled, network),
    bias: causalBiasOf(x),
    memoryBias: paddingBias(mask),
  });
  return logitsOf(decoder, hidden, network);
}

/** Inputs: those of `writerLogits`, and the tokens to be written as `next`, [texts, length]. */
export function writerModel(network: WriterNetwork): Model {
  return (scope, { tokens, owner, numbers, places, slots, mask, previous, next }) => {
    const inputs = { tokens, owner, numbers, places, slots, mask, previous };
    const logits = writerLogits(scope, inputs, network);
    const labelSmoothing = scope.training ? network.decoder.smoothing : 0;
    return { loss: crossEntropy(logits, next, { ignoreIndex: SPECIAL.padding, labelSmoothing }) };
  };
}

/** The same network writing token by token. */
export function codeWriter(network: WriterNetwork): EncoderDecoder {
  const { encoder, decoder } = network;
  const options = blocksOf(network);
  return {
    kind: 'encoder-decoder',
    vocabulary: decoder.vocabulary,
    layers: decoder.layers,
    heads: decoder.heads,
    headSize: encoder.width / decoder.heads,
    start: SPECIAL.begin,
    end: SPECIAL.end,
    read(scope, ids, mask) {
      const { places, ...flat } = inARow(ids, mask);
      const { states, pooled } = encodeView(scope.at(ENCODERS.binary), flat, encoder);
      const memory = lookedAt(scope.at(DECODER), take(states, places), pooled, network);
      return decoderMemory(scope.at(DECODER), memory, paddingBias(mask), options);
    },
    step(scope, { tokens, places, context }) {
      const x = embedText(scope.at(DECODER), tokens, places, network);
      const { output, fresh } = decoderStep(scope.at(DECODER), x, options, context);
      return { logits: logitsOf(scope.at(DECODER), output, network), fresh };
    },
  };
}

function blocksOf({ decoder: { layers, heads, inner, dropout } }: WriterNetwork): TransformerOptions {
  // Masks of attention are as large as its scores, and take longer to draw than these to compute.
  return { layers, heads, inner, dropout, attentionDropout: 0, activation: 'relu', norm: 'before' };
}

/**
 * What became of each token of a code, what the whole is, and where the token stands.
 * @param states [texts, longest, width]
 * @returns the same
 */
function lookedAt(
  scope: Scope,
  states: Tensor,
  pooled: Tensor,
  { encoder: { width }, decoder: { longestCode } }: WriterNetwork,
): Tensor {
  const summary = reshape(linear(scope.at('summary'), pooled, width), [states.shape[0], 1, width]);
  return sinusoidalPositions(scope.at('code'), add(states, summary), { maximum: longestCode });
}

/** @param places of the tokens where they are not the first ones of a row @returns [...ids, width] */
function embedText(
  scope: Scope,
  ids: Tensor,
  places: Tensor | null,
  { encoder: { width }, decoder: { vocabulary, longestText } }: WriterNetwork,
): Tensor {
  // As long as the vectors of positions, and of a length at which the same table tells the next token (Vaswani et al. 2017).
  const initializer = normal(width ** -0.5);
  const vectors = embedding(scope.at('tokens'), ids, vocabulary, width, { initializer });
  return sinusoidalPositions(scope.at('text'), mul(vectors, Math.sqrt(width)), {
    maximum: longestText,
    ...(places ? { ids: places } : {}),
  });
}

function logitsOf(scope: Scope, hidden: Tensor, { encoder, decoder }: WriterNetwork): Tensor {
  return project(hidden, embeddingTable(scope.at('tokens'), decoder.vocabulary, encoder.width), null, true);
}

/** Codes that were padded to one length, as the encoder takes them. @param ids int64 [batch, length] */
function inARow(ids: Tensor, mask: Tensor): ViewTokens & { readonly places: Tensor } {
  const [batch, length] = ids.shape;
  const numbers = positionsAlong(ids, 0);
  const rows = reshape(numbers, [batch, 1]);
  const first = mul(rows, sizeAlong(ids, 1));
  const there = equal(mask, whole(1));
  return {
    tokens: reshape(ids, ['positions']),
    owner: reshape(where(there, rows, whole(NOBODY)), ['positions']),
    numbers,
    places: add(first, reshape(positionsAlong(ids, 1), [1, length])),
  };
}
