/**
 * What encodes a view (f_a and f_t of section 2.1): convolutions over its tokens at growing distances, a summary of the
 * whole given back to each of them halfway, and attentive pooling. The paper takes RoBERTa, 125 million parameters, which
 * is `transformer.ts`; here are about one, and convolutions see as many tokens in a tenth of the time that attention
 * takes on two cores.
 */

import { normal } from '../../nn/initialize.ts';
import { embedding } from '../../nn/layers/embedding.ts';
import { linear } from '../../nn/layers/linear.ts';
import { layerNorm } from '../../nn/layers/normalization.ts';
import { add, relu } from '../../nn/ops/elementwise.ts';
import { concat } from '../../nn/ops/layout.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import { Flat } from '../flat.ts';
import { STEP, type TextLayout } from './batch.ts';
import { encodeRows, rowsOf, type TransformerNetwork } from './transformer.ts';

export type ViewNetwork = ConvolutionalNetwork | TransformerNetwork;

export interface ConvolutionalNetwork {
  /** Tokens that there are. */
  readonly vocabulary: number;
  /** Of a token's vector. */
  readonly width: number;
  /** Of the inner layer of each block. */
  readonly inner: number;
  /** Convolutions. */
  readonly layers: number;
  /** Weighted means of the pooling. */
  readonly heads: number;
  readonly dropout: number;
}

/** Texts of a batch: for convolutions in one row (see `flat.ts`), for a transformer each in a row of its own. */
export interface ViewTokens {
  /** [positions], or [texts, longest] */
  readonly tokens: Tensor;
  /** Number of the text that a token is of; -1 for what fills up. [positions], or [texts, longest] */
  readonly owner: Tensor;
  /** 0, 1, 2 … [texts] */
  readonly numbers: Tensor;
}

export interface EncodedView {
  /** What became of each token, those of rows one row after the other. [positions, width] */
  readonly states: Tensor;
  /**
   * Of each text. Convolutions give the mean of its states and a weighted one, [texts, 2 * width]; a transformer the state
   * of its first token, [texts, width].
   */
  readonly pooled: Tensor;
}

/** Tokens' vectors begin about as long as what layers add to them. */
const TOKEN_DEVIATION = 0.1;
/** How far the neighbours are that a convolution looks at, in turn: eight layers see 30 tokens to each side. */
const DISTANCES = [1, 2, 4, 8];

/** How texts stand in a batch that the network learns from. */
export function layoutOf(network: ViewNetwork): TextLayout {
  return 'transformer' in network ? rowsOf(network) : STEP;
}

/** @param tokens laid out as the network takes them */
export function encodeView(scope: Scope, tokens: ViewTokens, network: ViewNetwork): EncodedView {
  return 'transformer' in network ? encodeRows(scope, tokens, network) : encodeFlat(scope, tokens, network);
}

function encodeFlat(
  scope: Scope,
  { tokens, owner, numbers }: ViewTokens,
  { vocabulary, width, inner, layers, heads, dropout }: ConvolutionalNetwork,
): EncodedView {
  return scope.layer('encodeView', () => {
    const flat = new Flat(owner, numbers);
    const initializer = normal(TOKEN_DEVIATION);
    const vectors = embedding(scope.at('tokens'), tokens, vocabulary, width, { initializer });
    let x = scope.dropout(layerNorm(scope.at('norm'), vectors), dropout);
    for (let i = 0; i < layers; i++) {
      if (i === Math.ceil(layers / 2)) x = flat.give(x, linear(scope.at('summary'), flat.mean(x), width));
      x = convolution(scope.at(i), x, flat, inner, DISTANCES[i % DISTANCES.length]);
    }
    const states = layerNorm(scope.at('out'), x);
    const pooled = concat([flat.mean(states), flat.attend(scope.at('attend'), states, heads)], 1);
    return { states, pooled: scope.dropout(pooled, dropout) };
  });
}

/** A residual block: a token and two others of its text. [positions, width] gives the same. */
export function convolution(scope: Scope, x: Tensor, flat: Flat, inner: number, distance: number): Tensor {
  const y = layerNorm(scope.at('norm'), x);
  const three = concat([flat.neighbour(y, distance), y, flat.neighbour(y, -distance)], 1);
  return add(x, linear(scope.at('output'), relu(linear(scope.at('inner'), three, inner)), x.size(1)));
}
