/**
 * The reader of data sets, for training and for judging.
 *
 * ```ts
 * const dataset = openDataset('data/first');
 * for await (const row of dataset.rows(['name', 'code', 'compiler'], { split: 'train' })) use(row.code);
 * ```
 */

import { join } from 'node:path';
import { readManifest, type Manifest } from './manifest.ts';
import type { Split } from './recipe.ts';
import { ALL_COLUMNS, type ColumnName, type FunctionRow } from './row.ts';
import { readShard } from './shard.ts';

export interface RowFilter {
  split?: Split;
}

export interface Dataset {
  manifest: Manifest;
  /**
   * The rows in the data set's order, with the columns asked for: only those are read, a few thousand rows at a
   * time. The order is the same each time.
   * @throws BinscribeError of kind `corrupt` or `unreadable` where a shard is damaged or missing.
   */
  rows(): AsyncIterable<FunctionRow>;
  rows<C extends ColumnName>(columns: readonly C[], filter?: RowFilter): AsyncIterable<Pick<FunctionRow, C>>;
}

/** @throws BinscribeError: `unreadable` where there is no data set, `corrupt` where its manifest is damaged. */
export function openDataset(directory: string): Dataset {
  const manifest = readManifest(directory);
  async function* rows(
    columns: readonly ColumnName[] = ALL_COLUMNS,
    filter: RowFilter = {},
  ): AsyncGenerator<FunctionRow> {
    for (const shard of manifest.shards) {
      // A shard lies on one side as a whole.
      if (filter.split !== undefined && shard.split !== filter.split) continue;
      yield* readShard(join(directory, shard.file), columns) as AsyncGenerator<FunctionRow>;
    }
  }
  return { manifest, rows };
}

export type { ColumnName, FunctionRow, CodeRange } from './row.ts';
export type { Manifest } from './manifest.ts';
