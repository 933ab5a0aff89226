/** A process that builds a data set of a dump, so that it can be killed; it tells how far it is, when, and what it took. */

import { readFileSync } from 'node:fs';
import { buildCorpus, readRecipe } from '../../src/corpus/index.ts';

export interface BuildOrder {
  readonly recipe: string;
  readonly input: string;
  readonly workDir: string;
  readonly out: string;
  readonly batchSize: number;
}

/** Snippets done, by the clock in milliseconds, and seconds of a processor so far, those of compilers included. */
export interface BuildMessage {
  readonly done: number;
  readonly at: number;
  readonly processor: number;
}

/** Of `/proc/self/stat`, behind the name in brackets: time of this process and of those that it has waited for, in user and system. */
const TIMES = { first: 11, end: 15 };
/** Of a second: the same on all machines that Linux runs on today (sysconf(_SC_CLK_TCK)). */
const TICKS = 100;

function processorSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(TIMES.first, TIMES.end).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

const { recipe, ...options } = JSON.parse(process.argv[2]) as BuildOrder;
await buildCorpus(readRecipe(recipe), {
  ...options,
  onProgress: ({ done }) => {
    process.send?.({ done, at: performance.now(), processor: processorSeconds() } satisfies BuildMessage);
  },
});
process.disconnect();
