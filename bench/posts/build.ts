/** A process that builds a data set of a dump, so that it can be killed; it tells how far it is, and when. */

import { buildCorpus, readRecipe } from '../../src/corpus/index.ts';

export interface BuildOrder {
  readonly recipe: string;
  readonly input: string;
  readonly workDir: string;
  readonly out: string;
  readonly batchSize: number;
}

/** Snippets done, by the clock in milliseconds. */
export interface BuildMessage {
  readonly done: number;
  readonly at: number;
}

const { recipe, ...options } = JSON.parse(process.argv[2]) as BuildOrder;
await buildCorpus(readRecipe(recipe), {
  ...options,
  onProgress: ({ done }) => process.send?.({ done, at: performance.now() } satisfies BuildMessage),
});
process.disconnect();
