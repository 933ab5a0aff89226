/**
 * Which reports of a folder are finished, and what they were made of: a line each, written when the report is
 * there. Whoever is killed loses at most the report in progress.
 */

import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BinscribeError, describeError } from '../../error.ts';
import { type CollectionRow, collectionRowSchema } from '../../explain/collection.ts';
import { JOURNAL, pathHash } from './place.ts';

const HEAD = `${JSON.stringify({ schema: 'binscribe.reports-journal/1' })}\n`;

const lineShape = z.strictObject({
  /** The program's path, hashed: in the row it is made printable, and two could look the same. */
  id: z.string(),
  /** Of everything that decides the report: program, tool, model, options. */
  key: z.string(),
  row: collectionRowSchema,
  /** Bytes of the report; 0 where there is none. */
  bytes: z.int().nonnegative(),
});
type Line = z.infer<typeof lineShape>;

export class ReportJournal {
  private readonly folder: string;
  private readonly path: string;
  private readonly lines = new Map<string, Line>();

  /** @throws BinscribeError of kind `corrupt` for a journal that is none, `unreadable` where it cannot be read */
  constructor(folder: string) {
    this.folder = folder;
    this.path = join(folder, JOURNAL);
    try {
      this.read();
    } catch (error) {
      if (error instanceof BinscribeError) throw error;
      throw new BinscribeError('unreadable', `${this.path}: ${describeError(error)}`, { cause: error });
    }
  }

  private read(): void {
    const text = existsSync(this.path) ? readFileSync(this.path) : Buffer.alloc(0);
    // Whoever was killed while writing has left half a line.
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) {
      writeFileSync(this.path, HEAD);
      return;
    }
    if (end < text.length) truncateSync(this.path, end);
    const [head, ...rest] = text.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    try {
      if (`${head}\n` !== HEAD) throw new Error(`${HEAD.trim()} expected in the first line`);
      for (const line of rest) {
        const parsed = lineShape.parse(JSON.parse(line));
        this.lines.set(parsed.id, parsed);
      }
    } catch (error) {
      throw new BinscribeError('corrupt', `${this.path}: no list of reports: ${describeError(error)}`, {
        hint: 'Remove the file, or name another folder, to begin again.',
        cause: error,
      });
    }
  }

  /** What is known of a program, where nothing that decides its report has changed and the report is there. */
  find(path: string, key: string): CollectionRow | undefined {
    const line = this.lines.get(pathHash(path));
    if (line?.key !== key) return undefined;
    const { report } = line.row;
    if (report === null) return line.row;
    const stat = statSync(join(this.folder, report), { throwIfNoEntry: false });
    return stat?.size === line.bytes ? line.row : undefined;
  }

  /** To be called when the report is in its place. */
  add(path: string, key: string, row: CollectionRow): void {
    const bytes = row.report === null ? 0 : statSync(join(this.folder, row.report)).size;
    const line: Line = { id: pathHash(path), key, row, bytes };
    this.lines.set(line.id, line);
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}
