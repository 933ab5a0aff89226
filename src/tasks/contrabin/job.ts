/** A study from beginning to end, as work for a process of its own. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../nn/runtime.ts';
import type { Work } from '../../runtimes/background.ts';
import { checkDevice } from '../../runtimes/devices.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { locked } from '../../runtimes/lock.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { runStudy, type StudyOptions, type StudyReport } from './study.ts';
import type { Surroundings, StudyProgress } from './ways.ts';
import type { ContraBinStudy } from './study-shape.ts';

/** Where trainings are, and what computes them. */
export interface TrainingPlace {
  /** Folder of all its trainings. */
  readonly runs: string;
  readonly device: Device;
}

export interface StudyJob extends TrainingPlace {
  readonly study: ContraBinStudy;
  readonly only: NonNullable<StudyOptions['only']>;
}

/** Milliseconds. A process whose caller was killed ends after the step that it is in. */
const PATIENCE = 10_000;

/** Does work that trains in a folder, where no other process does. */
export async function trainingIn<Result>(
  { runs, device }: TrainingPlace,
  work: (options: Pick<Surroundings, 'runtime' | 'storeOf'>) => Promise<Result>,
): Promise<Result> {
  await checkDevice(device);
  mkdirSync(runs, { recursive: true });
  return locked(join(runs, 'lock'), { place: runs, doing: 'trains here', patience: PATIENCE }, () =>
    work({ runtime: nodeRuntime({ device }), storeOf: (folder) => fileStore(join(runs, folder)) }),
  );
}

/** @returns `null` where it was stopped on the way */
export const work: Work<StudyJob, StudyProgress, StudyReport | null> = (job, { report, signal }) =>
  trainingIn(job, (options) => runStudy(job.study, { ...options, only: job.only, report, signal }));
