/** Long work that a first Ctrl-C ends well, and a second at once. */

import type { Session } from './session.ts';

/** @param work ends after the step that it is in, once its signal is aborted */
export async function interruptible<Result>(
  session: Session,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    session.stderr.write('stopping after this step; Ctrl-C again to stop at once\n');
    interruption.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
