/** Threads of Node for the training of embeddings. */

import { setFlagsFromString } from 'node:v8';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threads } from '../nn/embeddings/threads.ts';

/** All that a thread does; the rest is in the module. As text it needs no file, whatever bundles or compiles us. */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { module, memory, thread } = workerData;
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  parentPort.on('message', () => {
    exports.run(thread);
    parentPort.postMessage('done');
  });
`;

/** Node 20 has relaxed SIMD behind a flag, which may be set until the first module is compiled. */
export function enableRelaxedSimd(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}

export function nodeThreads(count = availableParallelism()): Threads {
  return {
    count,
    async start({ module, memory }) {
      const workers = Array.from(
        { length: count },
        (_, thread) => new Worker(THREAD, { eval: true, workerData: { module, memory, thread } }),
      );
      // A thread that dies, for want of memory say, must not leave the others' `run` waiting for ever.
      const failed = Promise.race(
        workers.map((worker) => new Promise<never>((_, reject) => worker.once('error', reject))),
      );
      failed.catch(() => undefined);
      return {
        async run() {
          const finished = workers.map(
            (worker) => new Promise<void>((resolve) => worker.once('message', () => resolve())),
          );
          for (const worker of workers) worker.postMessage('run');
          await Promise.race([failed, Promise.all(finished)]);
        },
        async close() {
          await Promise.all(workers.map((worker) => worker.terminate()));
        },
      };
    },
  };
}
