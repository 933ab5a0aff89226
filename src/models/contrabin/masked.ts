/**
 * Masked-language pre-training (Devlin et al. 2019, section 3.1): what an encoder starts from before views are compared.
 * An anchor that has learned nothing anchors nothing.
 */

import { bertMaskedHead } from '../../nn/import/bert.ts';
import { zerosInit } from '../../nn/initialize.ts';
import { embeddingTable } from '../../nn/layers/embedding.ts';
import { linear } from '../../nn/layers/linear.ts';
import { layerNorm } from '../../nn/layers/normalization.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { add, gelu } from '../../nn/ops/elementwise.ts';
import { take } from '../../nn/ops/indexing.ts';
import { matmul } from '../../nn/ops/matmul.ts';
import type { RandomStream } from '../../nn/random.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { SPECIAL, SPECIALS } from '../../tokens/bpe/bpe.ts';
import { tokenBatch, type TextLayout } from './batch.ts';
import { encodeView, type ConvolutionalNetwork, type ViewNetwork } from './encoder.ts';

/** Share of the tokens that are asked for; of these the shares that are masked, and put into another's place. */
const ASKED = 0.15;
const MASKED = 0.8;
const EXCHANGED = 0.1;

/** Where nothing is asked for. */
const NO_ANSWER = -1;

/**
 * Inputs: those of `ViewTokens`; `places` of the tokens that are asked for and the tokens that stood there, `answers`,
 * [asked]. The table of the tokens' vectors tells them too.
 *
 * @param path of the encoder's parameters
 */
export function maskedModel(network: ViewNetwork, path: string): Model {
  return (scope, { tokens, owner, numbers, places, answers }) => {
    const encoder = scope.at(path);
    const { states } = encodeView(encoder, { tokens, owner, numbers }, network);
    const asked = take(states, places);
    // A checkpoint of RoBERTa's may have learned a head with it.
    const logits =
      'transformer' in network
        ? bertMaskedHead(encoder, asked, network.transformer)
        : maskedHead(scope, encoder, asked, network);
    return { loss: crossEntropy(logits, answers, { ignoreIndex: NO_ANSWER }) };
  };
}

/** @param states [asked, width] @returns [asked, vocabulary] */
function maskedHead(
  scope: Scope,
  encoder: Scope,
  states: Tensor,
  { vocabulary, width }: ConvolutionalNetwork,
): Tensor {
  const asked = gelu(linear(scope.at('asked'), states, width));
  const table = embeddingTable(encoder.at('tokens'), vocabulary, width);
  const scores = matmul(layerNorm(scope.at('askedNorm'), asked), table, { transposeB: true });
  return add(scores, scope.parameter('askedBias', [vocabulary], zerosInit));
}

/** Numbers of `places` in a batch are multiples of this, so that a few graphs serve. */
const STEP = 128;

/** What masking must know of a vocabulary. */
export interface MaskTokens {
  /** The token that stands where one is hidden. */
  readonly mask: number;
  /** Tokens below it are special: they are neither asked for nor put into another's place. */
  readonly first: number;
}

/** Of our own vocabularies. */
export const OWN_MASK: MaskTokens = { mask: SPECIAL.mask, first: SPECIALS };

/** A batch in which other tokens are masked each time. @returns the inputs of `maskedModel` */
export function maskedBatch(
  texts: readonly ArrayLike<number>[],
  vocabulary: number,
  random: RandomStream,
  { mask, first }: MaskTokens = OWN_MASK,
  layout?: TextLayout,
): HostTensors {
  const batch = tokenBatch(texts, layout);
  const { data } = batch['tokens'];
  const tokens = data as Int32Array;
  const owner = batch['owner'].data;
  const chosen: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (Number(owner[at]) >= 0 && tokens[at] >= first && random.uniform() < ASKED) chosen.push(at);
  }
  const count = Math.max(1, Math.ceil(chosen.length / STEP)) * STEP;
  const places = new Int32Array(count);
  const answers = new Int32Array(count).fill(NO_ANSWER);
  chosen.forEach((at, i) => {
    places[i] = at;
    answers[i] = tokens[at];
    const way = random.uniform();
    if (way < MASKED) tokens[at] = mask;
    else if (way < MASKED + EXCHANGED) tokens[at] = first + random.below(vocabulary - first);
  });
  return {
    ...batch,
    places: { dtype: 'int32', shape: [count], data: places },
    answers: { dtype: 'int32', shape: [count], data: answers },
  };
}
