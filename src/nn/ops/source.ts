/** Where values come from: what the caller feeds, what is learned, what is fixed, what is drawn. */

import type { Initializer } from '../initialize.ts';
import { elements } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, noGradient, type Lowering, type Operation, type Tensor } from '../tensor.ts';
import { type DType, type Shape, type TensorType } from '../types.ts';

interface Named extends TensorType {
  readonly name: string;
}

/** What the graph gets from outside under its own name; the compiler declares it. */
function source<A extends Named>(name: string): Operation<A> {
  return {
    name,
    infer: (_, { dtype, shape }) => [{ dtype, shape }],
    lower({ emit, attributes, outputs }) {
      emit.graphInput(outputs[0], attributes);
    },
    gradient: noGradient,
  };
}

export const inputOperation = source<Named>('input');

/** A value that the caller feeds each time. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
  return apply(inputOperation, [], { name, shape, dtype });
}

export interface ParameterAttributes extends Named {
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  readonly initializer: Initializer;
}

export const parameterOperation = source<ParameterAttributes>('parameter');

/** A learned value. `Scope.parameter` makes these, with the path of its layer as name. */
export function parameter(name: string, shape: readonly number[], initializer: Initializer): Tensor {
  return apply(parameterOperation, [], { name, shape, dtype: 'float32', initializer });
}

export interface MaskAttributes extends Named {
  readonly dtype: 'float32';
  readonly shape: readonly number[];
  /** Share of zeros; what is not zero is 1 / (1 - rate). */
  readonly rate: number;
}

export const maskOperation = source<MaskAttributes>('dropoutMask');

/** A mask drawn anew for every step from the stream of its own name. */
export function dropoutMask(name: string, shape: readonly number[], rate: number): Tensor {
  if (!(rate >= 0 && rate < 1)) throw new ShapeError(`dropout rate: 0 <= rate < 1 expected, got ${rate}`);
  return apply(maskOperation, [], { name, shape, dtype: 'float32', rate });
}

export type ConstantData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

interface ConstantAttributes extends TensorType {
  readonly data: ConstantData;
}

function dtypeOf(data: ConstantData): DType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof BigInt64Array) return 'int64';
  return data instanceof Int32Array ? 'int32' : 'uint8';
}

export const constantOperation: Operation<ConstantAttributes> = {
  name: 'constant',
  infer: (_, { dtype, shape, data }) => {
    if (elements(shape) !== data.length) {
      throw new ShapeError(`constant: [${shape.join(', ')}] cannot hold ${data.length} values`);
    }
    return [{ dtype, shape }];
  },
  lower({ emit, attributes, outputs }: Lowering<ConstantAttributes>) {
    emit.initializer(outputs[0], attributes, attributes.data);
  },
  gradient: noGradient,
};

/** A value that is the same in every run. */
export function constant(data: ConstantData, shape: readonly number[]): Tensor {
  return apply(constantOperation, [], { data, shape, dtype: dtypeOf(data) });
}

export function scalar(value: number): Tensor {
  return constant(Float32Array.of(value), []);
}

export const zerosOperation: Operation<{ shape: readonly number[] }> = {
  name: 'zeros',
  infer: (_, { shape }) => [{ dtype: 'float32', shape }],
  /** Written as a rule, not as data: there may be millions. */
  lower({ emit, attributes: { shape }, outputs }) {
    emit.node('Expand', [emit.number(0), emit.integers(shape)], outputs);
  },
  gradient: noGradient,
};

export function zeros(shape: readonly number[]): Tensor {
  return apply(zerosOperation, [], { shape });
}
