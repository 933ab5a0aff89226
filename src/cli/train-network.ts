/** The part of `binscribe train` that trains networks: it can be stopped and resumed, and shows how it goes. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset } from '../corpus/dataset.ts';
import { manifestHash } from '../corpus/manifest.ts';
import { BinscribeError } from '../error.ts';
import { inBackground } from '../runtimes/background.ts';
import type { Device } from '../nn/runtime.ts';
import type { EncoderJob, EncoderReport } from '../tasks/encoder/job.ts';
import { gridOf, type EncoderRecipe } from '../tasks/encoder/recipe.ts';
import {
  beginRun,
  NETWORK_MANIFEST,
  NETWORK_RUN_SCHEMA,
  readBegun,
  readNetworkManifest,
  type Begun,
  type NetworkManifest,
} from '../tasks/networks/run-folder.ts';
import { interruptible } from './interruptible.ts';
import { forecast, Progress } from './progress.ts';
import type { Session } from './session.ts';

/** Begins the run of a recipe, or goes on with it where it was stopped. */
export async function trainNetwork(
  session: Session,
  recipe: EncoderRecipe,
  output: string,
  device: Device,
): Promise<NetworkManifest> {
  gridOf(recipe);
  const begun: Begun = { schema: NETWORK_RUN_SCHEMA, recipe, dataset: datasetHash(recipe.dataset) };
  const resumed = await beginRun(output, begun);
  if (resumed) session.stderr.write(`going on with ${output}\n`);
  return run(session, { begun, output, device });
}

/** Goes on with a run; one that is over is left as it is. @throws BinscribeError `missing` where there is none, `usage` where its data set changed */
export function resumeNetwork(session: Session, output: string, device: Device): Promise<NetworkManifest> {
  const begun = readBegun(output);
  const now = datasetHash(begun.recipe.dataset);
  if (now !== begun.dataset) {
    throw new BinscribeError(
      'usage',
      `${begun.recipe.dataset}: not the data set that ${output} began with: expected a manifest of SHA-256 ${begun.dataset}, got ${now}`,
      { hint: 'Make that data set again, or begin a new run.' },
    );
  }
  if (existsSync(join(output, NETWORK_MANIFEST))) return Promise.resolve(readNetworkManifest(output));
  return run(session, { begun, output, device });
}

function datasetHash(folder: string): string {
  // Opening it tells in our words what is wrong with it.
  openDataset(folder);
  return manifestHash(folder);
}

async function run(session: Session, job: EncoderJob): Promise<NetworkManifest> {
  const progress = new NetworkProgress(session);
  try {
    const manifest = await interruptible(session, (signal) =>
      inBackground<EncoderReport, NetworkManifest | null>(
        new URL('../tasks/encoder/job.js', import.meta.url),
        job,
        { onReport: (report) => progress.show(report), signal },
      ),
    );
    if (manifest) return manifest;
  } finally {
    progress.end();
  }
  throw new BinscribeError('interrupted', `stopped; what was learned is in ${job.output}`, {
    hint: `\`binscribe train --resume ${job.output}\` goes on from there.`,
  });
}

class NetworkProgress {
  private readonly session: Session;
  private reading: Progress | undefined;
  private training: Progress | undefined;
  private finishing: Progress | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  show(report: EncoderReport): void {
    if (report.stage === 'reading') {
      this.reading ??= new Progress(this.session, 'reading functions');
      this.reading.update(report.done, report.total);
      return;
    }
    this.reading?.end();
    if (report.stage === 'finishing') {
      this.training?.end();
      this.finishing ??= new Progress(this.session, 'making models');
      this.finishing.update(report.done, report.total);
      return;
    }
    this.training ??= new Progress(this.session, 'training');
    const { folder, training, trainings, epoch, epochs, loss, metrics, samplesPerSecond, secondsLeft } =
      report;
    const [metric] = Object.entries(metrics);
    this.training.say(
      [
        trainings > 1 ? `training ${training + 1} of ${trainings} (${folder})` : 'training',
        `epoch ${epoch} of ${epochs}`,
        `loss ${loss.toFixed(4)}`,
        ...(metric ? [`${metric[0]} ${metric[1].toFixed(4)}`] : []),
        `${Math.round(samplesPerSecond).toLocaleString('en-US')} samples/s`,
        `${forecast(secondsLeft * 1000)} left`,
      ].join(', '),
    );
  }

  end(): void {
    this.reading?.end();
    this.training?.end();
    this.finishing?.end();
  }
}
