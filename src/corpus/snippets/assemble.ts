/** Puts the rows of all batches together into a data set: shards of each side, manifest, card. */

import { BinscribeError } from '../../error.ts';
import { newManifest, writeDataset } from '../assemble.ts';
import type { Cause } from '../fragments/causes.ts';
import { sha256 } from '../hash.ts';
import { HashTable } from '../hash-table.ts';
import type { Manifest, SnippetSummary } from '../manifest.ts';
import { Marker } from '../marks.ts';
import type { SnippetsRecipe, Split } from '../recipe.ts';
import type { FunctionRow } from '../row.ts';
import { readShard } from '../shard.ts';
import { Side } from '../sides.ts';
import type { SourceFile } from '../sources.ts';
import { compareText } from '../text.ts';
import type { Batch } from './batch.ts';
import type { Collection } from './snippet.ts';
import { SNIPPET_COLUMNS, type SnippetContext, type SnippetUnit } from './unit.ts';

type Causes = Partial<Record<Cause, number>>;

/** A batch's units by compiler and level, in the recipe's order. */
export type DoneBatch = readonly SnippetUnit[];

/** What is counted while batches are done, in whatever order. */
export class SnippetCounts {
  readonly items: Record<Split, number> = { train: 0, test: 0 };
  readonly rejected: Causes = {};
  private readonly groups: Record<Split, HashTable> = { train: new HashTable(), test: new HashTable() };

  get failed(): number {
    return Object.values(this.rejected).reduce((sum, count) => sum + count, 0);
  }

  groupsOf(split: Split): number {
    return this.groups[split].size;
  }

  add({ snippets }: Batch, rejected: Causes): void {
    for (const { split, group } of snippets) {
      this.items[split]++;
      this.groups[split].add(sha256(group));
    }
    for (const [cause, count] of Object.entries(rejected) as [Cause, number][]) {
      this.rejected[cause] = (this.rejected[cause] ?? 0) + count;
    }
  }
}

export interface SnippetAssembly {
  recipe: SnippetsRecipe;
  collection: Collection;
  inputs: SourceFile[];
  context: SnippetContext;
  counts: SnippetCounts;
  /** In the collection's order. */
  batches: readonly DoneBatch[];
}

/** @throws BinscribeError of kind `missing` where no snippet gave a row */
export async function assembleSnippets(assembly: SnippetAssembly, out: string): Promise<Manifest> {
  const { batches, counts } = assembly;
  if (batches.every((units) => units.every(({ rows }) => rows === 0))) {
    const [cause] = sorted(counts.rejected)[0] ?? ['there are none'];
    throw new BinscribeError('missing', `no snippet could be compiled: ${cause}`);
  }
  return writeDataset(out, (folder) => writeShards(assembly, folder));
}

async function writeShards(assembly: SnippetAssembly, folder: string): Promise<Manifest> {
  const { recipe, context, batches } = assembly;
  const marker = new Marker();
  for (const { path } of batches.flat()) {
    for await (const row of readShard(path, ['split', 'exact_hash', 'normalized_hash'])) {
      marker.learn(row, row.split);
    }
  }
  const manifest = newManifest(recipe, context.sandbox.isolated, context.compilers, marker);
  const summary = summaryOf(assembly);
  manifest.snippets = summary;
  const sides = { train: new Side('train', folder), test: new Side('test', folder) };
  for (const units of batches) {
    for (const [i, { path }] of units.entries()) {
      for await (const unmarked of readShard(path, SNIPPET_COLUMNS)) {
        const row: FunctionRow = { ...unmarked, ...marker.mark(unmarked) };
        const described = manifest.described[row.split];
        if (row.text !== null) {
          described.rows++;
          if (!row.normalized_duplicate) described.unique++;
        }
        const cell = summary.table[i];
        if (!row.normalized_duplicate) cell.normalizedUnique++;
        if (row.lifted !== null && cell.lifted !== undefined) cell.lifted++;
        await sides[row.split].write(row);
      }
    }
  }
  manifest.shards = [...(await sides.train.finish()), ...(await sides.test.finish())];
  return manifest;
}

function summaryOf({
  recipe,
  collection,
  inputs,
  context,
  counts,
  batches,
}: SnippetAssembly): SnippetSummary {
  const cells = context.compilers.flatMap(({ name }) =>
    recipe.levels.map((optimization) => ({ compiler: name, optimization })),
  );
  return {
    kind: recipe.source.kind,
    inputs,
    sample: recipe.sample ?? 1,
    testShare: recipe.testShare ?? null,
    notes: [...collection.notes],
    items: counts.items,
    groups: { train: counts.groupsOf('train'), test: counts.groupsOf('test') },
    rejected: Object.fromEntries(sorted(counts.rejected)),
    table: cells.map((cell, i) => {
      const failures: Causes = {};
      let [compiled, rows] = [0, 0];
      for (const units of batches) {
        compiled += units[i].compiled;
        rows += units[i].rows;
        for (const [cause, count] of Object.entries(units[i].failures) as [Cause, number][]) {
          failures[cause] = (failures[cause] ?? 0) + count;
        }
      }
      return {
        ...cell,
        compiled,
        failures: Object.fromEntries(sorted(failures)),
        rows,
        normalizedUnique: 0,
        ...(context.lifted && { lifted: 0 }),
      };
    }),
  };
}

/** The most frequent first, whatever the order in which they were met. */
function sorted(causes: Causes): [string, number][] {
  return Object.entries(causes).sort(([a, m], [b, n]) => n - m || compareText(a, b));
}
