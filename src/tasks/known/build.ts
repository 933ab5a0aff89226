/** A recipe of known functions becomes their folder: index, vectors, quotations, a manifest and a card. */

import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dataset, openDataset } from '../../corpus/dataset.ts';
import { sha256 } from '../../corpus/hash.ts';
import { manifestHash } from '../../corpus/manifest.ts';
import { checkReplaceable, type FolderKind, replaceFolder } from '../../corpus/replace.ts';
import { BinscribeError } from '../../error.ts';
import { EncoderModel } from '../../models/encoder/model.ts';
import { loadModel } from '../../models/folder.ts';
import { joinKnown } from '../../models/known/join.ts';
import { writeKnown } from '../../models/known/folder.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { VERSION } from '../../version.ts';
import { labelledPrograms } from '../labelled.ts';
import { knownCard } from './card.ts';
import { learnCompany } from './company.ts';
import { collectKnown } from './collect.ts';
import type { KnownRecipe } from './recipe.ts';

export const KNOWN_RUN_SCHEMA = 1;

/** `manifest.json`: all that decided what is known. */
export interface KnownManifest {
  readonly schema: typeof KNOWN_RUN_SCHEMA;
  readonly tool: string;
  readonly recipe: KnownRecipe;
  readonly dataset: { readonly name: string; readonly manifest: string };
  /** Name, version and hash of the encoder. */
  readonly encoder: string;
  /** SHA-256 of the files. */
  readonly files: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<string, number>>;
}

export const KNOWN_FOLDER: FolderKind = {
  name: 'folder of known functions',
  marks: ['model.json', 'index.bin', 'texts.bin'],
};

/**
 * Writes the folder; the same recipe, encoder and data set give the same bytes. One that is there is replaced.
 * @throws BinscribeError `usage` where the encoder is none, or a package is no training package of the data set
 */
export async function buildKnown(
  recipe: KnownRecipe,
  output: string,
  progress: (step: string, done: number, all: number) => void,
): Promise<KnownManifest> {
  checkReplaceable(output, KNOWN_FOLDER);
  const dataset = openDataset(recipe.dataset);
  checkPackages(dataset, recipe);
  const runtime = nodeRuntime();
  const model = await loadModel((name) => readFile(join(recipe.encoder, name)), recipe.encoder, {
    runtime: () => runtime,
  });
  if (!(model instanceof EncoderModel)) {
    throw new BinscribeError('usage', `${recipe.encoder}: an encoder expected, got ${model.card.id}`);
  }
  const rows = dataset.manifest.counts.train.rows;
  const collected = await collectKnown(labelledPrograms(dataset, 'train'), model, recipe, (functions) =>
    progress('reading functions', functions, rows),
  );
  const { known, vectors, quotations } = collected;
  if (known.entries === 0) {
    throw new BinscribeError(
      'usage',
      `${recipe.dataset}: functions of the recipe's builds expected, got none`,
    );
  }
  const company =
    recipe.company &&
    (await learnCompany(collected, recipe.company, {
      joined: joinKnown(model.knownVectors, { known, vectors }, vectors.length / known.entries),
      names: model.names,
      runtime,
      progress: (programs, all) => progress('looking up functions', programs, all),
    }));
  const packages = dataset.manifest.packages.filter(({ name }) => recipe.packages.includes(name));
  const files = writeKnown(
    { known, vectors, network: model.network, quotations, company },
    `${known.entries} functions of ${packages.map(({ name }) => name).join(', ')}.`,
    {
      name: recipe.name,
      version: VERSION,
      training: {
        encoder: model.card.id,
        packages: packages.map(({ name, version }) => `${name} ${version}`),
        builds: recipe.builds ?? 'all',
      },
    },
  );
  const manifest: KnownManifest = {
    schema: KNOWN_RUN_SCHEMA,
    tool: `binscribe ${VERSION}`,
    recipe,
    dataset: { name: dataset.manifest.name, manifest: manifestHash(recipe.dataset) },
    encoder: model.card.id,
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)])),
    figures: {
      'different functions': known.entries,
      names: known.names.length,
      quotations: quotations.length,
      packages: packages.length,
      ...(company && { 'name threshold': company.threshold }),
    },
  };
  await replaceFolder(output, KNOWN_FOLDER, (partial) => {
    for (const [name, bytes] of files) writeFileSync(join(partial, name), bytes);
    writeFileSync(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
    writeFileSync(join(partial, 'card.md'), knownCard(manifest, dataset.manifest, files));
  });
  return manifest;
}

function checkPackages({ manifest }: Dataset, { packages, quoted }: KnownRecipe): void {
  const training = new Set(
    manifest.packages.filter(({ split }) => split === 'train').map(({ name }) => name),
  );
  const strangers = [...packages, ...quoted].filter((name) => !training.has(name));
  if (strangers.length === 0) return;
  throw new BinscribeError(
    'usage',
    `packages: training packages of ${manifest.name} expected, got ${strangers.join(', ')} besides`,
  );
}
