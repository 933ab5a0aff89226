/** x W + b. */

import { fanIn, zerosInit, type Initializer } from '../initialize.ts';
import { project } from '../ops/matmul.ts';
import { ShapeError } from '../shape-error.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';
import { showType } from '../types.ts';

export interface LinearOptions {
  readonly bias?: boolean;
  /** Of the weight; the bias starts at zero. */
  readonly initializer?: Initializer;
}

/**
 * @param x [..., inputs]
 * @returns [..., outputs]
 */
export function linear(scope: Scope, x: Tensor, outputs: number, options: LinearOptions = {}): Tensor {
  return scope.layer('linear', () => {
    const inputs = x.shape.at(-1);
    if (typeof inputs !== 'number') throw new ShapeError(`the last size of ${showType(x)} must be known`);
    const weight = scope.parameter('weight', [inputs, outputs], options.initializer ?? fanIn);
    const bias = options.bias === false ? null : scope.parameter('bias', [outputs], zerosInit);
    return project(x, weight, bias);
  });
}
