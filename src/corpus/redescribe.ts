/** A data set again with other texts: the same rows in the same order and shards, with the same marks. */

import { join } from 'node:path';
import { writeDataset } from './assemble.ts';
import { fileHash } from './hash.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { ALL_COLUMNS, type FunctionRow, type TextColumn } from './row.ts';
import { readShard, ShardWriter } from './shard.ts';

/** What a row says of its function besides its source. */
export type RowText = Pick<FunctionRow, Exclude<TextColumn, 'source'>>;

export interface Redescription {
  /** Of the data set as it was. */
  directory: string;
  out: string;
  name: string;
  /** What stands in the row instead of its text. */
  textOf: (row: FunctionRow) => RowText;
  /** Called when all rows are written. */
  summary: () => NonNullable<Manifest['machineTexts']>;
  progress: (rows: number, total: number) => void;
}

/** @throws BinscribeError what reading a data set throws, and `checkReplaceable` */
export async function redescribe(of: Redescription): Promise<Manifest> {
  const before = readManifest(of.directory);
  const total = before.shards.reduce((sum, { rows }) => sum + rows, 0);
  return writeDataset(of.out, async (folder) => {
    const described = { train: { rows: 0, unique: 0 }, test: { rows: 0, unique: 0 } };
    const byPackage = new Map<string, number>();
    const shards: Manifest['shards'] = [];
    let done = 0;
    for (const shard of before.shards) {
      const path = join(folder, shard.file);
      const writer = new ShardWriter(path, ALL_COLUMNS);
      for await (const row of readShard(join(of.directory, shard.file), ALL_COLUMNS)) {
        const text = of.textOf(row);
        if (text.text !== null) {
          described[row.split].rows++;
          if (!row.normalized_duplicate) described[row.split].unique++;
          byPackage.set(row.package, (byPackage.get(row.package) ?? 0) + 1);
        }
        writer.write({ ...row, ...text });
        of.progress(++done, total);
      }
      writer.finish();
      shards.push({ ...shard, sha256: await fileHash(path) });
    }
    const { programs } = before;
    const files = programs?.files.map((one) => ({ ...one, described: byPackage.get(one.file) ?? 0 }));
    return {
      ...before,
      name: of.name,
      programs: programs && files ? { ...programs, files } : null,
      shards,
      described,
      machineTexts: of.summary(),
    };
  });
}
