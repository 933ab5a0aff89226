/** The encoder with its losses: what `binscribe train` teaches, all answers at once. */

import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { supervisedContrastive } from '../../nn/losses/contrastive.ts';
import { addN, mul } from '../../nn/ops/elementwise.ts';
import { argmax } from '../../nn/ops/reduce.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { DECISION_NAMES, encodeFunctions, encoderHeads, type EncoderNetwork } from './network.ts';

/** Of a parameter that is not there, or of no known type. */
export const NO_TYPE = -1;

export interface EncoderLosses {
  /** Factor of the loss that draws builds of one function together. */
  readonly contrast: number;
  /** What similarities are divided by. */
  readonly temperature: number;
}

/**
 * Inputs: those of `FlatFunctions`; a whole number for each decision, [functions]; `types`, [functions,
 * TYPED_ARGUMENTS]; `identity`, [functions], the same for builds of one function. Outputs: `loss`, what was decided,
 * and the vectors.
 */
export function encoderModel(network: EncoderNetwork, { contrast, temperature }: EncoderLosses): Model {
  return (scope, inputs) => {
    const { fields, owner, rule } = inputs;
    const { features, vector } = encodeFunctions(scope.at('encoder'), { fields, owner, rule }, network);
    const logits = encoderHeads(scope, features);
    const decided = [...DECISION_NAMES, 'types' as const];
    const losses = DECISION_NAMES.map((name) => crossEntropy(logits[name], inputs[name]));
    losses.push(crossEntropy(logits.types, inputs['types'], { ignoreIndex: NO_TYPE }));
    const alike = supervisedContrastive(vector, inputs['identity'], { temperature, normalize: false });
    return {
      loss: addN([...losses, mul(alike, contrast)]),
      vector,
      ...Object.fromEntries(decided.map((name) => [`${name}.decided`, argmax(logits[name])])),
    };
  };
}
