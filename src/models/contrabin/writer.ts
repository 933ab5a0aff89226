/**
 * What writes of code: a summary, or its source (section 4.3). The encoder of binary code, and a small transformer that
 * looks at what became of each of its tokens. The paper does not say what decodes; here encoder and decoder
 * have about a million parameters each.
 *
 * So few learn little of what people call things. Beside the code the decoder therefore looks at hints, texts that were
 * found for it, and what it looks at there is a vote for the token that stands there: to copy is then the first that it
 * learns (See et al., ACL 2017, copy by a mixture of two distributions; here both are one sum of logits, so that nothing
 * is scattered into the vocabulary).
 */

import type { EncoderDecoder } from '../../nn/generation/writer.ts';
import { normal } from '../../nn/initialize.ts';
import { joinHeads, projectHeads, splitHeads } from '../../nn/layers/attention.ts';
import { decoderMemory, decoderStep } from '../../nn/layers/cached.ts';
import { embedding, embeddingTable } from '../../nn/layers/embedding.ts';
import { linear } from '../../nn/layers/linear.ts';
import { causalBiasOf, paddingBias } from '../../nn/layers/masks.ts';
import { layerNorm } from '../../nn/layers/normalization.ts';
import { sinusoidalPositions } from '../../nn/layers/positions.ts';
import { transformerDecoder, type TransformerOptions } from '../../nn/layers/transformer.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { attention } from '../../nn/ops/attention.ts';
import { memoryAttention, type Memory } from '../../nn/ops/cached-attention.ts';
import { sum } from '../../nn/ops/broadcast.ts';
import { add, cast, div, equal, maximum, mul, neg, sub, where } from '../../nn/ops/elementwise.ts';
import { rearrange, take } from '../../nn/ops/indexing.ts';
import { concat, pad, reshape, slice, transpose } from '../../nn/ops/layout.ts';
import { project } from '../../nn/ops/matmul.ts';
import { positionsAlong, sizeAlong, whole } from '../../nn/ops/positions.ts';
import { negativeLogLikelihood } from '../../nn/ops/softmax.ts';
import { constant } from '../../nn/ops/source.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { SPECIAL } from '../../tokens/bpe/bpe.ts';
import { Flat } from '../flat.ts';
import { convolution, encodeView, type ViewTokens, type ViewNetwork } from './encoder.ts';
import { ENCODERS } from './training.ts';
import { SOURCE_STEP } from './writer-batch.ts';

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
  /** Tokens of text that are given with each code. */
  readonly longestHints: number;
}

export interface WriterNetwork {
  readonly encoder: ViewNetwork;
  /** As wide as the encoder. */
  readonly decoder: DecoderNetwork;
}

/** Path of the decoder's parameters; the encoder's are where pre-training has them. */
const DECODER = 'writer';

/** Path within it of what chooses the hints' tokens. */
const COPYING = 'copying';

/** The owner of a token that only fills up. */
const NOBODY = -1;

/** Deviation of a table of tokens at the beginning, at which the same table tells the next one (Vaswani et al. 2017). */
const deviationOf = (width: number): number => width ** -0.5;

/**
 * What a writer begins with besides what it has in common with encoders: the anchored one has read texts of the same
 * vocabulary, and knows which tokens are alike. Its table comes with the length that a drawn one has.
 * @param learned by the paths of pre-training; none of them where nothing was learned
 */
export function writerStart(
  learned: ReadonlyMap<string, Float32Array>,
  { encoder: { width }, decoder: { vocabulary } }: WriterNetwork,
): ReadonlyMap<string, Float32Array> {
  const table = learned.get(`${ENCODERS.source}.tokens.weight`);
  if (table?.length !== vocabulary * width) return learned;
  const square = table.reduce((sum, value) => sum + value * value, 0) / table.length;
  const scale = deviationOf(width) / Math.sqrt(square);
  return new Map([...learned, [`${DECODER}.tokens.weight`, table.map((value) => value * scale)]]);
}

/** What is looked at and what is to be written; texts are padded to one length. */
export interface WriterInputs extends ViewTokens {
  /** Where in the row the tokens of each code stand, -1 where it has no more: [texts, longest]. */
  readonly places: Tensor;
  /** The opposite: where in that table each token of the row stands. [positions] */
  readonly slots: Tensor;
  /** Tokens of text that are given with each code, one code's after the other's: [texts * longestHints]. */
  readonly hints: Tensor;
  /** Number of the code that such a token is given with, -1 for what fills up: [texts * longestHints]. */
  readonly hinted: Tensor;
  /** 1 where there is a hint's token, then where there is a code's: [texts, longestHints + longest]. */
  readonly mask: Tensor;
  /** The text's tokens so far, with that of the beginning before them: [texts, length]. */
  readonly previous: Tensor;
}

/** @returns [texts, length, vocabulary] */
export function writerLogits(scope: Scope, inputs: WriterInputs, network: WriterNetwork): Tensor {
  const { tokens, owner, numbers, places, slots, hints, hinted, mask, previous } = inputs;
  const decoder = scope.at(DECODER);
  const { states, pooled } = encodeView(
    scope.at(ENCODERS.binary),
    { tokens, owner, numbers },
    network.encoder,
  );
  const x = embedText(decoder, previous, null, network);
  const code = lookedAt(decoder, rearrange(states, places, slots), pooled, network);
  const { memory, votes } = withHints(decoder, code, { hints, hinted, numbers }, network);
  const bias = paddingBias(mask);
  const hidden = transformerDecoder(decoder, scope.dropout(x, network.decoder.dropout), blocksOf(network), {
    memory,
    bias: causalBiasOf(x),
    memoryBias: bias,
  });
  const { heads } = network.decoder;
  const [query, keys] = (['query', 'key'] as const).map((part) =>
    projectHeads(decoder.at(COPYING), part === 'query' ? hidden : memory, part, { heads }),
  );
  const copied = joinHeads(attention(query, keys, splitHeads(votes, heads), { bias }));
  return logitsOf(decoder, add(hidden, copied), network);
}

/**
 * Inputs: those of `writerLogits`, and the tokens to be written as `next`, [texts, length]. Outputs: the loss; and of each
 * text the logarithm of its probability, `told`, [texts].
 */
export function writerModel(network: WriterNetwork): Model {
  return (scope, { tokens, owner, numbers, places, slots, hints, hinted, mask, previous, next }) => {
    const inputs = { tokens, owner, numbers, places, slots, hints, hinted, mask, previous };
    const logits = writerLogits(scope, inputs, network);
    if (scope.training) {
      const labelSmoothing = network.decoder.smoothing;
      return { loss: crossEntropy(logits, next, { ignoreIndex: SPECIAL.padding, labelSmoothing }) };
    }
    const [texts, length] = next.shape;
    const rows = [Number(texts) * Number(length)];
    const asked = sub(1, cast(equal(next, constant(Int32Array.of(SPECIAL.padding), [])), 'float32'));
    const flat = reshape(logits, [...rows, network.decoder.vocabulary]);
    const { losses } = negativeLogLikelihood(flat, reshape(next, rows));
    const told = sum(mul(neg(reshape(losses, next.shape)), asked), 1);
    return { loss: div(neg(sum(told)), maximum(sum(asked), 1)), told };
  };
}

/** The same network writing token by token, of what `writerSource` makes. */
export function codeWriter(network: WriterNetwork): EncoderDecoder {
  const { encoder, decoder } = network;
  const { heads, longestHints } = decoder;
  const options = blocksOf(network);
  return {
    kind: 'encoder-decoder',
    vocabulary: decoder.vocabulary,
    layers: decoder.layers,
    memories: decoder.layers + 1,
    heads,
    headSize: encoder.width / heads,
    start: SPECIAL.begin,
    end: SPECIAL.end,
    read(scope, ids, mask) {
      const own = scope.at(DECODER);
      const { places, ...flat } = inARow(
        pad(ids, 1, -longestHints, 0),
        pad(mask, 1, -longestHints, 0),
        'positions',
      );
      const { states, pooled } = encodeView(scope.at(ENCODERS.binary), flat, encoder);
      const code = lookedAt(own, take(states, places), pooled, network);
      const first = inARow(slice(ids, 1, 0, longestHints), slice(mask, 1, 0, longestHints), 'hints');
      const hints = { hints: first.tokens, hinted: first.owner, numbers: first.numbers };
      const { memory, votes } = withHints(own, code, hints, network);
      const bias = paddingBias(mask);
      const keys = projectHeads(own.at(COPYING), memory, 'key', { heads });
      const copying: Memory = { keys: transpose(keys, [0, 1, 3, 2]), values: splitHeads(votes, heads), bias };
      return [...decoderMemory(own, memory, bias, options), copying];
    },
    step(scope, { tokens, places, context }) {
      const own = scope.at(DECODER);
      const x = embedText(own, tokens, places, network);
      const { output, fresh } = decoderStep(own, x, options, context);
      const query = linear(own.at(COPYING).at('query'), output, encoder.width);
      const scale = 1 / Math.sqrt(encoder.width / heads);
      const copied = memoryAttention(query, context.memory![decoder.layers], { heads, scale });
      return { logits: logitsOf(own, add(output, copied), network), fresh };
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
  // Codes are padded to whole steps.
  const maximum = Math.ceil(longestCode / SOURCE_STEP) * SOURCE_STEP;
  return sinusoidalPositions(scope.at('code'), add(states, summary), { maximum });
}

/**
 * Hints before the code in what the decoder looks at, and the vote of each position: of a hint's token the vector by which
 * it is written, of the code's nothing, so that looking there is not to copy.
 * @param code [texts, longest, width]
 * @returns [texts, longestHints + longest, width] each
 */
function withHints(
  scope: Scope,
  code: Tensor,
  { hints, hinted, numbers }: Pick<WriterInputs, 'hints' | 'hinted' | 'numbers'>,
  network: WriterNetwork,
): { memory: Tensor; votes: Tensor } {
  const { width } = network.encoder;
  const { longestHints, inner } = network.decoder;
  const vectors = textVectors(scope, hints, network);
  const flat = new Flat(hinted, numbers);
  const own = scope.at('hints');
  let x = layerNorm(own.at('norm'), vectors);
  HINT_DISTANCES.forEach((distance, i) => (x = convolution(own.at(i), x, flat, inner, distance)));
  const shape = [code.shape[0], longestHints, width];
  const states = sinusoidalPositions(own, reshape(layerNorm(own.at('out'), x), shape), {
    maximum: longestHints,
  });
  const nothing = mul(code, 0);
  return {
    memory: concat([states, code], 1),
    votes: concat([reshape(vectors, shape), nothing], 1),
  };
}

/** Neighbours that a hint's token is known by: to go on copying, what was written last must be seen before it. */
const HINT_DISTANCES = [1, 2];

/** @param places of the tokens where they are not the first ones of a row @returns [...ids, width] */
function embedText(scope: Scope, ids: Tensor, places: Tensor | null, network: WriterNetwork): Tensor {
  return sinusoidalPositions(scope.at('text'), textVectors(scope, ids, network), {
    maximum: network.decoder.longestText,
    ...(places ? { ids: places } : {}),
  });
}

/** As long as the vectors of positions. @returns [...ids, width] */
function textVectors(
  scope: Scope,
  ids: Tensor,
  { encoder: { width }, decoder: { vocabulary } }: WriterNetwork,
): Tensor {
  const initializer = normal(deviationOf(width));
  return mul(embedding(scope.at('tokens'), ids, vocabulary, width, { initializer }), Math.sqrt(width));
}

function logitsOf(scope: Scope, hidden: Tensor, { encoder, decoder }: WriterNetwork): Tensor {
  return project(hidden, embeddingTable(scope.at('tokens'), decoder.vocabulary, encoder.width), null, true);
}

/**
 * Tokens that were padded to one length, as the encoder takes them.
 * @param ids int64 [batch, length]
 * @param positions what the shape of the row is called by
 */
function inARow(ids: Tensor, mask: Tensor, positions: string): ViewTokens & { readonly places: Tensor } {
  const [batch, length] = ids.shape;
  const numbers = positionsAlong(ids, 0);
  const rows = reshape(numbers, [batch, 1]);
  const first = mul(rows, sizeAlong(ids, 1));
  const there = equal(mask, whole(1));
  return {
    tokens: reshape(ids, [positions]),
    owner: reshape(where(there, rows, whole(NOBODY)), [positions]),
    numbers,
    places: add(first, reshape(positionsAlong(ids, 1), [1, length])),
  };
}
