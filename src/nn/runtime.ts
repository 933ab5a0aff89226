/** What executes graphs. Implementations live at the edges: `src/runtimes/`. */

import type { DType } from './types.ts';

export type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array | Int8Array;

/** A value in memory. `data` may be a view into a larger buffer. */
export interface HostTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export type HostTensors = Readonly<Record<string, HostTensor>>;

export interface Session {
  /**
   * Executes the graph. Results named in `into` are written there, in place; no buffer may be read and written
   * in one run. Without `into`, the results are new.
   */
  run(feeds: HostTensors, into?: HostTensors): Promise<HostTensors>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /**
   * Whether memory that a run has used stays with the session for the next: a little faster where runs are short, and as
   * much as the largest ever took. By default it does.
   */
  readonly keepsMemory?: boolean;
}

export interface Runtime {
  readonly name: string;
  /** @param model the bytes of an ONNX model */
  open(model: Uint8Array, options?: OpenOptions): Promise<Session>;
}

const ARRAYS = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** The array that holds `count` elements of a type. */
export function allocate(dtype: DType, count: number): TensorData {
  return new ARRAYS[dtype](count);
}

/** What may compute, by the names that ONNX Runtime gives it. */
export const DEVICES = ['cpu', 'webgpu', 'cuda'] as const;

export type Device = (typeof DEVICES)[number];
