/** Training of the compiler's and the level's classifiers, and of their temperatures on packages left out. */

import type { Classifier } from '../models/first.ts';
import { logits, trainLogistic } from '../models/linear/logistic.ts';
import { type SparseVector, stackRows } from '../models/linear/sparse.ts';
import { columnsOf, styleVector } from '../models/linear/style.ts';
import { fitTemperature } from '../models/linear/temperature.ts';
import { Random } from '../random.ts';
import type { StyleExample } from './examples.ts';
import { JUDGED_LEVELS } from './labelled.ts';
import type { TrainingRecipe } from './recipe.ts';

export const LABELS = { compiler: ['gcc', 'clang'], optimization: [...JUDGED_LEVELS] };
export type LabelName = keyof typeof LABELS;
export const LABEL_NAMES = Object.keys(LABELS) as LabelName[];

/** The examples as a classifier sees them. */
export interface StyleTable {
  columns: number;
  vectors: SparseVector[];
  packages: string[];
  classes: Record<LabelName, number[]>;
}

export function styleTable(examples: readonly StyleExample[], vocabulary: Uint32Array): StyleTable {
  const columns = columnsOf(vocabulary);
  const classesOf = (label: LabelName): number[] =>
    examples.map((example) => LABELS[label].indexOf(example[label]));
  return {
    columns: vocabulary.length,
    vectors: examples.map(({ bags }) => styleVector(bags, columns)),
    packages: examples.map((example) => example.package),
    classes: { compiler: classesOf('compiler'), optimization: classesOf('optimization') },
  };
}

type Settings = TrainingRecipe['classifier'];

/** Trains on the given examples; all by default. The temperature is 1. */
export function trainClassifier(
  table: StyleTable,
  label: LabelName,
  settings: Settings,
  chosen: readonly number[] = [...table.vectors.keys()],
): Classifier {
  const labels = LABELS[label];
  const rows = stackRows(
    chosen.map((i) => table.vectors[i]),
    table.columns,
  );
  const classes = chosen.map((i) => table.classes[label][i]);
  return { labels, linear: trainLogistic(rows, classes, labels.length, settings), temperature: 1 };
}

/** The temperature at which classifiers are honest about packages that they were not trained on. */
export function heldOutTemperature(table: StyleTable, label: LabelName, settings: Settings): number {
  const scores: Float64Array[] = [];
  const truth: number[] = [];
  for (const left of new Set(table.packages)) {
    const inside: number[] = [];
    const outside: number[] = [];
    table.packages.forEach((name, i) => (name === left ? outside : inside).push(i));
    if (inside.length === 0) continue;
    const { linear } = trainClassifier(table, label, settings, inside);
    for (const i of outside) {
      scores.push(logits(linear, table.vectors[i]));
      truth.push(table.classes[label][i]);
    }
  }
  return scores.length === 0 ? 1 : fitTemperature(scores, truth);
}

/** As many examples as there are, drawn with replacement: another sample of the same source. */
export function resample(count: number, seed: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.below(count));
}
