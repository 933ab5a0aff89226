/** How good texts are that were chosen for functions: figures with intervals over packages. */

import { bootstrap } from '../../metrics/bootstrap.ts';
import { smoothedBleu4 } from '../../metrics/text/bleu.ts';
import { nameAgreement } from '../../metrics/text/match.ts';
import { type Metric, scoresOf } from '../chat/score.ts';
import type { Closeness } from './choice.ts';
import type { WrittenColumn } from './functions.ts';
import type { Verdict } from './question.ts';

/** What the paper tells, and of summaries METEOR; the first decides. */
const METRICS_OF = {
  text: ['BLEU-4', 'GLEU', 'ROUGE-2', 'METEOR', 'exact match'],
  source: ['BLEU-4', 'GLEU', 'exact match'],
  name: ['exact match'],
} as const satisfies Record<WrittenColumn, readonly Metric[]>;

/** What the first figure is the mean of, and candidates are chosen by. */
export const CLOSENESS: Readonly<Record<WrittenColumn, Closeness>> = {
  text: smoothedBleu4,
  source: smoothedBleu4,
  name: (reference, text) => nameAgreement(reference, text).f1,
};

/** Of items of one kind: a number each, whose mean is the figure, and the package or problem that each is of. */
export interface Column {
  readonly values: ArrayLike<number>;
  readonly clusters: readonly number[];
}

/** What the words of names are judged by. */
const TOKENS = { f1: 'token F1', precision: 'precision of tokens', recall: 'recall of tokens' } as const;

/** @returns a column for each metric of texts; the first is the mean of their closeness */
export function textColumns(
  column: WrittenColumn,
  references: readonly string[],
  texts: readonly string[],
  clusters: readonly number[],
): Record<string, Column> {
  const scores = scoresOf(references, texts);
  const told = METRICS_OF[column].map((metric) => [metric, { values: scores[metric], clusters }]);
  if (column !== 'name') return Object.fromEntries(told) as Record<string, Column>;
  const agreements = references.map((reference, i) => nameAgreement(reference, texts[i]));
  const parts = (['f1', 'precision', 'recall'] as const).map((part) => [
    TOKENS[part],
    { values: agreements.map((one) => one[part]), clusters },
  ]);
  return Object.fromEntries([...parts, ...told]) as Record<string, Column>;
}

/** @param columns the first is what the verdict goes by */
export function verdictOf(columns: Readonly<Record<string, Column>>): Verdict {
  const entries = Object.entries(columns);
  const mean = ({ values }: Column, weights?: ArrayLike<number>): number => {
    let [sum, all] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const weight = weights?.[i] ?? 1;
      sum += weight * values[i];
      all += weight;
    }
    return sum / all;
  };
  return {
    figures: Object.fromEntries(entries.map(([name, column]) => [name, mean(column)])),
    items: Array.from(entries[0][1].values),
    intervals: Object.fromEntries(
      entries.map(([name, column]) => {
        const { values, clusters } = column;
        return [
          name,
          bootstrap(
            values.length,
            (i) => clusters[i],
            (weights) => mean(column, weights),
            { seed: 1 },
          ),
        ];
      }),
    ),
  };
}
