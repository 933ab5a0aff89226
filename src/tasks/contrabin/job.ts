/** A study from beginning to end, as work for a process of its own. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Device } from '../../nn/runtime.ts';
import type { Work } from '../../runtimes/background.ts';
import { checkDevice } from '../../runtimes/devices.ts';
import { fileStore } from '../../runtimes/file-store.ts';
import { locked } from '../../runtimes/lock.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import { runStudy, type StudyOptions, type StudyProgress, type StudyReport } from './study.ts';
import type { ContraBinStudy } from './study-shape.ts';

export interface StudyJob {
  readonly study: ContraBinStudy;
  /** Folder of all its trainings. */
  readonly runs: string;
  readonly device: Device;
  readonly only: NonNullable<StudyOptions['only']>;
}

/** Milliseconds. A process whose caller was killed ends after the step that it is in. */
const PATIENCE = 10_000;

/** @returns `null` where it was stopped on the way */
export const work: Work<StudyJob, StudyProgress, StudyReport | null> = async (job, { report, signal }) => {
  const { study, runs, device, only } = job;
  await checkDevice(device);
  mkdirSync(runs, { recursive: true });
  return locked(join(runs, 'lock'), { place: runs, doing: 'trains here', patience: PATIENCE }, () =>
    runStudy(study, {
      runtime: nodeRuntime({ device }),
      storeOf: (folder) => fileStore(join(runs, folder)),
      only,
      report,
      signal,
    }),
  );
};
