/**
 * Work in a thread of its own: ONNX Runtime computes in the thread that calls it, and whoever waits there can
 * neither show progress nor hear a Ctrl-C.
 */

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BinscribeError, type ErrorKind } from '../error.ts';

/** What the work may use beside its argument. */
export interface WorkContext<Report> {
  /** Reports are copied as `structuredClone` does. */
  readonly report: (report: Report) => void;
  /** Aborted when the caller wants it to end; how soon is the work's affair. */
  readonly signal: AbortSignal;
}

/** What a module must export under the name `work`. Argument, reports and result are copied between threads. */
export type Work<Argument, Report, Result> = (
  argument: Argument,
  context: WorkContext<Report>,
) => Promise<Result>;

export interface BackgroundOptions<Report> {
  readonly onReport?: (report: Report) => void;
  readonly signal?: AbortSignal;
}

/** What the thread sends. */
export type WorkMessage =
  | { kind: 'report'; value: unknown }
  | { kind: 'result'; value: unknown }
  | { kind: 'error'; error: { kind: ErrorKind; message: string; hint: string | undefined } };

/**
 * Runs the `work` of a module in a thread.
 *
 * ```ts
 * const url = new URL('./job.js', import.meta.url);
 * const sum = await inBackground<string, number>(url, [1, 2], { onReport: console.error });
 * ```
 *
 * @param module a module that Node can load as it is: JavaScript, once built
 * @param argument what its `work` expects
 * @throws BinscribeError what the work throws; `internal` for anything else, and where the thread dies
 */
export async function inBackground<Report, Result>(
  module: URL,
  argument: unknown,
  { onReport, signal }: BackgroundOptions<Report> = {},
): Promise<Result> {
  const script = new URL(`./background-thread${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(script, { workerData: { module: module.href, argument } });
  const abort = (): void => worker.postMessage('abort');
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: WorkMessage) => {
        if (message.kind === 'report') onReport?.(message.value as Report);
        else if (message.kind === 'result') resolve(message.value as Result);
        else {
          const { kind, message: text, hint } = message.error;
          reject(new BinscribeError(kind, text, hint === undefined ? {} : { hint }));
        }
      });
      worker.once('error', (error) =>
        reject(
          new BinscribeError('internal', `a thread failed: ${error.stack ?? error.message}`, {
            cause: error,
          }),
        ),
      );
      worker.once('exit', (code) =>
        reject(new BinscribeError('internal', `a thread ended with code ${code} and no result`)),
      );
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort);
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
