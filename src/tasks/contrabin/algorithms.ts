/**
 * Algorithm classification on POJ-104 (section 4.2): retrieval among the programs of problems that training has not seen,
 * and, as a task of its own, which of the 104 problems a program solves.
 */

import { tunedBatch, tunedModel, type Likeness } from '../../models/contrabin/tuning.ts';
import type { ViewNetwork } from '../../models/contrabin/encoder.ts';
import { accuracy, confusionMatrix } from '../../metrics/classification.ts';
import { retrieveClasses } from '../../metrics/retrieval.ts';
import type { RandomStream } from '../../nn/random.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import type { TrainingSettings } from '../../nn/training/settings.ts';
import type { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import type { NetworkTask } from '../networks/experiment.ts';

/** Programs in all their builds. */
export interface LabelledTexts {
  readonly texts: TokenTexts;
  /** Class of each text. */
  readonly classes: readonly number[];
  /** Texts of each program: its builds. */
  readonly programs: readonly (readonly number[])[];
}

export interface AlgorithmSettings {
  readonly network: ViewNetwork;
  readonly training: TrainingSettings;
  readonly dropout: number;
}

export interface RetrievalSettings extends AlgorithmSettings {
  readonly likeness: Likeness;
  /** Programs of each problem in a batch; `training.batchSize` counts problems. */
  readonly programs: number;
}

/** An example of the training is a problem: each time some of its programs are drawn, in some build each. */
export function retrievalTask(
  training: LabelledTexts,
  validation: LabelledTexts,
  { network, training: settings, dropout, likeness, programs }: RetrievalSettings,
): NetworkTask {
  const ofClass = programsByClass(training);
  return {
    model: tunedModel({ network, classes: ofClass.length, likeness, dropout }),
    settings,
    data: {
      count: ofClass.length,
      batch: (problems, _, random) => {
        const chosen = problems.flatMap((problem) =>
          drawSome(ofClass[problem], programs, random).map((program) =>
            drawOne(training.programs[program], random),
          ),
        );
        return tunedBatch(
          chosen.map((text) => training.texts.at(text)),
          chosen.map((text) => training.classes[text]),
        );
      },
    },
    evaluate: async (trainer) => {
      const { vectors, size } = await vectorsOf(trainer, validation, settings.batchSize * programs);
      return retrievalFigures(vectors, size, validation.classes);
    },
    higherIsBetter: true,
  };
}

/** CodeXGLUE's MAP@R, and beside it the mean of precision over the hits and recall: FIELD.md section 3. */
export function retrievalFigures(
  vectors: Float32Array,
  size: number,
  classes: readonly number[],
): Record<string, number> {
  const found = retrieveClasses(vectors, size, classes).filter((one) => one !== null);
  const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [map, mar] = [
    meanOf(found.map(({ precisionOfHits }) => precisionOfHits)),
    meanOf(found.map(({ recall }) => recall)),
  ];
  return {
    'MAP@R': meanOf(found.map(({ averagePrecision }) => averagePrecision)),
    MAP: map,
    MAR: mar,
    MAF1: (2 * map * mar) / (map + mar),
  };
}

/** An example of the training is a program, each time in some build. */
export function classificationTask(
  training: LabelledTexts,
  validation: LabelledTexts,
  classes: number,
  { network, training: settings, dropout }: AlgorithmSettings,
): NetworkTask {
  return {
    model: tunedModel({ network, classes, dropout }),
    settings,
    data: {
      count: training.programs.length,
      batch: (programs, _, random) => {
        const chosen = programs.map((program) => drawOne(training.programs[program], random));
        return tunedBatch(
          chosen.map((text) => training.texts.at(text)),
          chosen.map((text) => training.classes[text]),
        );
      },
    },
    evaluate: async (trainer) => {
      const told = await decisionsOf(trainer, validation, settings.batchSize);
      return { accuracy: accuracy(confusionMatrix(validation.classes, told, classes), classes) };
    },
    higherIsBetter: true,
  };
}

/** Vectors of length 1. [texts, size] */
export async function vectorsOf(
  trainer: Trainer,
  { texts, classes }: LabelledTexts,
  batchSize: number,
): Promise<{ vectors: Float32Array; size: number }> {
  let vectors = new Float32Array();
  let size = 0;
  await byBatches(trainer, texts, classes, batchSize, ({ vector }, order) => {
    size = vector.shape[1];
    if (vectors.length === 0) vectors = new Float32Array(texts.length * size);
    order.forEach((text, i) => {
      vectors.set((vector.data as Float32Array).subarray(i * size, (i + 1) * size), text * size);
    });
  });
  return { vectors, size };
}

/** The class of the largest logit. */
async function decisionsOf(
  trainer: Trainer,
  { texts, classes }: LabelledTexts,
  batchSize: number,
): Promise<Int32Array> {
  const told = new Int32Array(texts.length);
  await byBatches(trainer, texts, classes, batchSize, ({ logits: { data, shape } }, order) => {
    const [, count] = shape;
    order.forEach((text, i) => {
      for (let k = 1; k < count; k++) if (data[i * count + k] > data[i * count + told[text]]) told[text] = k;
    });
  });
  return told;
}

/** Texts of like length together, so that batches are of few shapes. The last batch is filled up with the first texts. */
async function byBatches(
  trainer: Trainer,
  texts: TokenTexts,
  classes: readonly number[],
  batchSize: number,
  take: (outputs: Awaited<ReturnType<Trainer['evaluate']>>, order: readonly number[]) => void,
): Promise<void> {
  const order = Array.from(classes, (_, i) => i).sort((a, b) => texts.at(a).length - texts.at(b).length);
  for (let from = 0; from < order.length; from += batchSize) {
    const own = order.slice(from, from + batchSize);
    const chosen = Array.from({ length: batchSize }, (_, i) => own[i] ?? order[i % order.length]);
    const batch = tunedBatch(
      chosen.map((text) => texts.at(text)),
      chosen.map(() => 0),
    );
    take(await trainer.evaluate(batch), own);
  }
}

/** Programs of each class. */
function programsByClass({ classes, programs }: LabelledTexts): number[][] {
  const ofClass: number[][] = [];
  programs.forEach(([text], program) => (ofClass[classes[text]] ??= []).push(program));
  return ofClass;
}

function drawOne(items: readonly number[], random: RandomStream): number {
  return items[random.below(items.length)];
}

/** Different ones as far as there are. */
function drawSome(items: readonly number[], count: number, random: RandomStream): number[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, items.length)) chosen.add(drawOne(items, random));
  return [...chosen];
}
