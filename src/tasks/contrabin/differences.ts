/** Whether one way is better than another: differences of figures, with intervals that draw whole packages or problems. */

import { bootstrap, type Interval } from '../../metrics/bootstrap.ts';
import { seedInterval } from '../../nn/training/runs.ts';
import { mean } from '../../numbers.ts';
import { nameFigures } from './names.ts';
import type { Verdict } from './question.ts';
import type { QuestionReport } from './study.ts';
import { LOSS_PER_TOKEN } from './writing.ts';

/** Of two ways, or a way and a baseline, at a question: how much more the one has than the other, with its interval. */
export interface Difference extends Interval {
  readonly question: string;
  readonly figure: string;
  readonly better: string;
  readonly worse: string;
  readonly mean: number;
}

export interface Judged {
  readonly question: string;
  /** Of each test item. */
  readonly clusters: readonly number[];
  /** Verdicts of each way, one a seed: the mean over seeds counts. */
  readonly ways: ReadonlyMap<string, readonly Verdict[]>;
  /** Of names: the right one of each test item, so that means over names are compared too. */
  readonly truth?: readonly string[] | undefined;
}

/** A figure of a way, of test items that count as often as their weights say. */
type Weighted = (weights: Float64Array) => number;

/** Of two ways, and of each way and the baseline, as far as they were asked. @param compared one or two */
export function differencesOf(judged: Judged, compared: readonly string[], baseline: string): Difference[] {
  const { question, clusters, ways } = judged;
  const pairs = [...(compared.length > 1 ? [compared] : []), ...compared.map((way) => [way, baseline])];
  return pairs.flatMap(([better, worse]) => {
    const [one, other] = [ways.get(better), ways.get(worse)].map((verdicts) => verdicts ?? []);
    if (one.length === 0 || other.length === 0) return [];
    const others = figuresOf(judged, other);
    return Object.entries(figuresOf(judged, one)).map(([figure, own]): Difference => {
      const gain: Weighted = (weights) => own(weights) - others[figure](weights);
      const all = new Float64Array(clusters.length).fill(1);
      const interval = bootstrap(clusters.length, (i) => clusters[i], gain, { seed: 1 });
      return { question, figure, better, worse, mean: gain(all), ...interval };
    });
  });
}

/** Of a question's ways, beside its first baseline. @param compared one or two */
export function gainsOf(
  { name: question, clusters, baselines, results, truth }: QuestionReport,
  compared: readonly string[],
): Difference[] {
  const [[baseline, verdict]] = Object.entries(baselines);
  const ways = new Map<string, Verdict[]>([[baseline, [verdict]]]);
  for (const result of results) ways.set(result.variant, [...(ways.get(result.variant) ?? []), result]);
  return [
    ...differencesOf({ question, clusters, ways, truth }, compared, baseline),
    ...lossDifference(question, results, compared),
  ];
}

/** Of two ways, from the seeds that both have: Student's t. */
function lossDifference(
  question: string,
  results: QuestionReport['results'],
  [better, worse]: readonly string[],
): Difference[] {
  const lossOf = (way: string, from: number): number | undefined =>
    results.find(({ variant, seed }) => variant === way && seed === from)?.validation[LOSS_PER_TOKEN];
  const gains = [...new Set(results.map(({ seed }) => seed))].flatMap((seed) => {
    const [one, other] = [lossOf(better, seed), lossOf(worse, seed)];
    return one === undefined || other === undefined ? [] : [one - other];
  });
  const { mean: gain, low, high } = seedInterval(gains);
  if (low === null || high === null) return [];
  return [{ question, figure: LOSS_PER_TOKEN, better, worse, mean: gain, low, high }];
}

/** The first figure, which is a mean over items, and of names MAF1. */
function figuresOf({ truth }: Judged, verdicts: readonly Verdict[]): Record<string, Weighted> {
  const [first] = Object.keys(verdicts[0].figures);
  const items = verdicts[0].items.map((_, i) => mean(verdicts.map((one) => one.items[i])));
  const figures: Record<string, Weighted> = {
    [first]: (weights) =>
      items.reduce((sum, value, i) => sum + value * weights[i], 0) / weights.reduce((a, b) => a + b, 0),
  };
  if (truth === undefined) return figures;
  const told = verdicts.flatMap((one) => (one.told ? [one.told] : []));
  const names = [...new Set([...truth, ...told.flat()])];
  const numbers = new Map(names.map((name, i) => [name, i]));
  const [right, ...answers] = [truth, ...told].map((list) => list.map((name) => numbers.get(name)!));
  figures['MAF1'] = (weights) =>
    mean(answers.map((own) => nameFigures(right, own, names.length, weights)['MAF1']));
  return figures;
}
