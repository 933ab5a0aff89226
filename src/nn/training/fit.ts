/**
 * The training loop: epochs, evaluations, checkpoints, early stopping. It can be killed at any instant: what
 * decides how it goes on lies in its last checkpoint, and a resumed run gives the numbers of one never stopped.
 */

import { BinscribeError } from '../../error.ts';
import { Plateau } from '../optimizers/schedules.ts';
import { RandomStream } from '../random.ts';
import type { HostTensors } from '../runtime.ts';
import { epochBatches, type BatchPlan, type PlannedBatch } from './batches.ts';
import { decodeCheckpoint, encodeCheckpoint, type Progress } from './checkpoint.ts';
import { curvesPage } from './curves.ts';
import { TrainingLog, type LogRecord } from './log.ts';
import { scheduleOf } from './from-settings.ts';
import type { TrainingSettings } from './settings.ts';
import type { Store } from './store.ts';
import type { Trainer } from './trainer.ts';

export const LAST_CHECKPOINT = 'last.ckpt';
export const BEST_CHECKPOINT = 'best.ckpt';
export const LOG = 'log.jsonl';
export const CURVES = 'curves.html';

/** What a model is trained on. */
export interface TrainingData {
  readonly count: number;
  /**
   * The inputs of the model for some examples, padded to `length` where the settings have buckets.
   * @param random for what is drawn anew each time: the same for the same step
   */
  batch(examples: readonly number[], length: number | null, random: RandomStream): HostTensors;
  lengthOf?(example: number): number;
}

/** The figures of an evaluation. The first decides which checkpoint is the best. */
export type Evaluate = (trainer: Trainer) => Promise<Readonly<Record<string, number>>>;

export interface FitReport {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly steps: number;
  /** Mean over the epoch so far. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

export interface FitOptions {
  readonly trainer: Trainer;
  readonly data: TrainingData;
  readonly settings: TrainingSettings;
  readonly seed: number;
  readonly store: Store;
  readonly evaluate?: Evaluate;
  /** Whether more of the first metric is better. */
  readonly higherIsBetter?: boolean;
  readonly onProgress?: (report: FitReport) => void;
  /** Aborted: stops after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
}

export interface FitResult {
  readonly step: number;
  readonly best: number | null;
  readonly bestStep: number;
  /** Of the last evaluation, and of the best. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly bestMetrics: Readonly<Record<string, number>>;
  /** False where it was stopped by its signal. */
  readonly finished: boolean;
}

/** Trains, or goes on where the store's last checkpoint ends. */
export async function fit(options: FitOptions): Promise<FitResult> {
  const run = new FitRun(options);
  await run.resume();
  return run.run();
}

const FRESH: Progress = {
  epoch: 0,
  batch: 0,
  lossSum: 0,
  lossCount: 0,
  best: null,
  bestStep: 0,
  waited: 0,
  plateau: null,
  logBytes: 0,
  finished: false,
};

class FitRun {
  private readonly options: FitOptions;
  private readonly plan: BatchPlan;
  private readonly stepsPerEpoch: number;
  private readonly plateau: Plateau | null;
  private readonly settingsKey: string;
  private progress: Progress = FRESH;
  private log = new TrainingLog();
  private metrics: Readonly<Record<string, number>> = {};
  private began = 0;
  private samples = 0;

  constructor(options: FitOptions) {
    const { settings, data, seed } = options;
    this.options = options;
    const lengthOf = data.lengthOf?.bind(data);
    if (settings.buckets && !lengthOf) {
      throw new BinscribeError('usage', 'training.buckets: the data have no lengths');
    }
    this.plan = {
      count: data.count,
      batchSize: settings.batchSize,
      seed,
      ...(settings.buckets && lengthOf ? { buckets: { lengthOf, lengths: settings.buckets } } : {}),
    };
    this.stepsPerEpoch = this.steps(0).length;
    const { name, factor, patience } = settings.schedule;
    const mode = options.higherIsBetter ? 'max' : 'min';
    this.plateau = name === 'plateau' ? new Plateau({ factor, patience, mode }) : null;
    this.settingsKey = JSON.stringify({ settings, seed, count: data.count });
  }

  /** The steps of an epoch: each the batches of which the gradients are averaged. */
  private steps(epoch: number): PlannedBatch[][] {
    const batches = epochBatches(this.plan, epoch);
    const { accumulate } = this.options.settings;
    const steps: PlannedBatch[][] = [];
    for (let i = 0; i < batches.length; i += accumulate) steps.push(batches.slice(i, i + accumulate));
    return steps;
  }

  async resume(): Promise<void> {
    const { store, trainer } = this.options;
    const saved = await store.read(LAST_CHECKPOINT);
    if (!saved) return store.write(LOG, this.log.bytes);
    const { settings, snapshot, progress } = decodeCheckpoint(saved, LAST_CHECKPOINT);
    if (settings !== this.settingsKey) {
      throw new BinscribeError('usage', `${LAST_CHECKPOINT} was made with other settings`, {
        hint: `It has ${settings}. Resume with those, or start in a new folder.`,
      });
    }
    trainer.restore(snapshot);
    this.progress = progress;
    if (this.plateau && progress.plateau) this.plateau.state = progress.plateau;
    const text = new TextDecoder().decode((await store.read(LOG)) ?? new Uint8Array());
    this.log = new TrainingLog(text).truncated(progress.logBytes);
    this.metrics = this.log.records.findLast((record) => record.metrics)?.metrics ?? {};
    await store.write(LOG, this.log.bytes);
  }

  private record(record: LogRecord): Promise<void> {
    return this.options.store.append(LOG, this.log.append(record));
  }

  async run(): Promise<FitResult> {
    const { settings, signal, trainer } = this.options;
    const schedule = scheduleOf(settings, this.stepsPerEpoch * settings.epochs);
    this.began = performance.now();
    while (!this.progress.finished && this.progress.epoch < settings.epochs) {
      const steps = this.steps(this.progress.epoch);
      while (this.progress.batch < steps.length && !this.progress.finished) {
        if (signal?.aborted) {
          await this.save(LAST_CHECKPOINT);
          return this.result(false);
        }
        await this.step(steps[this.progress.batch], schedule(trainer.state.step + 1));
        const last = this.progress.batch === steps.length;
        const { evaluateEvery, checkpointEvery } = settings;
        const due = evaluateEvery === undefined ? last : trainer.state.step % evaluateEvery === 0;
        if (due) await this.evaluate();
        if (due || trainer.state.step % checkpointEvery === 0) await this.save(LAST_CHECKPOINT);
      }
      if (!this.progress.finished) {
        this.progress = {
          ...this.progress,
          epoch: this.progress.epoch + 1,
          batch: 0,
          lossSum: 0,
          lossCount: 0,
        };
      }
    }
    this.progress = { ...this.progress, finished: true };
    await this.save(LAST_CHECKPOINT);
    return this.result(true);
  }

  private result(finished: boolean): FitResult {
    const { best, bestStep } = this.progress;
    const { metrics: bestMetrics = {} } =
      this.log.records.find(({ step, metrics }) => metrics && step === bestStep) ?? {};
    const { step } = this.options.trainer.state;
    return { step, best, bestStep, metrics: this.metrics, bestMetrics, finished };
  }

  private async step(planned: readonly PlannedBatch[], factor: number): Promise<void> {
    const { trainer, data, settings, seed } = this.options;
    const batches = planned.map(({ examples, length }, i) =>
      data.batch(examples, length, new RandomStream(seed, `examples/${i}`, trainer.state.step)),
    );
    const rate = factor * (this.plateau?.state.factor ?? 1);
    const { loss, gradientNorm } = await trainer.step(batches, rate);
    this.samples += planned.reduce((sum, { examples }) => sum + examples.length, 0);
    const { progress } = this;
    this.progress = {
      ...progress,
      batch: progress.batch + 1,
      lossSum: progress.lossSum + loss,
      lossCount: progress.lossCount + 1,
    };
    await this.record({
      step: trainer.state.step,
      epoch: progress.epoch,
      loss,
      learningRate: settings.optimizer.learningRate * rate,
      gradientNorm,
    });
    this.report();
  }

  private async evaluate(): Promise<void> {
    const { trainer, evaluate, settings, higherIsBetter = false } = this.options;
    if (!evaluate) return;
    this.metrics = await evaluate(trainer);
    const { step } = trainer.state;
    await this.record({ step, epoch: this.progress.epoch, metrics: this.metrics });
    const [metric] = Object.values(this.metrics);
    if (metric === undefined) return;
    this.plateau?.observe(metric);
    const { best, waited } = this.progress;
    const better = best === null || (higherIsBetter ? metric > best : metric < best);
    this.progress = better
      ? { ...this.progress, best: metric, bestStep: step, waited: 0 }
      : { ...this.progress, waited: waited + 1 };
    if (better) await this.save(BEST_CHECKPOINT);
    if (settings.patience !== undefined && this.progress.waited >= settings.patience) {
      this.progress = { ...this.progress, finished: true };
    }
  }

  private async save(name: string): Promise<void> {
    const { store, trainer } = this.options;
    const progress = {
      ...this.progress,
      plateau: this.plateau?.state ?? null,
      logBytes: this.log.length,
    };
    const checkpoint = { settings: this.settingsKey, snapshot: trainer.snapshot(), progress };
    await store.write(name, encodeCheckpoint(checkpoint));
    await store.write(CURVES, new TextEncoder().encode(curvesPage(this.log.records)));
  }

  private report(): void {
    const { onProgress, settings, trainer } = this.options;
    if (!onProgress) return;
    const { epoch, lossSum, lossCount } = this.progress;
    const seconds = (performance.now() - this.began) / 1000;
    const samplesPerSecond = this.samples / seconds;
    const steps = this.stepsPerEpoch * settings.epochs;
    const left = (steps - trainer.state.step) * settings.batchSize * settings.accumulate;
    onProgress({
      epoch: epoch + 1,
      epochs: settings.epochs,
      step: trainer.state.step,
      steps,
      loss: lossSum / lossCount,
      metrics: this.metrics,
      samplesPerSecond,
      secondsLeft: left / samplesPerSecond,
    });
  }
}
