/** A downstream task (section 3.2): what an encoder is tuned for, and how it is judged beside what costs nothing. */

import type { Interval } from '../../metrics/bootstrap.ts';
import type { Store } from '../../nn/training/store.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import type { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import type { TextLayout } from '../../models/contrabin/batch.ts';
import { tunedBatch } from '../../models/contrabin/tuning.ts';
import type { HostTensors, Runtime } from '../../nn/runtime.ts';
import type { RandomStream } from '../../nn/random.ts';
import type { CaseItem } from './cases.ts';
import type { NetworkTask, Parameters } from '../networks/experiment.ts';
import type { LabelledTexts } from './labelled-texts.ts';

/** What somebody's answers on the test side are worth. */
export interface Verdict {
  /** The first is what the table goes by. */
  readonly figures: Readonly<Record<string, number>>;
  /** What each test item adds to the first figure, which is their mean: differences are drawn from them in pairs. */
  readonly items: readonly number[];
  /** Of figures that are means over items: 95 %, by the bootstrap over packages or problems. */
  readonly intervals?: Readonly<Record<string, Interval>>;
  /** What was answered, of each test item, where that is a text. */
  readonly told?: readonly string[];
}

/** Where answers are worked out: what takes long is kept, so that it is not done twice. */
export interface JudgingPlace {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly signal: AbortSignal;
  readonly report: (done: number, all: number) => void;
}

export interface Question {
  /** Sizes of the sides and the like. */
  readonly facts: Readonly<Record<string, number>>;
  /** The package or problem of each test item: intervals draw whole ones. */
  readonly clusters: readonly number[];
  /** What case studies tell of each test item, where answers are texts. */
  readonly cases?: readonly CaseItem[];
  /** @param start what the encoder has learned before */
  task(start: Parameters): NetworkTask;
  /** Of the test side, by the best checkpoint. @returns `null` where the signal stopped it; the same call goes on */
  judge(trainer: Trainer, place: JudgingPlace): Promise<Verdict | null>;
  /** What the others are held against comes first. @returns `null` as `judge` */
  baselines(place: JudgingPlace): Promise<Readonly<Record<string, Verdict>> | null>;
}

/** One of them. */
export function drawOne(items: readonly number[], random: RandomStream): number {
  return items[random.below(items.length)];
}

/** Each program in a build that is drawn. */
export function drawnBatch(
  { texts, classes, programs }: LabelledTexts,
  chosen: readonly number[],
  random: RandomStream,
  layout?: TextLayout,
): HostTensors {
  const builds = chosen.map((program) => drawOne(programs[program], random));
  return tunedBatch(
    builds.map((text) => texts.at(text)),
    builds.map((text) => classes[text]),
    layout,
  );
}

/** Texts of like length together, so that batches are of few shapes. The last is filled up with the first texts. */
async function byBatches(
  trainer: Trainer,
  texts: TokenTexts,
  batchSize: number,
  layout: TextLayout | undefined,
  take: (outputs: HostTensors, order: readonly number[]) => void,
): Promise<void> {
  const order = Array.from({ length: texts.length }, (_, i) => i);
  order.sort((a, b) => texts.at(a).length - texts.at(b).length);
  for (let from = 0; from < order.length; from += batchSize) {
    const own = order.slice(from, from + batchSize);
    const chosen = Array.from({ length: batchSize }, (_, i) => own[i] ?? order[i % order.length]);
    const batch = tunedBatch(
      chosen.map((text) => texts.at(text)),
      chosen.map(() => 0),
      layout,
    );
    take(await trainer.evaluate(batch), own);
  }
}

/** Vectors of length 1. [texts, size] */
export async function vectorsOf(
  trainer: Trainer,
  texts: TokenTexts,
  batchSize: number,
  layout?: TextLayout,
): Promise<{ vectors: Float32Array; size: number }> {
  let vectors = new Float32Array();
  let size = 0;
  await byBatches(trainer, texts, batchSize, layout, ({ vector }, order) => {
    size = vector.shape[1];
    if (vectors.length === 0) vectors = new Float32Array(texts.length * size);
    order.forEach((text, i) => {
      vectors.set((vector.data as Float32Array).subarray(i * size, (i + 1) * size), text * size);
    });
  });
  return { vectors, size };
}

/** Of each text the logarithms of the classes' probabilities. */
export async function classesOf(
  trainer: Trainer,
  texts: TokenTexts,
  batchSize: number,
  layout?: TextLayout,
): Promise<Float32Array[]> {
  const told: Float32Array[] = [];
  await byBatches(trainer, texts, batchSize, layout, ({ logits: { data, shape } }, order) => {
    const [, count] = shape;
    order.forEach((text, i) => {
      const logits = (data as Float32Array).slice(i * count, (i + 1) * count);
      const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
      told[text] = logits.map((logit) => logit - most - Math.log(sum));
    });
  });
  return told;
}
