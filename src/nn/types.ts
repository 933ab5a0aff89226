/** Types and shapes of values. */

export type DType = 'float32' | 'int32' | 'int64' | 'bool' | 'uint8' | 'int8';

/** A number, or the name of a size that is known only when the graph runs (inference graphs alone have these). */
export type Dim = number | string;
export type Shape = readonly Dim[];

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** `float32[16, 256]`. */
export function showType(type: TensorType): string {
  return `${type.dtype}[${type.shape.join(', ')}]`;
}
