/** `manifest.json` of a run: what a model was trained on, how, and what came out. */

import { join } from 'node:path';
import { z } from 'zod';
import { readDocument } from '../corpus/document.ts';
import { BinscribeError } from '../error.ts';
import { isNetworkRun } from './networks/run-folder.ts';
import { recipeShape } from './recipe.ts';

export const RUN_SCHEMA = 1;

const runShape = z.strictObject({
  schema: z.literal(RUN_SCHEMA),
  tool: z.string(),
  recipe: recipeShape,
  dataset: z.strictObject({
    name: z.string(),
    /** SHA-256 of the data set's manifest, and of its shards by file. */
    manifest: z.string(),
    shards: z.record(z.string(), z.string()),
  }),
  /** SHA-256 of the run's files. */
  files: z.record(z.string(), z.string()),
  figures: z.record(z.string(), z.number()),
});

export type RunManifest = z.infer<typeof runShape>;

/**
 * @throws BinscribeError: `missing` where there is no run, `corrupt` where its manifest is damaged, `usage` where it is
 *   the run of a network.
 */
export function readRun(folder: string): RunManifest {
  if (isNetworkRun(folder)) {
    throw new BinscribeError(
      'usage',
      `${folder}: a run of the model \`first\` expected, got one of a network`,
      {
        hint: 'Its figures are in table.md and manifest.json, and `binscribe evaluate` judges it.',
      },
    );
  }
  return readDocument(join(folder, 'manifest.json'), {
    shape: runShape,
    name: 'manifest of a run',
    absent: 'missing',
    wrong: 'corrupt',
    hint: '`binscribe train recipes/first.json` makes one.',
  });
}
