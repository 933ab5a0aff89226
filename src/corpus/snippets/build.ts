/** Data sets of snippets: batches are settled and compiled by a few workers as the collection is read, then put together. */

import { availableParallelism } from 'node:os';
import type { BuildOptions } from '../build-options.ts';
import { clearAbandonedCompilers } from '../fragments/sandbox-compiler.ts';
import type { Manifest } from '../manifest.ts';
import type { SnippetsRecipe } from '../recipe.ts';
import { openSandbox } from '../sandbox.ts';
import { findCompiler } from '../toolchain.ts';
import { inParallel } from '../work.ts';
import { Workplace } from '../workplace.ts';
import { assembleSnippets, SnippetCounts, type DoneBatch } from './assemble.ts';
import { BATCH_SIZE, cutBatches } from './batch.ts';
import { doBatch } from './work.ts';
import { openCollection } from './sources.ts';
import type { SnippetContext } from './unit.ts';

/** As `buildCorpus`. Memory is that of a batch a worker, and of some hundred bytes a batch. */
export async function buildSnippets(recipe: SnippetsRecipe, options: BuildOptions): Promise<Manifest> {
  const { signal, onProgress } = options;
  const place = new Workplace(options.workDir);
  const collection = openCollection(recipe.source, options.input, { place, signal });
  const sandbox = openSandbox(options.unsafeNoSandbox);
  const compilers = recipe.compilers.map(findCompiler);
  place.open();
  clearAbandonedCompilers();
  const { ir = false, lifted = false } = recipe;
  const context: SnippetContext = { place, sandbox, compilers, ir, lifted, signal };
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
  // The generator answers those who ask one after the other.
  const queue = cutBatches(collection.snippets(), recipe, options.batchSize ?? BATCH_SIZE);
  await inParallel(queue, options.jobs ?? availableParallelism(), async (batch) => {
    const { units, rejected } = await doBatch(batch, recipe.levels, context);
    counts.add(batch, rejected);
    batches[batch.number] = units;
    report(batch.snippets[0].id);
  });
  report('write the data set');
  return assembleSnippets({ recipe, collection, inputs, context, counts, batches }, options.out);
}
