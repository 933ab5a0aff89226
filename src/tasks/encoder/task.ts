/** The encoder as something to train: its data, its network, and how a checkpoint is judged. */

import { DECISIONS, DECISION_NAMES, encoderModel } from '../../models/encoder/network.ts';
import { accuracy, confusionMatrix, macroF1 } from '../../metrics/classification.ts';
import { bucketOf } from '../../nn/training/batches.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import type { NetworkTask } from '../networks/experiment.ts';
import type { EncoderExamples, ExampleSplit } from './examples.ts';
import type { EncoderRecipe } from './recipe.ts';

export function encoderTask({ training, validation }: ExampleSplit, recipe: EncoderRecipe): NetworkTask {
  const { network, training: settings } = recipe;
  const lengths = settings.buckets ?? [network.longest];
  return {
    model: encoderModel(network),
    settings,
    data: {
      count: training.count,
      lengthOf: (example) => training.lengthOf(example),
      batch: (examples, length) => training.batch(examples, length ?? network.longest),
    },
    evaluate: (trainer) => judge(trainer, validation, lengths, settings.batchSize),
    higherIsBetter: true,
  };
}

/** Means of the three tasks' figures first, since it chooses the checkpoint. */
async function judge(
  trainer: Trainer,
  examples: EncoderExamples,
  lengths: readonly number[],
  batchSize: number,
): Promise<Record<string, number>> {
  const decided = DECISION_NAMES.map(() => new Int32Array(examples.count));
  const buckets = new Map<number, number[]>();
  for (let i = 0; i < examples.count; i++) {
    const length = bucketOf(examples.lengthOf(i), lengths);
    const bucket = buckets.get(length);
    if (bucket) bucket.push(i);
    else buckets.set(length, [i]);
  }
  for (const [length, members] of buckets) {
    for (let i = 0; i < members.length; i += batchSize) {
      // The last batch is filled up with its own first functions, so that one graph serves.
      const chosen = Array.from({ length: batchSize }, (_, k) => members[(i + k) % members.length]);
      const outputs = await trainer.evaluate(examples.batch(chosen, length));
      DECISION_NAMES.forEach((name, d) => {
        const { data } = outputs[`${name}.decided`];
        chosen.forEach((example, k) => (decided[d][example] = Number(data[k])));
      });
    }
  }
  const [compiler, optimization, counts] = DECISION_NAMES.map((name, d) => {
    const truth = Array.from({ length: examples.count }, (_, i) => examples.classOf(i, name));
    return confusionMatrix(truth, decided[d], DECISIONS[name]);
  });
  const figures = {
    'compiler macro-F1': macroF1(compiler, DECISIONS.compiler),
    'level macro-F1': macroF1(optimization, DECISIONS.optimization),
    'arguments accuracy': accuracy(counts, DECISIONS.arguments),
  };
  const values = Object.values(figures);
  return { mean: values.reduce((a, b) => a + b, 0) / values.length, ...figures };
}
