/**
 * Masked-language pre-training (Devlin et al. 2019, section 3.1): what an encoder starts from before views are compared.
 * An anchor that has learned nothing anchors nothing.
 */

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
import type { Model } from '../../nn/training/gradient-graph.ts';
import { SPECIAL, SPECIALS } from '../../tokens/bpe/bpe.ts';
import { tokenBatch } from './batch.ts';
import { encodeView, type ViewNetwork } from './encoder.ts';

/** Share of the tokens that are asked for; of these the shares that are masked, and put into another's place. */
const ASKED = 0.15;
const MASKED = 0.8;
const EXCHANGED = 0.1;

/** Where nothing is asked for. */
const NO_ANSWER = -1;

/**
 * Inputs: those of `FlatTokens`; `places` of the tokens that are asked for and the tokens that stood there, `answers`,
 * [asked]. The table of the tokens' vectors tells them too.
 *
 * @param path of the encoder's parameters
 */
export function maskedModel(network: ViewNetwork, path: string): Model {
  return (scope, { tokens, owner, numbers, places, answers }) => {
    const encoder = scope.at(path);
    const { states } = encodeView(encoder, { tokens, owner, numbers }, network);
    const { vocabulary, width } = network;
    const asked = gelu(linear(scope.at('asked'), take(states, places), width));
    const table = embeddingTable(encoder.at('tokens'), vocabulary, width);
    const scores = matmul(layerNorm(scope.at('askedNorm'), asked), table, { transposeB: true });
    const logits = add(scores, scope.parameter('askedBias', [vocabulary], zerosInit));
    return { loss: crossEntropy(logits, answers, { ignoreIndex: NO_ANSWER }) };
  };
}

/** Numbers of `places` in a batch are multiples of this, so that a few graphs serve. */
const STEP = 128;

/** A batch in which other tokens are masked each time. @returns the inputs of `maskedModel` */
export function maskedBatch(
  texts: readonly ArrayLike<number>[],
  vocabulary: number,
  random: RandomStream,
): HostTensors {
  const batch = tokenBatch(texts);
  const { data } = batch['tokens'];
  const tokens = data as Int32Array;
  const owner = batch['owner'].data;
  const chosen: number[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (Number(owner[at]) >= 0 && random.uniform() < ASKED) chosen.push(at);
  }
  const count = Math.max(1, Math.ceil(chosen.length / STEP)) * STEP;
  const places = new Int32Array(count);
  const answers = new Int32Array(count).fill(NO_ANSWER);
  chosen.forEach((at, i) => {
    places[i] = at;
    answers[i] = tokens[at];
    const way = random.uniform();
    if (way < MASKED) tokens[at] = SPECIAL.mask;
    else if (way < MASKED + EXCHANGED) tokens[at] = SPECIALS + random.below(vocabulary - SPECIALS);
  });
  return {
    ...batch,
    places: { dtype: 'int32', shape: [count], data: places },
    answers: { dtype: 'int32', shape: [count], data: answers },
  };
}
