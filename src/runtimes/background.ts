/**
 * Work in a process of its own: ONNX Runtime computes in the thread that calls it, and whoever waits there can
 * neither show progress nor hear a Ctrl-C.
 */

import { fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BinscribeError, type ErrorKind } from '../error.ts';

/** What the work may use beside its argument. */
export interface WorkContext<Report> {
  readonly report: (report: Report) => void;
  /** Aborted when the caller wants it to end; how soon is the work's affair. */
  readonly signal: AbortSignal;
}

/** What a module must export under the name `work`. Argument, reports and result are copied as by structuredClone. */
export type Work<Argument, Report, Result> = (
  argument: Argument,
  context: WorkContext<Report>,
) => Promise<Result>;

export interface BackgroundOptions<Report> {
  readonly onReport?: (report: Report) => void;
  readonly signal?: AbortSignal;
}

/** What the process is sent. */
export type BackgroundOrder = { kind: 'work'; module: string; argument: unknown } | { kind: 'abort' };

/** What it sends. */
export type BackgroundMessage =
  | { kind: 'report'; value: unknown }
  | { kind: 'result'; value: unknown }
  | { kind: 'error'; error: { kind: ErrorKind; message: string; hint: string | undefined } };

/**
 * Large blocks of memory in pages of 2 MB instead of 4 KB: products of matrices take 8 % less time, a training step
 * of a transformer 3 % (measured).
 */
export const HUGE_PAGES = 'glibc.malloc.hugetlb=1';

/**
 * What a step gives back stays with the process, up to 8 GiB: the C library hands blocks of more than 32 MB to the system as
 * soon as they are free, which fills the next step's with zeros again. A writer's step over 512 tokens takes an eighth less
 * processor time, and less memory (measured).
 */
const KEPT_MEMORY = `glibc.malloc.mmap_threshold=${2 ** 33}:glibc.malloc.trim_threshold=${2 ** 33}`;

/** The C library reads it when a process begins, which a thread would not do. */
function withTunables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const tunables = [environment['GLIBC_TUNABLES'], HUGE_PAGES, KEPT_MEMORY].filter(Boolean).join(':');
  return { ...environment, GLIBC_TUNABLES: tunables };
}

/**
 * Runs the `work` of a module in a process. If this one ends, however it does, that one ends too.
 *
 * ```ts
 * const url = new URL('./job.js', import.meta.url);
 * const sum = await inBackground<string, number>(url, [1, 2], { onReport: console.error });
 * ```
 *
 * @param module a module that Node can load as it is: JavaScript, once built
 * @param argument what its `work` expects
 * @throws BinscribeError what the work throws; `internal` for anything else, and where the process dies
 */
export async function inBackground<Report, Result>(
  module: URL,
  argument: unknown,
  { onReport, signal }: BackgroundOptions<Report> = {},
): Promise<Result> {
  const script = new URL(`./background-process${extname(import.meta.url)}`, import.meta.url);
  const child = fork(fileURLToPath(script), {
    env: withTunables(process.env),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const send = (order: BackgroundOrder): void => void child.send(order);
  const abort = (): void => send({ kind: 'abort' });
  try {
    return await new Promise((resolve, reject) => {
      child.on('message', (message: BackgroundMessage) => {
        if (message.kind === 'report') onReport?.(message.value as Report);
        else if (message.kind === 'result') resolve(message.value as Result);
        else {
          const { kind, message: text, hint } = message.error;
          reject(new BinscribeError(kind, text, hint === undefined ? {} : { hint }));
        }
      });
      child.once('error', reject);
      child.once('exit', (code, by) =>
        reject(
          new BinscribeError('internal', `the process that did the work ended with ${by ?? `code ${code}`}`, {
            hint:
              by === 'SIGKILL' ? 'The system does that where memory runs out.' : 'What it said stands above.',
          }),
        ),
      );
      send({ kind: 'work', module: module.href, argument });
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort);
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    child.removeAllListeners();
    child.kill('SIGKILL');
  }
}
