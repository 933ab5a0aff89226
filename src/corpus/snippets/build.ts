/** Data sets of snippets: batches are settled and compiled by a few workers as the collection is read, then put together. */

import { availableParallelism } from 'node:os';
import type { BuildOptions } from '../build-options.ts';
import { clearAbandonedCompilers } from '../fragments/sandbox-compiler.ts';
import type { Manifest } from '../manifest.ts';
import type { SnippetsRecipe } from '../recipe.ts';
import { openSandbox } from '../sandbox.ts';
import { findCompiler } from '../toolchain.ts';
import { Workplace } from '../workplace.ts';
import { assembleSnippets, SnippetCounts, type DoneBatch } from './assemble.ts';
import { BATCH_SIZE, cutBatches, type Batch } from './batch.ts';
import { settleBatch } from './settle.ts';
import { openCollection } from './sources.ts';
import { compileBatch, type SnippetContext, type SnippetUnit } from './unit.ts';

/** As `buildCorpus`. Memory is that of a batch a worker, and of some hundred bytes a batch. */
export async function buildSnippets(recipe: SnippetsRecipe, options: BuildOptions): Promise<Manifest> {
  const { signal, onProgress } = options;
  const place = new Workplace(options.workDir);
  const collection = openCollection(recipe.source, options.input, { place, signal });
  const sandbox = openSandbox(options.unsafeNoSandbox);
  const compilers = recipe.compilers.map(findCompiler);
  place.open();
  clearAbandonedCompilers();
  const context: SnippetContext = { place, sandbox, compilers, ir: recipe.ir ?? false, signal };
  const counts = new SnippetCounts();
  const batches: DoneBatch[] = [];
  const report = (step: string): void =>
    onProgress?.({
      unit: 'snippets',
      done: counts.items.train + counts.items.test,
      total: undefined,
      failed: counts.failed,
      step,
      left: undefined,
    });
  report(`read ${recipe.source.kind}`);
  const inputs = await collection.files();
  // Each worker asks for the next batch when it is free: the generator answers one after the other.
  const queue = cutBatches(collection.snippets(), recipe, options.batchSize ?? BATCH_SIZE);
  const work = async (batch: Batch): Promise<void> => {
    const settled = await settleBatch(batch, context);
    const units: SnippetUnit[] = [];
    for (const compiler of compilers) {
      for (const level of recipe.levels) {
        units.push(await compileBatch(batch, settled, compiler, level, context));
      }
    }
    counts.add(batch, settled);
    batches[batch.number] = units;
    report(batch.snippets[0].id);
  };
  const worker = async (): Promise<void> => {
    for (let next = await queue.next(); !next.done; next = await queue.next()) await work(next.value);
  };
  try {
    await Promise.all(Array.from({ length: options.jobs ?? availableParallelism() }, worker));
  } finally {
    // Where one worker fails the others find nothing more to do.
    await queue.return();
  }
  report('write the data set');
  return assembleSnippets({ recipe, collection, inputs, context, counts, batches }, options.out);
}
