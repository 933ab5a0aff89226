/** ONNX Runtime's native package: the runtime of the command line. */

import { availableParallelism } from 'node:os';
import * as ort from './onnxruntime.ts';
import type { Device, Runtime } from '../nn/runtime.ts';
import { checkDevice } from './devices.ts';
import { openSession } from './onnx-session.ts';

export interface NodeRuntimeOptions {
  /** Threads of one operation. */
  threads?: number;
  /** What computes; what it has no kernel for, the processor does. */
  device?: Device;
}

/** Its `open` throws a BinscribeError `missing` where the device is not to be had: see `checkDevice`. */
export function nodeRuntime({
  threads = availableParallelism(),
  device = 'cpu',
}: NodeRuntimeOptions = {}): Runtime {
  return {
    name: 'onnxruntime-node',
    async open(model, options) {
      await checkDevice(device);
      return openSession(ort, model, {
        intraOpNumThreads: threads,
        executionProviders: [device],
        inPlace: true,
        ...options,
      });
    },
  };
}
