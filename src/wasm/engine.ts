/** The JavaScript interface of WebAssembly, as much of it as we use: neither ES2023 nor Node's types declare it. */

import { f32x4, v128 } from './opcodes.ts';
import { ModuleBuilder } from './assembler.ts';

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

interface WasmInterface {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { exports: unknown };
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
}

/** What this engine can do, or `null` where it has no WebAssembly with vectors. */
export function wasmEngine(): { readonly wasm: WasmInterface; readonly relaxed: boolean } | null {
  const wasm = (globalThis as { WebAssembly?: WasmInterface }).WebAssembly;
  if (!wasm?.validate(probe(false))) return null;
  return { wasm, relaxed: wasm.validate(probe(true)) };
}

/** A module that is valid where there are vectors, or relaxed SIMD. */
function probe(relaxed: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder({ pages: 1, shared: false });
  const zero = v128.const(0, 0, 0, 0);
  module.define([], 'v128', () => (relaxed ? f32x4.relaxedMadd(zero, zero, zero) : zero));
  return module.bytes();
}
