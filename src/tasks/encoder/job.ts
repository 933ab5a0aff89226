/** The training of an encoder from beginning to end, as work for a process of its own. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, openDataset } from '../../corpus/dataset.ts';
import { sha256 } from '../../corpus/hash.ts';
import { BinscribeError } from '../../error.ts';
import { BEST_CHECKPOINT, LOG } from '../../nn/training/fit.ts';
import { gridTable } from '../../nn/training/runs.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import type { Device, Runtime } from '../../nn/runtime.ts';
import { checkDevice } from '../../runtimes/devices.ts';
import { locked } from '../../runtimes/lock.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import type { Work, WorkContext } from '../../runtimes/background.ts';
import { VERSION } from '../../version.ts';
import { labelledPrograms } from '../labelled.ts';
import { learned, runExperiment, trainingFolder, type ExperimentReport } from '../networks/experiment.ts';
import { MODEL_FOLDER, NETWORK_MANIFEST, type Begun, type NetworkManifest } from '../networks/run-folder.ts';
import { encoderCard } from './card.ts';
import { collectEncoderExamples, type ExampleSplit } from './examples.ts';
import { finishEncoder } from './finish.ts';
import { gridOf, type EncoderRecipe } from './recipe.ts';
import { encoderTask } from './task.ts';

export interface EncoderJob {
  readonly begun: Begun;
  /** Folder of the run. */
  readonly output: string;
  readonly device: Device;
}

export type EncoderReport =
  | { readonly stage: 'reading'; readonly done: number; readonly total: number }
  | ({ readonly stage: 'training' } & ExperimentReport)
  /** What was learned becomes a model. */
  | { readonly stage: 'finishing'; readonly folder: string; readonly done: number; readonly total: number };

/** Milliseconds. A process whose caller was killed ends after the step that it is in. */
const PATIENCE = 10_000;

/** @returns what was learned; `null` where it was stopped on the way */
export const work: Work<EncoderJob, EncoderReport, NetworkManifest | null> = (job, context) =>
  locked(join(job.output, 'lock'), { place: job.output, doing: 'trains here', patience: PATIENCE }, () =>
    train(job, context),
  );

async function train(
  { begun, output, device }: EncoderJob,
  { report, signal }: WorkContext<EncoderReport>,
): Promise<NetworkManifest | null> {
  // Before the functions are read, which takes a minute.
  await checkDevice(device);
  const { recipe } = begun;
  const points = gridOf(recipe);
  const dataset = openDataset(recipe.dataset);
  checkValidation(dataset, recipe);
  const total = dataset.manifest.counts.train.rows;
  const examples = await collectEncoderExamples(labelledPrograms(dataset, 'train'), {
    validation: new Set(recipe.validation),
    floor: recipe.floor,
    longest: Math.max(...points.map(({ settings }) => settings.network.longest)),
    progress: (done) => report({ stage: 'reading', done, total }),
  });
  const runtime = nodeRuntime({ device });
  const rows = await runExperiment({
    runtime,
    points,
    seeds: recipe.seeds,
    taskOf: (settings) => encoderTask(examples, settings),
    storeOf: (folder) => fileStore(join(output, folder)),
    onProgress: (progress) => report({ stage: 'training', ...progress }),
    signal,
  });
  if (!rows) return null;

  const folders = points.flatMap((_, i) =>
    recipe.seeds.map((seed) => trainingFolder(i, points.length, seed)),
  );
  const files = folders.flatMap((folder) => [BEST_CHECKPOINT, LOG].map((name) => `${folder}/${name}`));
  // A grid is there to choose by: what was chosen gets a run of its own.
  if (points.length === 1) {
    for (const folder of folders) {
      const model = await makeModel(join(output, folder), recipe, dataset, examples, runtime, (done, all) =>
        report({ stage: 'finishing', folder, done, total: all }),
      );
      files.push(...model.map((name) => `${folder}/${MODEL_FOLDER}/${name}`));
    }
  }
  const { training, validation, leaks } = examples;
  const manifest: NetworkManifest = {
    ...begun,
    tool: `binscribe ${VERSION}`,
    device,
    counts: { training: training.examples.length, validation: validation.examples.length, leaks },
    files: Object.fromEntries(files.map((path) => [path, sha256(readFileSync(join(output, path)))])),
    rows,
  };
  const store = fileStore(output);
  await store.write('table.md', new TextEncoder().encode(gridTable(rows)));
  await store.write(NETWORK_MANIFEST, new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`));
  return manifest;
}

/** @throws BinscribeError `usage` where the validation packages are strangers, or nothing is left to learn from */
function checkValidation({ manifest }: Dataset, { validation }: EncoderRecipe): void {
  const packages = manifest.packages.filter(({ split }) => split === 'train').map(({ name }) => name);
  const strangers = validation.filter((name) => !packages.includes(name));
  if (strangers.length > 0 || packages.every((name) => validation.includes(name))) {
    throw new BinscribeError(
      'usage',
      `validation: some of the training packages ${packages.join(', ')} expected, got ${validation.join(', ')}`,
    );
  }
}

/** Writes the model of a training beside its checkpoints. @returns names of its files */
async function makeModel(
  folder: string,
  recipe: EncoderRecipe,
  { manifest }: Dataset,
  examples: ExampleSplit,
  runtime: Runtime,
  progress: (done: number, total: number) => void,
): Promise<string[]> {
  const packages = manifest.packages.filter(({ split }) => split === 'train');
  const { collected, training, validation } = examples;
  const model = await finishEncoder({
    recipe,
    parameters: await learned(runtime, encoderTask(examples, recipe), fileStore(folder)),
    learned: training,
    collected,
    unseen: validation.examples,
    runtime,
    description: `One network for compiler, level, arguments and their types, names from the nearest known functions; learned from ${packages.map(({ name }) => name).join(', ')}.`,
    origin: {
      name: recipe.name,
      version: VERSION,
      training: {
        functions: training.examples.length,
        'different functions known': collected.known.entries,
        packages: packages.map(({ name, version }) => `${name} ${version}`),
        'packages for choosing and calibrating': recipe.validation,
        compilers: manifest.compilers.map(({ version }) => version),
      },
    },
    progress,
  });
  const { known } = collected;
  const facts = { recipe, source: manifest, functions: training.examples.length, known, files: model };
  const files = new Map([...model, ['card.md', new TextEncoder().encode(encoderCard(facts))]]);
  const store = fileStore(join(folder, MODEL_FOLDER));
  for (const [name, bytes] of files) await store.write(name, bytes);
  return [...files.keys()];
}
