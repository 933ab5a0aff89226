/** What a study of texts writes down: every way of describing functions, judged on the same ones. */

import { compareText } from '../../corpus/text.ts';
import { Random } from '../../random.ts';
import { VERSION } from '../../version.ts';
import { BASELINES, type TrainingTexts } from './baselines.ts';
import { type DescribedFunction, type RowKey, type SampleCounts, TEXT_COLUMN } from './sample.ts';
import { difference, type Figures, figuresOf, type Metric, type Scores, scoresOf } from './score.ts';

/** A way of describing a function and how near it comes. */
export interface WayFigures {
  way: string;
  figures: Figures;
}

/** Figures over some of the functions. */
export interface TextSet {
  /** Which. */
  functions: string;
  count: number;
  packages: number;
  ways: WayFigures[];
  /** Function by function, what the first way reaches beyond each of the others. */
  beyond: WayFigures[];
}

export interface Example {
  row: RowKey;
  name: string;
  /** Of the first way, by `HEADLINE`. */
  score: number;
  human: string;
  /** By way, of those that answer to the code. */
  said: Record<string, string>;
}

export interface ChatReport {
  schema: 1;
  tool: string;
  dataset: { name: string; manifest: string; text: string };
  /** Who was asked and what; null where nobody was. */
  asked: { model: string; url: string; question: string; longest: number } | null;
  seed: number;
  mostInstructions: number;
  /** Functions drawn. */
  sample: number;
  /** Of those that are judged, how many have a human text that says the function's name. */
  named: number;
  counts: SampleCounts;
  training: TrainingTexts['counts'];
  sets: TextSet[];
  /** Means by package of the functions, by way. */
  packages: { package: string; functions: number; means: Record<string, number> }[];
  good: Example[];
  bad: Example[];
  failures: { row: RowKey; name: string; reason: string }[];
}

/** By which examples are chosen, and by which packages are told apart. */
export const HEADLINE: Metric = 'ROUGE-L';
/** What the model's answers are called in tables. */
export const ANSWERS = 'answers';
/** Enough to see what the figures mean. */
const EXAMPLES = 3;
const SHOWN: readonly string[] = [ANSWERS, 'nearest code'];

export interface StudyInput extends Pick<
  ChatReport,
  'asked' | 'seed' | 'mostInstructions' | 'counts' | 'failures' | 'sample'
> {
  dataset: { name: string; manifest: string };
  /** Those that were answered, or all where nobody was asked. */
  functions: readonly DescribedFunction[];
  /** An answer for each function; null where nobody was asked. */
  answers: readonly string[] | null;
  training: TrainingTexts;
}

export function reportChat({ functions, answers, training, dataset, ...given }: StudyInput): ChatReport {
  const { seed } = given;
  const random = new Random(seed);
  const said = new Map<string, string[]>();
  if (answers) said.set(ANSWERS, [...answers]);
  for (const way of BASELINES) said.set(way, []);
  for (const fn of functions) {
    const answered = training.answersTo(fn, random);
    for (const way of BASELINES) said.get(way)!.push(answered[way]);
  }
  const references = functions.map(({ text }) => text);
  const scores = new Map([...said].map(([way, texts]) => [way, scoresOf(references, texts)]));
  const clusters = functions.map(({ row }) => row.package);

  const all = [...functions.keys()];
  const unread = all.filter((i) => !training.has(functions[i].text));
  const sets: [string, number[]][] = [
    ['all', all],
    ['whose text no training function has', unread.length < all.length ? unread : []],
  ];
  const [[, first]] = scores;
  const order = all.toSorted((a, b) => first[HEADLINE][b] - first[HEADLINE][a]);
  const exampleOf = (i: number): Example => ({
    row: functions[i].row,
    name: functions[i].name,
    score: first[HEADLINE][i],
    human: functions[i].text,
    said: Object.fromEntries(
      [...said].filter(([way]) => SHOWN.includes(way)).map(([way, texts]) => [way, texts[i]]),
    ),
  });
  const good = differentTexts(order, references).slice(0, EXAMPLES);
  const bad = differentTexts(order.toReversed(), references)
    .filter((i) => !good.includes(i))
    .slice(0, EXAMPLES);
  return {
    schema: 1,
    tool: `binscribe ${VERSION}`,
    ...given,
    dataset: { ...dataset, text: TEXT_COLUMN },
    named: functions.filter(({ name, text }) => text.includes(name)).length,
    training: training.counts,
    sets: sets
      .filter(([, chosen]) => chosen.length > 0)
      .map(([name, chosen]) => setOf(name, chosen, scores, clusters, seed)),
    packages: packagesOf(scores, clusters),
    good: good.map(exampleOf),
    bad: bad.map(exampleOf),
  };
}

function setOf(
  name: string,
  chosen: readonly number[],
  scores: ReadonlyMap<string, Scores>,
  clusters: readonly string[],
  seed: number,
): TextSet {
  const [[, first], ...others] = scores;
  const figures = (of: Scores): Figures => figuresOf(of, chosen, clusters, seed);
  return {
    functions: name,
    count: chosen.length,
    packages: new Set(chosen.map((i) => clusters[i])).size,
    ways: [...scores].map(([way, of]) => ({ way, figures: figures(of) })),
    beyond: others.map(([way, of]) => ({ way, figures: figures(difference(first, of)) })),
  };
}

function packagesOf(
  scores: ReadonlyMap<string, Scores>,
  clusters: readonly string[],
): ChatReport['packages'] {
  return [...new Set(clusters)].sort(compareText).map((name) => {
    const chosen = [...clusters.keys()].filter((i) => clusters[i] === name);
    const meanOf = (of: Scores): number =>
      chosen.reduce((sum, i) => sum + of[HEADLINE][i], 0) / chosen.length;
    const means = Object.fromEntries([...scores].map(([way, of]) => [way, meanOf(of)]));
    return { package: name, functions: chosen.length, means };
  });
}

/** The first place of each text. */
function differentTexts(order: readonly number[], texts: readonly string[]): number[] {
  const seen = new Set<string>();
  return order.filter((i) => !seen.has(texts[i]) && seen.add(texts[i]));
}
