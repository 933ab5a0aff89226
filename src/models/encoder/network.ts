/**
 * The function encoder: a transformer over a function's instructions, and heads that tell compiler, level and number
 * of arguments from what it makes of them.
 */

import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { embedding } from '../../nn/layers/embedding.ts';
import { linear } from '../../nn/layers/linear.ts';
import { paddingBias } from '../../nn/layers/masks.ts';
import { layerNorm } from '../../nn/layers/normalization.ts';
import { maskedMax, maskedMean } from '../../nn/layers/pooling.ts';
import { learnedPositions } from '../../nn/layers/positions.ts';
import { transformerEncoder } from '../../nn/layers/transformer.ts';
import { normal } from '../../nn/initialize.ts';
import { sum } from '../../nn/ops/broadcast.ts';
import { addN } from '../../nn/ops/elementwise.ts';
import { concat } from '../../nn/ops/layout.ts';
import { argmax } from '../../nn/ops/reduce.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { FIELD_VALUES } from '../../tokens/fields.ts';

export interface EncoderNetwork {
  /** Of an instruction's vector. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width of the inner layer of each block. */
  readonly inner: number;
  readonly dropout: number;
  /** Instructions of a function that are looked at. */
  readonly longest: number;
}

/** Arguments from which on a function just has many: the System V convention passes six in registers. */
export const MOST_ARGUMENTS = 8;

/** What is decided of a function, with the number of classes. */
export const DECISIONS = { compiler: 2, optimization: 4, arguments: MOST_ARGUMENTS + 1 } as const;

export type Decision = keyof typeof DECISIONS;
export const DECISION_NAMES = Object.keys(DECISIONS) as Decision[];

/** A sum of vectors of all fields, about as long as one of them. */
const FIELD_DEVIATION = 0.1;

/**
 * @param fields numbers of `tokens/fields.ts`: [batch, length, fields]
 * @param present [batch, length], 1 for an instruction and 0 for padding
 * @returns [batch, 2 width]: the mean and the largest of each feature
 */
export function encodeFunction(
  scope: Scope,
  fields: Tensor,
  present: Tensor,
  { longest, width, ...block }: EncoderNetwork,
): Tensor {
  const vectors = embedding(scope.at('fields'), fields, FIELD_VALUES, width, {
    initializer: normal(FIELD_DEVIATION),
  });
  const placed = learnedPositions(scope.at('positions'), sum(vectors, 2), { maximum: longest });
  const x = scope.dropout(layerNorm(scope.at('norm'), placed), block.dropout);
  const states = transformerEncoder(
    scope.at('blocks'),
    x,
    { ...block, norm: 'before' },
    paddingBias(present),
  );
  return concat([maskedMean(states, present), maskedMax(states, present)], 1);
}

/** The network with its losses: inputs are `fields`, `present` and a whole number for each decision. */
export function encoderModel(network: EncoderNetwork): Model {
  return (scope, inputs) => {
    const code = encodeFunction(scope.at('encoder'), inputs['fields'], inputs['present'], network);
    const features = scope.dropout(code, network.dropout);
    const logits = DECISION_NAMES.map((name) => linear(scope.at(name), features, DECISIONS[name]));
    const losses = DECISION_NAMES.map((name, i) => crossEntropy(logits[i], inputs[name]));
    const decided = DECISION_NAMES.map((name, i) => [`${name}.decided`, argmax(logits[i])] as const);
    return { loss: addN(losses), ...Object.fromEntries(decided) };
  };
}
