/** What an optimiser is: a rule that a graph applies to every stretch of the parameters alike. */

import type { Tensor } from '../tensor.ts';

/** Numbers of one step, for one group of parameters. */
export interface StepNumbers {
  /** From 1. */
  readonly step: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** What the summed gradients are multiplied with: clipping and the mean over accumulated batches. */
  readonly gradientScale: number;
}

export interface UpdateInputs {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  readonly state: Readonly<Record<string, Tensor>>;
  readonly scalars: Readonly<Record<string, Tensor>>;
}

export interface Optimizer {
  readonly name: string;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Names of what is kept for each parameter; all of it starts at zero. */
  readonly state: readonly string[];
  /** What the rule needs of the step's numbers, worked out on the host. The names are always the same. */
  scalars(numbers: StepNumbers): Readonly<Record<string, number>>;
  update(inputs: UpdateInputs): {
    readonly parameter: Tensor;
    readonly state: Readonly<Record<string, Tensor>>;
  };
}
