/** Figures of judged functions, each with its interval and the baselines beside it. */

import { bootstrap } from '../metrics/bootstrap.ts';
import { brier, equalMassBins, equalWidthBins, expectedCalibrationError } from '../metrics/calibration.ts';
import { confusionMatrix, macroF1 } from '../metrics/classification.ts';
import { argMax } from '../models/linear/logistic.ts';
import { Random } from '../random.ts';
import { LABEL_NAMES, type LabelName } from './classifiers.ts';
import type { Judged, Prediction, RivalOpinion } from './judge.ts';

export interface Figure {
  name: string;
  value: number;
  /** 95 %, by the bootstrap over programs; null where none was taken. */
  interval: [low: number, high: number] | null;
  /** Functions it is taken over. */
  items: number;
  /** The same figure of simpler answers. */
  baselines: Record<string, number>;
  /** The same figure of trainings from other seeds. */
  seeds?: number[];
}

/** What the figures need to know beside the functions. */
export interface FigureContext {
  seed: number;
  /** The most frequent answers of the training side. */
  majority: { compiler: number; optimization: number; arguments: number };
  /** Places in `Judged.others`: of the same training with other seeds, and of simpler answers by name. */
  seedPlaces: readonly number[];
  baselines: Readonly<Record<string, number>>;
}

/** Which of an answerer's opinions counts. */
interface View {
  /** Ends the names of its figures. */
  readonly suffix: string;
  readonly own: (item: Judged, label: LabelName) => Prediction;
  readonly other: (opinion: RivalOpinion, label: LabelName) => number;
}

const ALONE: View = {
  suffix: '',
  own: (item, label) => item[label],
  other: (opinion, label) => opinion[label],
};
/** A rival that does not look at other functions says what it says of each alone. */
const IN_PROGRAM: View = {
  suffix: ", with the program's other functions",
  own: (item, label) => (item.inProgram ?? item)[label],
  other: (opinion, label) => (opinion.inProgram ?? opinion)[label],
};
const TITLES: Readonly<Record<LabelName, string>> = { compiler: 'compiler', optimization: 'level' };

type Statistic = (weights: Float64Array | undefined) => number;

/** 15 bins, as Guo et al. (2017) and most after them. */
const BINS = 15;
const RESAMPLES = 1000;
/** A tenth of the others': each has to bin tens of thousands of scores anew. */
const CALIBRATION_RESAMPLES = 100;
const LEVELS = 4;
/** -O2 and -O3 as one. */
const JOINED = (level: number): number => Math.min(level, 2);

/** All figures of one set of functions. */
export function figuresOf(items: readonly Judged[], context: FigureContext): Figure[] {
  const named = items.filter(({ name }) => name?.given === true);
  const known = items.filter(({ nameKnown }) => nameKnown);
  const same = (level: number): number => level;
  const nameRight = [
    (j: Judged) => j.name?.right === true,
    { 'exact hash': (j: Judged) => j.exactNameRight },
    (other: RivalOpinion) => other.nameRight,
  ] as const;
  const inProgram = items.filter((j) => j.inProgram !== null);
  const views = [
    { view: ALONE, of: items },
    ...(inProgram.length > 0 ? [{ view: IN_PROGRAM, of: inProgram }] : []),
  ];
  const styleFigures = (of: readonly Judged[], view: View): Figure[] => [
    f1Figure(
      `compiler macro-F1${view.suffix}`,
      of,
      { view, label: 'compiler', classes: 2, map: same },
      context,
    ),
    f1Figure(
      `level macro-F1 (four classes)${view.suffix}`,
      of,
      { view, label: 'optimization', classes: LEVELS, map: same },
      context,
    ),
    f1Figure(
      `level macro-F1 (O2 and O3 as one)${view.suffix}`,
      of,
      { view, label: 'optimization', classes: LEVELS - 1, map: JOINED },
      context,
    ),
  ];
  return [
    ...views.flatMap(({ view, of }) => styleFigures(of, view)),
    rightShare(
      'level accuracy',
      items,
      context,
      (j) => j.optimization.value === j.truth.optimization,
      {
        majority: (j) => j.truth.optimization === context.majority.optimization,
      },
      (other, j) => other.optimization === j.truth.optimization,
    ),
    rightShare(
      'number of arguments accuracy',
      items,
      context,
      (j) => j.arguments.value === j.truth.arguments,
      {
        'the rule alone': (j) => j.arguments.rule === j.truth.arguments,
        majority: (j) => j.truth.arguments === context.majority.arguments,
      },
      (other, j) => (other.arguments === null ? null : other.arguments === j.truth.arguments),
    ),
    rightShare('name recall@1', items, context, ...nameRight),
    rightShare('name recall@1, name in the index', known, context, ...nameRight),
    rightShare('share without a name given', items, context, (j) => j.name?.given !== true, {}),
    rightShare('precision of the names given', named, context, (j) => j.name?.right === true, {}),
    ...views.flatMap(({ view, of }) =>
      LABEL_NAMES.flatMap((label) =>
        calibrationFigures(`${TITLES[label]}${view.suffix}`, of, context, (j) => {
          const { score, value } = view.own(j, label);
          return [score, value === j.truth[label]];
        }),
      ),
    ),
    ...calibrationFigures('arguments', items, context, (j) => [
      j.arguments.score,
      j.arguments.value === j.truth.arguments,
    ]),
    ...calibrationFigures(
      'names',
      items.filter(({ name }) => name !== null),
      context,
      (j) => [j.name?.score ?? 0, j.name?.right === true],
    ),
  ];
}

function withInterval(
  name: string,
  items: readonly Judged[],
  context: FigureContext,
  statistic: Statistic,
  resamples = RESAMPLES,
): Omit<Figure, 'baselines'> {
  const options = { seed: context.seed, resamples };
  const { low, high } = bootstrap(items.length, (i) => items[i].cluster, statistic, options);
  return { name, value: statistic(undefined), interval: [low, high], items: items.length };
}

interface Classes {
  readonly view: View;
  readonly label: LabelName;
  readonly classes: number;
  /** From a label to the class that it counts as. */
  readonly map: (value: number) => number;
}

function f1Figure(
  name: string,
  items: readonly Judged[],
  { view, label, classes, map }: Classes,
  context: FigureContext,
): Figure {
  const truth = items.map((j) => map(j.truth[label]));
  const f1 = (predicted: readonly number[], weights?: Float64Array): number =>
    macroF1(confusionMatrix(truth, predicted, classes, weights), classes);
  const ours = items.map((j) => map(view.own(j, label).value));
  const other = (place: number): number => f1(items.map((j) => map(view.other(j.others[place], label))));
  const random = new Random(context.seed);
  const { majority, seedPlaces } = context;
  return {
    ...withInterval(name, items, context, (weights) => f1(ours, weights)),
    baselines: {
      ...mapValues(context.baselines, other),
      majority: f1(items.map(() => map(majority[label]))),
      random: f1(items.map(() => random.below(classes))),
      'who knew the most frequent answer of each code': f1(oracle(items, truth)),
    },
    ...(seedPlaces.length === 0 ? {} : { seeds: seedPlaces.map(other) }),
  };
}

/**
 * The truth as far as code alone can tell it: of functions with the same code, the most frequent class. What sees more
 * than the code, such as where functions begin or what stands beside them, may do better.
 */
function oracle(items: readonly Judged[], truth: readonly number[]): number[] {
  const counts = new Map<string, number[]>();
  items.forEach(({ code }, i) => {
    const of = counts.get(code) ?? [];
    counts.set(code, of);
    of[truth[i]] = (of[truth[i]] ?? 0) + 1;
  });
  const best = new Map(
    [...counts].map(([code, of]) => [code, argMax(Array.from(of, (count) => count ?? 0))]),
  );
  return items.map(({ code }) => best.get(code)!);
}

/** Share of the items for which `right` holds. */
function rightShare(
  name: string,
  items: readonly Judged[],
  context: FigureContext,
  right: (item: Judged) => boolean,
  baselines: Record<string, (item: Judged) => boolean>,
  /** Whether a rival is right; null where it says nothing. */
  rival?: (other: RivalOpinion, item: Judged) => boolean | null,
): Figure {
  const hits = items.map(right);
  const share = (flags: readonly boolean[], weights?: Float64Array): number => {
    let sum = 0;
    let all = 0;
    flags.forEach((flag, i) => {
      const weight = weights ? weights[i] : 1;
      all += weight;
      if (flag) sum += weight;
    });
    return sum / all;
  };
  const speaks = (place: number): boolean =>
    rival !== undefined &&
    items.length > 0 &&
    items.every((item) => rival(item.others[place], item) !== null);
  const ofRival = (place: number): number =>
    share(items.map((item) => rival?.(item.others[place], item) === true));
  const speaking = Object.fromEntries(Object.entries(context.baselines).filter(([, place]) => speaks(place)));
  const seeds = context.seedPlaces.filter(speaks);
  return {
    ...withInterval(name, items, context, (weights) => share(hits, weights)),
    baselines: {
      ...(rival ? mapValues(speaking, ofRival) : {}),
      ...mapValues(baselines, (of) => share(items.map(of))),
    },
    ...(rival && seeds.length > 0 ? { seeds: seeds.map(ofRival) } : {}),
  };
}

function mapValues<T, U>(of: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
}

/** Expected calibration error, in bins of equal width and of equal mass, and Brier's score. */
function calibrationFigures(
  what: string,
  items: readonly Judged[],
  context: FigureContext,
  outcome: (item: Judged) => [score: number, right: boolean],
): Figure[] {
  const outcomes = items.map(outcome);
  const scores = outcomes.map(([score]) => score);
  const right: number[] = outcomes.map(([, hit]) => (hit ? 1 : 0));
  const constant = right.reduce((sum, hit) => sum + hit, 0) / Math.max(1, right.length);
  const drawn = (weights: Float64Array | undefined): [number[], number[]] => {
    if (!weights) return [scores, right];
    const places: number[] = [];
    weights.forEach((times, i) => {
      for (let k = 0; k < times; k++) places.push(i);
    });
    return [places.map((i) => scores[i]), places.map((i) => right[i])];
  };
  const width: Statistic = (weights) => expectedCalibrationError(equalWidthBins(...drawn(weights), BINS));
  return [
    {
      ...withInterval(
        `${what}: calibration error, equal width`,
        items,
        context,
        width,
        CALIBRATION_RESAMPLES,
      ),
      baselines: {},
    },
    {
      name: `${what}: calibration error, equal mass`,
      value: expectedCalibrationError(equalMassBins(scores, right, BINS)),
      interval: null,
      items: items.length,
      baselines: {},
    },
    {
      name: `${what}: Brier score`,
      value: brier(scores, right),
      interval: null,
      items: items.length,
      baselines: { 'its mean always': constant * (1 - constant) },
    },
  ];
}
