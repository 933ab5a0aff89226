/** A collection cut into batches: the unit of work. A batch is known by its contents, wherever and whenever it is made. */

import { contentKey, fraction } from '../hash.ts';
import { sideOf, type SnippetsRecipe, type Split } from '../recipe.ts';
import type { Snippet } from './snippet.ts';

/** Snippets of a batch: enough that a sandbox and a shard a batch cost nothing beside compiling. */
export const BATCH_SIZE = 200;

export interface PlacedSnippet extends Snippet {
  split: Split;
}

export interface Batch {
  /** In the collection's order. */
  number: number;
  key: string;
  snippets: PlacedSnippet[];
}

/** The recipe's sample of a collection, each snippet with its side of the split. */
export async function* cutBatches(
  snippets: AsyncIterable<Snippet>,
  { sample = 1, testShare = 0 }: Pick<SnippetsRecipe, 'sample' | 'testShare'>,
  size: number,
): AsyncGenerator<Batch, void> {
  let number = 0;
  let batch: PlacedSnippet[] = [];
  const close = (): Batch => {
    const done = { number: number++, key: contentKey(JSON.stringify(batch)), snippets: batch };
    batch = [];
    return done;
  };
  for await (const snippet of snippets) {
    if (sample < 1 && fraction(`sample ${snippet.id}`) >= sample) continue;
    const split = snippet.split ?? sideOf(snippet.group, testShare);
    batch.push({ ...snippet, split });
    if (batch.length === size) yield close();
  }
  if (batch.length > 0) yield close();
}
