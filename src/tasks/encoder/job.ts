/** The training of an encoder from beginning to end, as work for a thread of its own. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset } from '../../corpus/dataset.ts';
import { sha256 } from '../../corpus/hash.ts';
import { BinscribeError } from '../../error.ts';
import { BEST_CHECKPOINT, LOG } from '../../nn/training/fit.ts';
import { gridTable } from '../../nn/training/runs.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import type { Device } from '../../nn/runtime.ts';
import { checkDevice } from '../../runtimes/devices.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import type { Work, WorkContext } from '../../runtimes/background.ts';
import { VERSION } from '../../version.ts';
import { labelledPrograms } from '../labelled.ts';
import { runExperiment, trainingFolder, type ExperimentReport } from '../networks/experiment.ts';
import { lockFolder } from '../networks/lock.ts';
import { NETWORK_MANIFEST, type Begun, type NetworkManifest } from '../networks/run-folder.ts';
import { collectEncoderExamples } from './examples.ts';
import { gridOf } from './recipe.ts';
import { encoderTask } from './task.ts';

export interface EncoderJob {
  readonly begun: Begun;
  /** Folder of the run. */
  readonly output: string;
  readonly device: Device;
}

export type EncoderReport =
  | { readonly stage: 'reading'; readonly done: number; readonly total: number }
  | ({ readonly stage: 'training' } & ExperimentReport);

/** @returns what was learned; `null` where it was stopped on the way */
export const work: Work<EncoderJob, EncoderReport, NetworkManifest | null> = async (job, context) => {
  const unlock = await lockFolder(job.output);
  try {
    return await train(job, context);
  } finally {
    unlock();
  }
};

async function train(
  { begun, output, device }: EncoderJob,
  { report, signal }: WorkContext<EncoderReport>,
): Promise<NetworkManifest | null> {
  // Before the functions are read, which takes a minute.
  await checkDevice(device);
  const { recipe } = begun;
  const points = gridOf(recipe);
  const dataset = openDataset(recipe.dataset);
  const packages = dataset.manifest.packages.filter(({ split }) => split === 'train').map(({ name }) => name);
  const strangers = recipe.validation.filter((name) => !packages.includes(name));
  if (strangers.length > 0 || packages.every((name) => recipe.validation.includes(name))) {
    throw new BinscribeError(
      'usage',
      `validation: some of the training packages ${packages.join(', ')} expected, got ${recipe.validation.join(', ')}`,
    );
  }
  const total = dataset.manifest.counts.train.rows;
  const examples = await collectEncoderExamples(labelledPrograms(dataset, 'train'), {
    validation: new Set(recipe.validation),
    floor: recipe.floor,
    longest: Math.max(...points.map(({ settings }) => settings.network.longest)),
    progress: (done) => report({ stage: 'reading', done, total }),
  });
  const rows = await runExperiment({
    runtime: nodeRuntime({ device }),
    points,
    seeds: recipe.seeds,
    taskOf: (settings) => encoderTask(examples, settings),
    storeOf: (folder) => fileStore(join(output, folder)),
    onProgress: (progress) => report({ stage: 'training', ...progress }),
    signal,
  });
  if (!rows) return null;

  const { training, validation, leaks } = examples;
  const files = points.flatMap((_, i) =>
    recipe.seeds.flatMap((seed) =>
      [BEST_CHECKPOINT, LOG].map((name) => `${trainingFolder(i, points.length, seed)}/${name}`),
    ),
  );
  const manifest: NetworkManifest = {
    ...begun,
    tool: `binscribe ${VERSION}`,
    device,
    counts: { training: training.count, validation: validation.count, leaks },
    files: Object.fromEntries(files.map((path) => [path, sha256(readFileSync(join(output, path)))])),
    rows,
  };
  const store = fileStore(output);
  await store.write('table.md', new TextEncoder().encode(gridTable(rows)));
  await store.write(NETWORK_MANIFEST, new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`));
  return manifest;
}
