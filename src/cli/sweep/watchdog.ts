/** A child process that does not outlive its parent. */

import { Worker } from 'node:worker_threads';

/** Looks once a second whether the process that asks is still there, also while this one is in an endless loop. */
const WATCHDOG = `
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 1000);
`;

/** Ends this process when its parent has ended, whatever it is busy with. */
export function leaveWithParent(): void {
  new Worker(WATCHDOG, { eval: true }).unref();
  process.on('disconnect', () => process.exit());
}
