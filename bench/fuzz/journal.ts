/** What a run has done: a line for each range of seeds, written when it is done. Killed, it goes on with the next. */

import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Range, Tally } from './child.ts';

/** A range and what came of it. */
export interface Line extends Range {
  tally: Tally;
  /** Seeds whose mutants the child did not survive, with how it ended. */
  lost: { seed: number; failure: 'crashed' | 'hung'; message: string }[];
}

/** What decides a mutant and what is done with it: lines made with something else do not count together. */
export interface Head {
  seed: number;
  subjects: string;
  tool: string;
}

export class Journal {
  readonly lines: Line[] = [];
  private readonly path: string;

  /** @throws Error where the file was begun with something else */
  constructor(path: string, head: Head) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    const mine = JSON.stringify(head);
    const text = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    // Whoever was killed while writing has left half a line.
    const end = text.lastIndexOf('\n') + 1;
    const [first, ...rest] = text.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    if (first === undefined) {
      writeFileSync(path, `${mine}\n`);
      return;
    }
    if (first !== mine) {
      throw new Error(`${path} was begun as ${first}, and this would be ${mine}: remove it to begin again`);
    }
    if (end < text.length) truncateSync(path, end);
    for (const line of rest) this.lines.push(JSON.parse(line) as Line);
  }

  add(line: Line): void {
    this.lines.push(line);
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}
