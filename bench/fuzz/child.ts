/** Reads mutants in a process of its own, a range of seeds for each message: whatever a mutant does, the run goes on. */

import { leaveWithParent } from '../../src/cli/sweep/watchdog.ts';
import { mutantOf, readMutant, type Outcome } from './read.ts';
import { buildSubjects } from './subjects.ts';

export interface Range {
  from: number;
  to: number;
}

/** What came of a range. */
export interface Tally {
  outcomes: Partial<Record<Outcome, number>>;
  /** Of one mutant. */
  slowest: { seed: number; milliseconds: number };
  crashes: { seed: number; message: string }[];
}

leaveWithParent();
const subjects = buildSubjects();

function work({ from, to }: Range): Tally {
  const tally: Tally = { outcomes: {}, slowest: { seed: from, milliseconds: 0 }, crashes: [] };
  for (let seed = from; seed < to; seed++) {
    const { outcome, milliseconds, message } = readMutant(mutantOf(subjects, seed).bytes);
    tally.outcomes[outcome] = (tally.outcomes[outcome] ?? 0) + 1;
    if (milliseconds > tally.slowest.milliseconds) tally.slowest = { seed, milliseconds };
    if (message !== undefined) tally.crashes.push({ seed, message });
  }
  return tally;
}

process.on('message', (message: string) => process.send?.(work(JSON.parse(message) as Range)));
process.send?.('ready');
