/** What ships of an encoder's run: the model of one seed. */

import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FolderKind, replaceFolder } from '../../corpus/replace.ts';
import { BinscribeError } from '../../error.ts';
import { trainingFolder } from '../networks/experiment.ts';
import { MODEL_FOLDER, type NetworkManifest } from '../networks/run-folder.ts';

const MODEL: FolderKind = { name: 'model', marks: ['model.json'] };

/** Place of the seed whose checkpoint did best on the validation packages. */
export function bestSeed({ rows }: NetworkManifest): number {
  const { values } = rows[0].metrics['mean'];
  return values.indexOf(Math.max(...values));
}

/**
 * Copies the model of the best seed; a model that is there is replaced.
 * @throws BinscribeError `usage` where the run is a grid, which has no models, or the folder is something else
 */
export async function exportBest(run: string, manifest: NetworkManifest, to: string): Promise<void> {
  const seed = manifest.recipe.seeds[bestSeed(manifest)];
  const from = join(run, trainingFolder(0, 1, seed), MODEL_FOLDER);
  if (!existsSync(from)) {
    throw new BinscribeError('usage', `${run}: the run of a grid has no models`, {
      hint: 'Train the chosen settings by themselves.',
    });
  }
  await replaceFolder(to, MODEL, (partial) => {
    for (const name of readdirSync(from)) copyFileSync(join(from, name), join(partial, name));
  });
}
