/** What an operation writes itself down with. */

import type { Tensor } from '../tensor.ts';
import type { DType, TensorType } from '../types.ts';
import type { AttributeValue, ConstantArray } from './model.ts';

/** A graph within a node: the body of a Scan. */
export interface Body {
  /** Placeholders for what each round gets: made with `input`. */
  readonly arguments: readonly Tensor[];
  /** Placeholders for values of the graph around, and the names that these have there. */
  readonly captured: ReadonlyMap<Tensor, string>;
  readonly results: readonly Tensor[];
}

export interface Emitter {
  /** Whether standard operators alone may be used, so that other tools can read the graph. */
  readonly portable: boolean;
  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    domain?: string,
  ): void;
  /** A name that no other value has. */
  temporary(): string;
  /** A value that comes from outside. */
  graphInput(output: string, type: TensorType): void;
  /** A value kept in the graph. */
  initializer(output: string, type: TensorType, data: ConstantArray): void;
  /** Constants; equal ones are kept once. */
  integers(values: readonly number[]): string;
  integer(value: number): string;
  floats(values: readonly number[]): string;
  number(value: number): string;
  zeros(shape: readonly number[]): string;
  /** TensorProto.DataType. */
  typeCode(dtype: DType): number;
  body(body: Body): AttributeValue;
  /**
   * Writes an operation as a graph of others, in its place.
   * @param placeholders made with `input`, and the names of the values that they stand for
   * @param outputs names for the results
   */
  inline(
    placeholders: ReadonlyMap<Tensor, string>,
    results: readonly Tensor[],
    outputs: readonly string[],
  ): void;
}
