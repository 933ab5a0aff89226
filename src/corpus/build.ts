/**
 * `binscribe corpus build`: from a recipe to a data set. The work is cut into units that are done by a few workers in any
 * order; what is done is kept, so a run that was stopped at any instant goes on where it was, and the data set does not
 * depend on who did what when.
 */

import { BinscribeError } from '../error.ts';
import { DATASET_FOLDER } from './assemble.ts';
import type { BuildOptions } from './build-options.ts';
import type { Manifest } from './manifest.ts';
import { buildPrograms } from './compiled/build.ts';
import { buildPackages, buildProject } from './packages.ts';
import { isOfProject, isOfPrograms, type Recipe } from './recipe.ts';
import { checkReplaceable } from './replace.ts';
import { buildSnippets } from './snippets/build.ts';

/**
 * Builds a data set and returns its manifest. Packages, configurations, snippets and programs that fail are told
 * in it.
 *
 * @throws BinscribeError: `missing` without a sandbox or a compiler of the recipe or where nothing could be
 *   built, `usage` where `out` is another kind of folder or the recipe's collection or project is not named, `interrupted` once
 *   the signal is aborted.
 */
export async function buildCorpus(recipe: Recipe, options: BuildOptions): Promise<Manifest> {
  checkReplaceable(options.out, DATASET_FOLDER);
  if ('source' in recipe) {
    if (isOfPrograms(recipe)) return buildPrograms(recipe, options);
    return isOfProject(recipe) ? buildProject(recipe, options) : buildSnippets(recipe, options);
  }
  if (options.input !== undefined) {
    throw new BinscribeError(
      'usage',
      `the recipe ${recipe.name} is of packages, which are fetched: no --input`,
    );
  }
  return buildPackages(recipe, options);
}
