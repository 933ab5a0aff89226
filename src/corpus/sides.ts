/** The shards of a data set of many small groups, filled one after the other. */

import { join } from 'node:path';
import { fileHash } from './hash.ts';
import type { Manifest } from './manifest.ts';
import type { Split } from './recipe.ts';
import { ALL_COLUMNS, type FunctionRow } from './row.ts';
import { ShardWriter } from './shard.ts';

/** Rows of a shard: a hundred megabytes, as readers like them. */
const SHARD_ROWS = 250_000;

/** The shards of one side; "train" and "test" at the head of the name is how Hugging Face's `datasets` tells them. */
export class Side {
  private readonly split: Split;
  private readonly folder: string;
  private readonly shards: Manifest['shards'] = [];
  private open: { file: string; writer: ShardWriter<(typeof ALL_COLUMNS)[number]> } | undefined;

  constructor(split: Split, folder: string) {
    this.split = split;
    this.folder = folder;
  }

  async write(row: FunctionRow): Promise<void> {
    if (!this.open) {
      const file = `data/${this.split}-${String(this.shards.length).padStart(5, '0')}.parquet`;
      this.open = { file, writer: new ShardWriter(join(this.folder, file), ALL_COLUMNS) };
    }
    this.open.writer.write(row);
    if (this.open.writer.rows === SHARD_ROWS) await this.close();
  }

  async finish(): Promise<Manifest['shards']> {
    await this.close();
    return this.shards;
  }

  private async close(): Promise<void> {
    if (!this.open) return;
    const { file, writer } = this.open;
    writer.finish();
    const hash = await fileHash(join(this.folder, file));
    this.shards.push({ file, split: this.split, package: null, rows: writer.rows, sha256: hash });
    this.open = undefined;
  }
}
