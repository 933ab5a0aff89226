/** Which reports of a folder are finished, and what they were made of. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type CollectionRow, collectionRowSchema } from '../../explain/collection.ts';
import { Journal } from '../journal.ts';
import { JOURNAL, pathHash } from './place.ts';

const HEAD = { schema: 'binscribe.reports-journal/3' };

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
  private readonly journal: Journal<Line>;
  private readonly known: Map<string, Line>;

  /** @throws what `Journal.open` throws */
  constructor(folder: string) {
    this.folder = folder;
    this.journal = Journal.open(join(folder, JOURNAL), HEAD, (line) => lineShape.parse(line));
    this.known = new Map(this.journal.lines.map((line) => [line.id, line]));
  }

  /** What was known of a program at first, where nothing that decides its report has changed and the report is there. */
  find(path: string, key: string): CollectionRow | undefined {
    const line = this.known.get(pathHash(path));
    if (line?.key !== key) return undefined;
    const { report } = line.row;
    if (report === null) return line.row;
    const stat = statSync(join(this.folder, report), { throwIfNoEntry: false });
    return stat?.size === line.bytes ? line.row : undefined;
  }

  /** To be called when the report is in its place. */
  add(path: string, key: string, row: CollectionRow): void {
    const bytes = row.report === null ? 0 : statSync(join(this.folder, row.report)).size;
    this.journal.add({ id: pathHash(path), key, row, bytes });
  }
}
