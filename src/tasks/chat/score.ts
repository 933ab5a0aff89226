/** How near texts come to what humans wrote, by every metric of text, with intervals over whole packages. */

import { bootstrap } from '../../metrics/bootstrap.ts';
import { smoothedBleu4 } from '../../metrics/text/bleu.ts';
import { gleu4 } from '../../metrics/text/gleu.ts';
import { exactMatch } from '../../metrics/text/match.ts';
import { meteor } from '../../metrics/text/meteor.ts';
import { rouge2, rougeL } from '../../metrics/text/rouge.ts';

/** Each 0 to 1. */
const MEASURES = {
  'BLEU-4': smoothedBleu4,
  GLEU: gleu4,
  'ROUGE-2': rouge2,
  'ROUGE-L': rougeL,
  METEOR: meteor,
  'exact match': (reference: string, candidate: string): number => Number(exactMatch(reference, candidate)),
} as const;

export type Metric = keyof typeof MEASURES;
export const METRICS = Object.keys(MEASURES) as Metric[];

/** Characters looked at: five times what 512 tokens are. METEOR takes time by the product of both lengths. */
const LONGEST_TEXT = 10_000;

/** A mean with its 95 % interval. */
export interface Figure {
  mean: number;
  low: number;
  high: number;
}

export type Figures = Record<Metric, Figure>;

/** By metric, a score for each text. */
export type Scores = Record<Metric, Float64Array>;

export function scoresOf(references: readonly string[], candidates: readonly string[]): Scores {
  return overMetrics((metric) =>
    Float64Array.from(references, (reference, i) =>
      MEASURES[metric](reference.slice(0, LONGEST_TEXT), candidates[i].slice(0, LONGEST_TEXT)),
    ),
  );
}

/**
 * Means over the chosen items. The same seed draws the same clusters for every list of scores, so that the figures
 * of two ways, and of their difference, belong to the same resamples.
 * @param chosen places of the items that count
 * @param clusters of an item: its package, as a rule
 */
export function figuresOf(
  scores: Scores,
  chosen: readonly number[],
  clusters: readonly string[],
  seed: number,
): Figures {
  const numbers = new Map([...new Set(chosen.map((i) => clusters[i]))].map((name, n) => [name, n]));
  return overMetrics((metric) => {
    const values = chosen.map((i) => scores[metric][i]);
    const mean = (weights: ArrayLike<number>): number => {
      let [sum, all] = [0, 0];
      for (let i = 0; i < values.length; i++) {
        sum += values[i] * weights[i];
        all += weights[i];
      }
      return sum / all;
    };
    const interval = bootstrap(values.length, (i) => numbers.get(clusters[chosen[i]])!, mean, { seed });
    return { mean: mean(values.map(() => 1)), ...interval };
  });
}

/** Item by item, what the one reaches beyond the other. */
export function difference(a: Scores, b: Scores): Scores {
  return overMetrics((metric) => a[metric].map((value, i) => value - b[metric][i]));
}

function overMetrics<T>(of: (metric: Metric) => T): Record<Metric, T> {
  return Object.fromEntries(METRICS.map((metric) => [metric, of(metric)])) as Record<Metric, T>;
}
