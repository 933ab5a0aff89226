/** What an entry of the reference is: the operation it stands for, and its forward in float64. */

import type { Operation } from '../../../../src/nn/tensor.ts';
import type { NDArray } from '../array.ts';

export interface Reference {
  readonly name: string;
  readonly forward: (inputs: readonly NDArray[], attributes: object) => readonly NDArray[];
}

/** An entry whose attributes have the types of the operation. One array stands for a list of one. */
export function reference<A extends object>(
  operation: Operation<A>,
  forward: (inputs: readonly NDArray[], attributes: A) => NDArray | readonly NDArray[],
): Reference {
  return {
    name: operation.name,
    forward: (inputs, attributes) => [forward(inputs, attributes as A)].flat(),
  };
}
