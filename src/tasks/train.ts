/** `binscribe train`: a recipe and a data set become a run, a model folder with a manifest. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset } from '../corpus/dataset.ts';
import { sha256 } from '../corpus/hash.ts';
import { manifestHash } from '../corpus/manifest.ts';
import { checkReplaceable, type FolderKind, replaceFolder } from '../corpus/replace.ts';
import { writeFirst } from '../models/first-folder.ts';
import type { FirstModelParts } from '../models/first.ts';
import { learnArgumentTable } from '../models/arguments/count.ts';
import { styleVocabulary } from '../models/linear/style.ts';
import { SCHEME } from '../tokens/scheme.ts';
import { VERSION } from '../version.ts';
import { encodeClassifiers } from './classifier-file.ts';
import { heldOutTemperature, type StyleTable, resample, styleTable, trainClassifier } from './classifiers.ts';
import { collectExamples, type StyleExample } from './examples.ts';
import { labelledPrograms } from './labelled.ts';
import { modelCard } from './card.ts';
import { heldOutNames, nameThreshold, trainNames } from './naming.ts';
import { RUN_SCHEMA, type RunManifest } from './run.ts';
import type { TrainingRecipe } from './recipe.ts';

export interface TrainOptions {
  output: string;
  /** Where the model alone goes, without what only judging needs: the folder that ships. */
  exportTo?: string | undefined;
  progress: (step: string, done: number, total: number) => void;
}

const RUN_FOLDER: FolderKind = { name: 'run', marks: ['manifest.json', 'model.json'] };

/**
 * Trains and writes the run folder; the same recipe and data set give the same bytes. A run that is there is
 * replaced once the new one is complete.
 *
 * @throws BinscribeError: `usage` or `unreadable` where a folder cannot be written, before the work begins; what
 *   the reader of data sets throws.
 */
export async function train(
  recipe: TrainingRecipe,
  { output, exportTo, progress }: TrainOptions,
): Promise<RunManifest> {
  const outputs = exportTo === undefined ? [output] : [output, exportTo];
  for (const folder of outputs) checkReplaceable(folder, RUN_FOLDER);
  const dataset = openDataset(recipe.dataset);
  const { classifier, names, floor } = recipe;
  const rows = dataset.manifest.counts.train.rows;
  const examples = await collectExamples(labelledPrograms(dataset, 'train'), floor, (done) =>
    progress('reading functions', done, rows),
  );

  const known = examples.known.build();
  const heldOut = heldOutNames(known, examples.names, names.similarity, (done) =>
    progress('looking up names', done, examples.names.length),
  );
  const nameModel = trainNames(heldOut, names.penalty);

  const bags = examples.styles.map((example) => example.bags);
  const vocabulary = styleVocabulary(bags, classifier.leastFunctions);
  const table = styleTable(examples.styles, vocabulary);
  const steps = 2 + recipe.seeds.length + 1;
  let step = 0;
  const next = (): void => progress('training classifiers', step++, steps);
  next();
  const compiler = calibrated(table, 'compiler', recipe);
  next();
  const optimization = calibrated(table, 'optimization', recipe);
  const parts: Omit<FirstModelParts, 'card'> = {
    floor,
    known,
    names: {
      similarity: names.similarity,
      threshold: nameThreshold(heldOut, nameModel, names.precision),
      linear: nameModel,
    },
    vocabulary,
    compiler,
    optimization,
    arguments: learnArgumentTable(examples.arguments, recipe.arguments.leastFunctions),
  };
  const description = `Names by hash and opcode pairs, compiler and level by logistic regression, arguments by register use; learned from ${examples.packages.join(', ')}.`;
  const model = writeFirst(parts, description, {
    name: recipe.name,
    version: VERSION,
    training: {
      functions: examples.functions,
      'different functions': known.entries,
      packages: dataset.manifest.packages
        .filter(({ split }) => split === 'train')
        .map(({ name, version }) => `${name} ${version}`),
      compilers: dataset.manifest.compilers.map(({ version }) => version),
    },
  });

  const files = new Map(model);
  for (const seed of recipe.seeds) {
    next();
    const chosen = resample(table.vectors.length, seed);
    const trained = {
      compiler: trainClassifier(table, 'compiler', classifier, chosen),
      optimization: trainClassifier(table, 'optimization', classifier, chosen),
    };
    files.set(`seed-${seed}.bin`, encodeClassifiers(vocabulary, trained));
  }
  next();
  files.set('opcodes.bin', trainOpcodeBaseline(examples.styles, recipe));

  const manifest: RunManifest = {
    schema: RUN_SCHEMA,
    tool: `binscribe ${VERSION}`,
    recipe,
    dataset: {
      name: dataset.manifest.name,
      manifest: manifestHash(recipe.dataset),
      shards: Object.fromEntries(dataset.manifest.shards.map((shard) => [shard.file, shard.sha256])),
    },
    files: Object.fromEntries([...files].map(([name, bytes]) => [name, sha256(bytes)])),
    figures: {
      functions: examples.functions,
      entries: known.entries,
      names: known.names.length,
      'held-out name queries': heldOut.length,
      'name threshold': parts.names.threshold,
      'style examples': table.vectors.length,
      'style vocabulary': vocabulary.length,
      'compiler temperature': compiler.temperature,
      'level temperature': optimization.temperature,
      'argument cases': Object.keys(parts.arguments.table).length,
    },
  };
  const texts = {
    'manifest.json': `${JSON.stringify(manifest, null, 1)}\n`,
    'card.md': modelCard(manifest, dataset.manifest, model),
  };
  await writeFolder(output, files, texts);
  if (exportTo !== undefined) await writeFolder(exportTo, model, texts);
  return manifest;
}

function calibrated(table: StyleTable, label: 'compiler' | 'optimization', recipe: TrainingRecipe) {
  const trained = trainClassifier(table, label, recipe.classifier);
  return { ...trained, temperature: heldOutTemperature(table, label, recipe.classifier) };
}

/** The bag of opcodes: what a classifier without pairs, registers, shapes and layout would reach. */
function trainOpcodeBaseline(styles: readonly StyleExample[], recipe: TrainingRecipe): Uint8Array {
  const bags = styles.map((example) => example.bags);
  const scheme = SCHEME.opcode;
  const vocabulary = styleVocabulary(bags, recipe.classifier.leastFunctions).filter(
    (token) => token >>> 24 === scheme,
  );
  const table = styleTable(styles, vocabulary);
  return encodeClassifiers(vocabulary, {
    compiler: trainClassifier(table, 'compiler', recipe.classifier),
    optimization: trainClassifier(table, 'optimization', recipe.classifier),
  });
}

async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  await replaceFolder(folder, RUN_FOLDER, (partial) => {
    for (const [name, content] of [...files, ...Object.entries(texts)]) {
      writeFileSync(join(partial, name), content);
    }
  });
}
