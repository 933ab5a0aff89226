/** What an entry of the reference is: the operation it stands for, and its forward in float64. */

import type { Operation, Tensor } from '../../../../src/nn/tensor.ts';
import type { NDArray } from '../array.ts';

/** Values of a graph within an operation, where those of its placeholders are given. */
export type Evaluate = (
  targets: readonly Tensor[],
  given: ReadonlyMap<Tensor, NDArray>,
) => readonly NDArray[];

export interface Reference {
  readonly name: string;
  readonly forward: (
    inputs: readonly NDArray[],
    attributes: object,
    evaluate: Evaluate,
  ) => readonly NDArray[];
}

/** An entry whose attributes have the types of the operation. One array stands for a list of one. */
export function reference<A extends object>(
  operation: Operation<A>,
  forward: (inputs: readonly NDArray[], attributes: A, evaluate: Evaluate) => NDArray | readonly NDArray[],
): Reference {
  return {
    name: operation.name,
    forward: (inputs, attributes, evaluate) => [forward(inputs, attributes as A, evaluate)].flat(),
  };
}
