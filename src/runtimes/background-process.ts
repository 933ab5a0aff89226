/** The other side of `background.ts`: loads a module in this process and does its work. */

import { BinscribeError } from '../error.ts';
import type { BackgroundMessage, BackgroundOrder, Work } from './background.ts';

const aborted = new AbortController();

function send(message: BackgroundMessage): void {
  process.send?.(message);
}

async function run(module: string, argument: never): Promise<void> {
  try {
    const { work } = (await import(module)) as { work: Work<never, unknown, unknown> };
    const report = (value: unknown): void => send({ kind: 'report', value });
    send({ kind: 'result', value: await work(argument, { report, signal: aborted.signal }) });
  } catch (error) {
    // Others than ours end the process, with their stack on standard error.
    if (!(error instanceof BinscribeError)) throw error;
    const { kind, message, hint } = error;
    send({ kind: 'error', error: { kind, message, hint } });
  }
}

process.on('message', (order: BackgroundOrder) => {
  if (order.kind === 'abort') aborted.abort();
  else void run(order.module, order.argument as never);
});
// A Ctrl-C in a terminal reaches both; the caller decides what it means.
process.on('SIGINT', () => undefined);
// The caller is gone.
process.on('disconnect', () => process.exit());
