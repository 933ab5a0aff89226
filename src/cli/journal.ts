/**
 * What a long run has done so far: a line of JSON for each part, written as soon as it is done, so that a run that
 * was stopped or killed goes on where it was. The first line says what the others belong to.
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
import { BinscribeError, describeError } from '../error.ts';

export class Journal<Line> {
  /** In the order in which they were added, over all runs: of two about the same the later one holds. */
  readonly lines: Line[] = [];
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Begins a journal, or goes on with the one that is there.
   * @param head what decides a line besides its part: lines made with something else do not belong together
   * @param parse checks a line that is read; without it a line is what this version has written
   * @throws BinscribeError: `usage` where it was begun with another head, `corrupt` where a line is none,
   *   `unreadable` where it cannot be read or written
   */
  static open<Line>(
    path: string,
    head: object,
    parse: (line: unknown) => Line = (line) => line as Line,
  ): Journal<Line> {
    const journal = new Journal<Line>(path);
    try {
      mkdirSync(dirname(path), { recursive: true });
      journal.read(JSON.stringify(head), parse);
    } catch (error) {
      if (error instanceof BinscribeError) throw error;
      throw new BinscribeError('unreadable', `${path}: ${describeError(error)}`, { cause: error });
    }
    return journal;
  }

  private read(head: string, parse: (line: unknown) => Line): void {
    const text = existsSync(this.path) ? readFileSync(this.path) : Buffer.alloc(0);
    // Whoever was killed while writing has left half a line.
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      writeFileSync(this.path, `${head}\n`);
      return;
    }
    const [first, ...rest] = text.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    if (first !== head) {
      throw new BinscribeError('usage', `${this.path} was begun as ${first}, and this would be ${head}`, {
        hint: 'Go on with the same command, remove the file to begin again, or name another output.',
      });
    }
    if (end < text.length) truncateSync(this.path, end);
    for (const [index, line] of rest.entries()) {
      try {
        this.lines.push(parse(JSON.parse(line)));
      } catch (error) {
        // The head is line 1.
        throw new BinscribeError('corrupt', `${this.path}, line ${index + 2}: ${describeError(error)}`, {
          hint: 'Remove the file to begin again.',
          cause: error,
        });
      }
    }
  }

  add(line: Line): void {
    this.lines.push(line);
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }

  /** When the result is written, nobody needs it any more. */
  remove(): void {
    rmSync(this.path);
  }
}
