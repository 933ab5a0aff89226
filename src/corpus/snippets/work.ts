/** One batch of snippets by all compilers and levels: the order of the seam in `../work.ts`. */

import type { Cause } from '../fragments/causes.ts';
import type { Level } from '../toolchain.ts';
import type { Batch } from './batch.ts';
import { settleBatch } from './settle.ts';
import { compileBatch, type SnippetContext, type SnippetUnit } from './unit.ts';

export interface BatchWork {
  /** By compiler and level. */
  units: SnippetUnit[];
  /** Snippets that nothing makes a source file of, by cause. */
  rejected: Partial<Record<Cause, number>>;
}

/** @throws BinscribeError of kind `interrupted` */
export async function doBatch(
  batch: Batch,
  levels: readonly Level[],
  context: SnippetContext,
): Promise<BatchWork> {
  const settled = await settleBatch(batch, context);
  const work: BatchWork = { units: [], rejected: {} };
  for (const compiler of context.compilers) {
    for (const level of levels) work.units.push(await compileBatch(batch, settled, compiler, level, context));
  }
  for (const cause of settled) {
    if (typeof cause === 'string') work.rejected[cause] = (work.rejected[cause] ?? 0) + 1;
  }
  return work;
}
