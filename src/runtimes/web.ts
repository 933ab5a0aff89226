/**
 * ONNX Runtime's package for pages: the same kernels in WebAssembly. The page brings the package, which has a build
 * for every taste and files of its own to serve.
 *
 * @example
 * import * as ort from 'onnxruntime-web/wasm';
 * const runtime = webRuntime(ort);
 */

import type { Env } from 'onnxruntime-node';
import type { Runtime } from '../nn/runtime.ts';
import { openSession, type OnnxRuntime } from './onnx-session.ts';

export interface WebRuntimeOptions {
  /** Threads of one operation. More than one needs a page that is isolated (COOP and COEP headers). */
  threads?: number;
}

export function webRuntime(
  ort: OnnxRuntime & { readonly env: Env },
  { threads = 1 }: WebRuntimeOptions = {},
): Runtime {
  ort.env.wasm.numThreads = threads;
  return {
    name: 'onnxruntime-web',
    // Memory for results is read and never written (1.30).
    open: (model, options) =>
      openSession(ort, model, { executionProviders: ['wasm'], inPlace: false, ...options }),
  };
}
