/**
 * What a sweep has done so far: a line for each file, written as soon as it is done, so that a sweep that was
 * stopped or killed goes on where it was. The first line says what the others were made with.
 */

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { BinscribeError, describeError } from '../../error.ts';
import type { SweepRow } from '../../explain/sweep.ts';
import type { Program } from './places.ts';

/** What decides a row besides the file: rows made with something else do not belong into the same table. */
export interface JournalHead {
  schema: 1;
  tool: string;
  model: string;
  jobs: number;
  limit: number;
}

interface Line {
  row: SweepRow;
  changed: number;
}

export class Journal {
  private readonly path: string;
  private readonly lines = new Map<string, Line>();

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Begins a journal, or goes on with the one that is there.
   * @throws BinscribeError: `usage` where it was made with something else, `corrupt` where it is none,
   *   `unreadable` where it cannot be read or written
   */
  static open(path: string, head: JournalHead): Journal {
    const journal = new Journal(path);
    try {
      mkdirSync(dirname(path), { recursive: true });
      if (existsSync(path)) journal.read(head);
      else writeFileSync(path, `${JSON.stringify(head)}\n`);
    } catch (error) {
      if (error instanceof BinscribeError) throw error;
      throw new BinscribeError('unreadable', `${path}: ${describeError(error)}`, { cause: error });
    }
    return journal;
  }

  private read(head: JournalHead): void {
    const text = readFileSync(this.path);
    // Whoever was killed while writing has left half a line.
    const end = text.lastIndexOf('\n') + 1;
    const [first, ...rest] = text.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    if (first === undefined) {
      writeFileSync(this.path, `${JSON.stringify(head)}\n`);
      return;
    }
    if (end < text.length) truncateSync(this.path, end);
    const mine = JSON.stringify(head);
    if (first !== mine) {
      throw new BinscribeError('usage', `${this.path} was begun as ${first}, and this would be ${mine}`, {
        hint: 'Go on with the same command, remove the file to begin again, or name another output.',
      });
    }
    try {
      for (const line of rest) {
        const parsed = JSON.parse(line) as Line;
        this.lines.set(parsed.row.path, parsed);
      }
    } catch (error) {
      throw new BinscribeError('corrupt', `${this.path}: ${describeError(error)}`, {
        hint: 'Remove the file to begin again.',
        cause: error,
      });
    }
  }

  /** The row of a program, where it was done and has not changed since. */
  find({ path, size, changed }: Program): SweepRow | undefined {
    const line = this.lines.get(path);
    return line?.row.size === size && line.changed === changed ? line.row : undefined;
  }

  add(row: SweepRow, { changed }: Program): void {
    const line: Line = { row, changed };
    this.lines.set(row.path, line);
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }

  /** When the result is written, nobody needs it any more. */
  remove(): void {
    rmSync(this.path);
  }
}
