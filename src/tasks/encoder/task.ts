/** The encoder as something to train: its data, its network, and how a checkpoint is judged. */

import {
  DECISIONS,
  DECISION_NAMES,
  reachOf,
  TYPED_ARGUMENTS,
  type Decision,
} from '../../models/encoder/network.ts';
import { encoderModel, NO_TYPE } from '../../models/encoder/training.ts';
import { accuracy, confusionMatrix, macroF1 } from '../../metrics/classification.ts';
import type { RandomStream } from '../../nn/random.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import type { NetworkTask } from '../networks/experiment.ts';
import { exampleBatch, type EncoderExample, type EncoderExamples, type ExampleSplit } from './examples.ts';
import type { EncoderRecipe } from './recipe.ts';
import { recallAmong } from './recall.ts';

/** An example of the training is a function; each time some of its builds are drawn. */
export function encoderTask({ training, validation }: ExampleSplit, recipe: EncoderRecipe): NetworkTask {
  const { network, losses, builds, training: settings } = recipe;
  const gap = reachOf(network);
  return {
    model: encoderModel(network, losses),
    settings,
    data: {
      count: training.builds.length,
      batch: (functions, _, random) =>
        exampleBatch(
          functions.flatMap((one) => drawBuilds(training, one, builds, random)),
          gap,
        ),
    },
    evaluate: (trainer) => judge(trainer, validation, settings.batchSize * builds, gap),
    higherIsBetter: true,
  };
}

/** Different ones as far as there are; a function with fewer has some twice. */
function drawBuilds(
  { examples, builds }: EncoderExamples,
  identity: number,
  count: number,
  random: RandomStream,
): EncoderExample[] {
  const order = random.shuffle([...builds[identity]]);
  return Array.from({ length: count }, (_, i) => examples[order[i % order.length]]);
}

/** What the network says of examples. */
interface Told {
  readonly decided: Readonly<Record<Decision, Int32Array>>;
  /** [examples, TYPED_ARGUMENTS] */
  readonly types: Int32Array;
  readonly vectors: readonly Float32Array[];
}

async function tell(
  trainer: Trainer,
  examples: readonly EncoderExample[],
  batchSize: number,
  gap: number,
): Promise<Told> {
  const { length } = examples;
  const decided = {
    compiler: new Int32Array(length),
    optimization: new Int32Array(length),
    arguments: new Int32Array(length),
  };
  const types = new Int32Array(length * TYPED_ARGUMENTS);
  const vectors: Float32Array[] = [];
  for (let from = 0; from < length; from += batchSize) {
    // The last batch is filled up with the first functions, so that one number of functions serves.
    const chosen = Array.from({ length: batchSize }, (_, k) => examples[(from + k) % length]);
    const outputs = await trainer.evaluate(exampleBatch(chosen, gap));
    const own = Math.min(batchSize, length - from);
    for (const name of DECISION_NAMES) {
      for (let k = 0; k < own; k++) decided[name][from + k] = Number(outputs[`${name}.decided`].data[k]);
    }
    for (let k = 0; k < own * TYPED_ARGUMENTS; k++) {
      types[from * TYPED_ARGUMENTS + k] = Number(outputs['types.decided'].data[k]);
    }
    const { data, shape } = outputs['vector'];
    const size = shape[1];
    for (let k = 0; k < own; k++) vectors.push((data as Float32Array).slice(k * size, (k + 1) * size));
  }
  return { decided, types, vectors };
}

/** The mean of the figures first, since it chooses the checkpoint. */
async function judge(
  trainer: Trainer,
  { examples }: EncoderExamples,
  batchSize: number,
  gap: number,
): Promise<Record<string, number>> {
  const { decided, types, vectors } = await tell(trainer, examples, batchSize, gap);
  const [compiler, optimization, counts] = DECISION_NAMES.map((name) =>
    confusionMatrix(
      examples.map((example) => example[name]),
      decided[name],
      DECISIONS[name],
    ),
  );
  const figures = {
    'compiler macro-F1': macroF1(compiler, DECISIONS.compiler),
    'level macro-F1': macroF1(optimization, DECISIONS.optimization),
    'arguments accuracy': accuracy(counts, DECISIONS.arguments),
    'types accuracy': typeAccuracy(examples, types),
    ...recallAmong(examples, vectors),
  };
  const values = Object.values(figures);
  return { mean: values.reduce((a, b) => a + b, 0) / values.length, ...figures };
}

function typeAccuracy(examples: readonly EncoderExample[], types: Int32Array): number {
  let [right, all] = [0, 0];
  examples.forEach(({ types: truth }, i) => {
    truth.forEach((type, k) => {
      if (type === NO_TYPE) return;
      all++;
      if (types[i * TYPED_ARGUMENTS + k] === type) right++;
    });
  });
  return right / Math.max(1, all);
}
