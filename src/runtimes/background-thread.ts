/** The other side of `background.ts`: loads a module in this thread and does its work. */

import { parentPort, workerData } from 'node:worker_threads';
import { BinscribeError } from '../error.ts';
import type { Work, WorkMessage } from './background.ts';

const { module, argument } = workerData as { module: string; argument: never };
const send = (message: WorkMessage): void => parentPort?.postMessage(message);

const aborted = new AbortController();
parentPort?.on('message', () => aborted.abort());
try {
  const { work } = (await import(module)) as { work: Work<never, unknown, unknown> };
  const report = (value: unknown): void => send({ kind: 'report', value });
  send({ kind: 'result', value: await work(argument, { report, signal: aborted.signal }) });
} catch (error) {
  // Others than ours lose nothing: the thread dies of them, and the caller is told with the stack.
  if (!(error instanceof BinscribeError)) throw error;
  const { kind, message, hint } = error;
  send({ kind: 'error', error: { kind, message, hint } });
}
