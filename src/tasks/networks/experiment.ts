/** A network trained once for each point of a grid and each seed: what of it is done stays done. */

import { RandomStream } from '../../nn/random.ts';
import { BinscribeError } from '../../error.ts';
import type { HostTensors, Runtime } from '../../nn/runtime.ts';
import { decodeCheckpoint } from '../../nn/training/checkpoint.ts';
import {
  BEST_CHECKPOINT,
  type LAST_CHECKPOINT,
  fit,
  type Evaluate,
  type FitReport,
  type TrainingData,
} from '../../nn/training/fit.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { runGrid, type GridPoint, type GridRow } from '../../nn/training/runs.ts';
import { optimizerOf } from '../../nn/training/from-settings.ts';
import type { TrainingSettings } from '../../nn/training/settings.ts';
import { readJson, type Store } from '../../nn/training/store.ts';
import { Trainer, type TrainerOptions } from '../../nn/training/trainer.ts';

/** Values by the parameters' names. */
export type Parameters = ReadonlyMap<string, Float32Array>;

/** What is to be trained, and how a checkpoint is judged. */
export interface NetworkTask {
  readonly model: Model;
  /** What parameters begin with: those that are not named are drawn; names that the model has not are passed over. */
  readonly start?: Parameters;
  readonly settings: TrainingSettings;
  /** Parameters that learn otherwise than the settings say. */
  readonly groups?: TrainerOptions['groups'];
  readonly data: TrainingData;
  readonly evaluate: Evaluate;
  /** Whether more of the first figure is better. */
  readonly higherIsBetter: boolean;
}

/** Where an experiment stands. */
export interface ExperimentReport extends FitReport {
  /** Trainings that are done, and all of them: `secondsLeft` is for all. */
  readonly training: number;
  readonly trainings: number;
  /** Folder of the training within the run. */
  readonly folder: string;
}

export interface ExperimentOptions<Settings> {
  readonly runtime: Runtime;
  readonly points: readonly GridPoint<Settings>[];
  readonly seeds: readonly number[];
  readonly taskOf: (settings: Settings) => NetworkTask;
  /** @param folder of one training */
  readonly storeOf: (folder: string) => Store;
  readonly onProgress?: (report: ExperimentReport) => void;
  readonly signal?: AbortSignal;
}

/** Of a training that is over: figures at its best checkpoint. */
const RESULT = 'result.json';

/** `seed-1`, or `point-2/seed-1` where there is a grid. */
export function trainingFolder(point: number, points: number, seed: number): string {
  return points === 1 ? `seed-${seed}` : `point-${point + 1}/seed-${seed}`;
}

/** @returns a row for each point; `null` where the signal stopped it */
export async function runExperiment<Settings>(
  options: ExperimentOptions<Settings>,
): Promise<GridRow[] | null> {
  const { points, seeds, storeOf, onProgress, signal } = options;
  const trainings = points.length * seeds.length;
  let training = 0;
  try {
    return await runGrid(points, seeds, async (point, seed) => {
      const folder = trainingFolder(points.indexOf(point), points.length, seed);
      const store = storeOf(folder);
      const { runtime, taskOf } = options;
      const figures = await trainOnce(taskOf(point.settings), {
        runtime,
        seed,
        store,
        onProgress: (report) => {
          const { steps, step } = report;
          // Those to come take about as long as this one, where a grid does not change its size.
          const whole = report.secondsLeft * (steps / Math.max(1, steps - step));
          const secondsLeft = report.secondsLeft + (trainings - training - 1) * whole;
          onProgress?.({ ...report, secondsLeft, training, trainings, folder });
        },
        ...(signal && { signal }),
      });
      if (figures === null) throw STOPPED;
      training++;
      return figures;
    });
  } catch (error) {
    if (signal?.aborted && error === STOPPED) return null;
    throw error;
  }
}

const STOPPED = new Error('stopped');

export interface TrainingOptions {
  readonly runtime: Runtime;
  readonly seed: number;
  readonly store: Store;
  readonly onProgress?: (report: FitReport) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains, goes on where a training was stopped, or finds it done.
 * @returns figures at the best checkpoint; `null` where the signal stopped it
 */
export async function trainOnce(
  task: NetworkTask,
  { runtime, seed, store, onProgress, signal }: TrainingOptions,
): Promise<Record<string, number> | null> {
  const known = await figuresIn(store);
  if (known) return known;
  const { model, settings, groups = [], data, evaluate, higherIsBetter, start } = task;
  const { clipNorm } = settings;
  const trainer = await Trainer.create(
    {
      runtime,
      model,
      optimizer: optimizerOf(settings),
      groups,
      seed,
      ...(clipNorm === undefined ? {} : { clipNorm }),
    },
    sampleOf(data, settings, seed),
  );
  try {
    if (start) assign(trainer, start);
    const result = await fit({
      trainer,
      data,
      settings,
      seed,
      store,
      evaluate,
      higherIsBetter,
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    });
    if (!result.finished) return null;
    const figures = { ...result.bestMetrics, 'best step': result.bestStep };
    await store.write(RESULT, new TextEncoder().encode(`${JSON.stringify(figures)}\n`));
    return figures;
  } finally {
    await trainer.close();
  }
}

/** Of a training that is over; `null` of another. */
export function figuresIn(store: Store): Promise<Record<string, number> | null> {
  return readJson(store, RESULT);
}

function assign(trainer: Trainer, values: Parameters): void {
  for (const name of trainer.parameters().keys()) {
    const own = values.get(name);
    if (own) trainer.assign(name, own);
  }
}

type Checkpoint = typeof BEST_CHECKPOINT | typeof LAST_CHECKPOINT;

/**
 * The parameters at a checkpoint of a training that is over.
 * @throws BinscribeError `missing` where there is none
 */
export function learned(
  runtime: Runtime,
  task: NetworkTask,
  store: Store,
  checkpoint: Checkpoint = BEST_CHECKPOINT,
): Promise<Map<string, Float32Array>> {
  const valuesOf = (trainer: Trainer) =>
    Promise.resolve(new Map([...trainer.parameters()].map(([name, { data }]) => [name, data])));
  return withLearned(runtime, task, store, valuesOf, checkpoint);
}

/**
 * Uses a network as it was at a checkpoint, by default its best.
 * @throws BinscribeError `missing` where there is none
 */
export async function withLearned<Result>(
  runtime: Runtime,
  { model, settings, groups = [], data }: NetworkTask,
  store: Store,
  use: (trainer: Trainer) => Promise<Result>,
  name: Checkpoint = BEST_CHECKPOINT,
): Promise<Result> {
  const checkpoint = await store.read(name);
  if (!checkpoint) throw new BinscribeError('missing', `${name}: the training has none`);
  // A seed decides where parameters start; these come from the checkpoint.
  const sample = sampleOf(data, settings, 0);
  const trainer = await Trainer.create(
    { runtime, model, optimizer: optimizerOf(settings), groups, seed: 0 },
    sample,
  );
  try {
    trainer.restore(decodeCheckpoint(checkpoint, name).snapshot);
    return await use(trainer);
  } finally {
    await trainer.close();
  }
}

/** A batch from which the parameters become known. */
function sampleOf(data: TrainingData, { buckets }: TrainingSettings, seed: number): HostTensors {
  return data.batch([0], buckets?.[0] ?? null, new RandomStream(seed, 'sample', 0));
}
