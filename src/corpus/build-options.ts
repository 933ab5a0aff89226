/** What a build is told and what it tells, whatever it is made of. */

import type { SandboxLimits } from './sandbox.ts';

export interface BuildProgress {
  done: number;
  /** Undefined where a collection is read as it comes. */
  total: number | undefined;
  /** What is counted: builds of packages, snippets, or files of ready programs. */
  unit: 'builds' | 'snippets' | 'files';
  failed: number;
  /** What was just finished, or is begun: `grep gcc-12 O2`. */
  step: string;
  /** Milliseconds left, guessed from the units done in this run; undefined before the first. */
  left: number | undefined;
}

/** How long builds of packages took that were done by this run or one before. */
export interface BuildTimes {
  /** Builds of the data set of which the time is known, and what a worker spent on them. */
  readonly builds: number;
  readonly seconds: number;
  /** Their rows. */
  readonly rows: number;
}

export interface BuildOptions {
  /** Folder of the data set; one that is there is replaced. */
  out: string;
  /** Folder of sources, built programs and rows; it makes the next run resume. */
  workDir: string;
  /** Where the collection or the project of a recipe is, or the relative paths of one of programs. */
  input?: string;
  /** Snippets of a unit, by default 200: less is done again by a run that was killed, more in one sandbox. */
  batchSize?: number;
  /** Units at once. */
  jobs?: number;
  unsafeNoSandbox?: boolean;
  /** Of a package's steps. */
  limits?: Partial<SandboxLimits>;
  onProgress?: (progress: BuildProgress) => void;
  /** Called once, at the end of a build of packages. */
  onTimes?: (times: BuildTimes) => void;
  signal?: AbortSignal;
}
