/** Many programs given to child processes, a few at a time: with progress, and to be stopped by Ctrl-C. */

import { BinscribeError } from '../../error.ts';
import { Progress } from '../progress.ts';
import type { Session } from '../session.ts';
import { Helper } from './helper.ts';

const MB = 1e6;

export interface CrowdOptions<Task, Reply, Row> {
  /** In the order in which they are begun. */
  tasks: readonly Task[];
  /** At a time. */
  jobs: number;
  /** The child's, and its arguments: see `Helper`. */
  script: string;
  args: readonly string[];
  session: Session;
  /** What is under way: `sweep of 12 files`. */
  title: string;
  ask: (helper: Helper<Reply>, task: Task) => Promise<Row>;
  /** Called with each row as soon as it is there; with none once Ctrl-C was pressed. */
  keep: (task: Task, row: Row) => void;
  /** Says how far it came, for who pressed Ctrl-C: `3 of 12 files`. */
  reached: () => string;
}

/** @throws BinscribeError of kind `interrupted` after Ctrl-C */
export async function workThrough<Task extends { size: number }, Reply, Row>({
  tasks,
  jobs,
  script,
  args,
  session,
  title,
  ask,
  keep,
  reached,
}: CrowdOptions<Task, Reply, Row>): Promise<void> {
  const queue = [...tasks];
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt);
  const progress = new Progress(session, title, 'MB');
  const total = queue.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  try {
    await Promise.all(
      Array.from({ length: Math.min(jobs, queue.length) }, async () => {
        const helper = new Helper<Reply>(script, args);
        const stop = (): void => helper.stop();
        interruption.signal.addEventListener('abort', stop);
        try {
          for (let task = queue.shift(); task; task = queue.shift()) {
            const row = await ask(helper, task);
            if (interruption.signal.aborted) return;
            keep(task, row);
            done += task.size;
            progress.update(Math.round(done / MB), Math.round(total / MB));
          }
        } finally {
          helper.stop();
        }
      }),
    );
  } finally {
    progress.end();
    process.off('SIGINT', interrupt);
  }
  if (interruption.signal.aborted) {
    throw new BinscribeError('interrupted', `stopped after ${reached()}`, {
      hint: 'The same command goes on from there.',
    });
  }
}
