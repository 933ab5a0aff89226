/**
 * Sets of pairs side by side: each as it is, and beside it its twin, the same items with the outputs exchanged. Where
 * a set is known to be good its figure should lie far above its twin's.
 */

import type { EmbedOptions, FieldChoice } from './embed.ts';
import { spoilGroups } from '../../metrics/edc/groups.ts';
import { Random } from '../../random.ts';
import type { Items } from './items.ts';
import { type EdcReport, keysIn, measureEdc } from './measure.ts';
import { type Repeats, repeatsOf } from './repeats.ts';
import { type InputHashes, itemsOfSet, type PairSet } from './sets.ts';

/** What is kept of a measured set, and of its twin. */
export type StudyFigures = Pick<
  EdcReport,
  | 'n'
  | 'clusters'
  | 'blocks'
  | 'firstOrder'
  | 'pearson'
  | 'interval'
  | 'null'
  | 'p'
  | 'partial'
  | 'spearman'
  | 'curve'
  | 'verdict'
>;

/** What a figure that can be trusted keeps to. */
export interface Checks {
  /** The interval lies above what shuffled outputs give. */
  readonly aboveShuffled: boolean;
  /** The twin's figure lies among what shuffled outputs give. */
  readonly twinAmongShuffled: boolean;
  /** The twin's interval holds 0: not where outputs repeat, for the twin's do too. */
  readonly twinHoldsZero: boolean;
  /** Each point of the curve has what (1 - f)^2 leaves inside its interval. */
  readonly curveIsSquare: boolean;
  /** Each has what is left where the part of single items falls by 1 - f alone. */
  readonly curveFollows: boolean;
}

export interface StudyLine {
  readonly set: string;
  readonly reason: string | null;
  readonly limits: string | null;
  readonly inputs: InputHashes;
  readonly input: FieldChoice;
  readonly output: FieldChoice;
  readonly whole: StudyFigures;
  /** The same with every output exchanged for another's. */
  readonly twin: StudyFigures;
  readonly checks: Checks;
  /** Words of an output: quartiles. */
  readonly outputLength: EdcReport['measures']['outputLength'];
}

/** A set of the list that could not be measured, and why. */
export interface AbsentSet {
  readonly set: string;
  readonly reason: string;
}

export interface StudyReport {
  readonly schema: 3;
  readonly seed: number;
  readonly resamples: number;
  readonly limit: number;
  readonly lines: readonly StudyLine[];
  readonly absent: readonly AbsentSet[];
}

export interface StudyOptions extends EmbedOptions {
  readonly base: string;
  /** Of the set. */
  readonly inputs: InputHashes;
  readonly limit: number;
  readonly resamples: number;
}

/** One way of embedding one set. @throws BinscribeError as reading and embedding do */
export async function studySet(
  set: PairSet,
  { input, output }: PairSet['embedders'][number],
  options: StudyOptions,
): Promise<StudyLine> {
  const { base, limit, seed, inputs } = options;
  const items = await itemsOfSet(set, base, limit, seed);
  const sides = {
    input: { field: set.input, embedder: input.embedder, model: input.model ?? null },
    output: { field: set.output, embedder: output.embedder, model: output.model ?? null },
  };
  const measure = (of: Items): ReturnType<typeof measureEdc> =>
    measureEdc(of, { ...options, ...sides, data: set.name, by: null });
  const whole = await measure(items);
  const twin = await measure(exchanged(items, repeatsOf(items.items, keysIn(items.items, sides)), seed));
  return {
    set: set.name,
    reason: set.reason ?? null,
    limits: set.limits ?? null,
    inputs,
    ...sides,
    whole: figuresOf(whole),
    twin: figuresOf(twin),
    checks: checksOf(whole, twin),
    outputLength: whole.measures.outputLength,
  };
}

function checksOf(whole: StudyFigures, twin: StudyFigures): Checks {
  const among = (value: number, [low, high]: readonly [number, number]): boolean =>
    low <= value && value <= high;
  return {
    aboveShuffled: whole.interval[0] > whole.null[1],
    twinAmongShuffled: among(twin.pearson, whole.null),
    twinHoldsZero: among(0, twin.interval),
    curveIsSquare: whole.curve.every(({ square, interval }) => among(square, interval)),
    curveFollows: whole.curve.every(({ expected, interval }) => among(expected, interval)),
  };
}

/** What was written once stays with all that repeats it: the builds of a function get one text, another function's. */
function exchanged({ items, ...rest }: Items, { blocks }: Repeats, seed: number): Items {
  const order = spoilGroups(blocks, items.length, 1, new Random(seed));
  return { ...rest, items: items.map((item, i) => ({ ...item, output: items[order[i]].output })) };
}

function figuresOf(report: StudyFigures): StudyFigures {
  const { n, clusters, blocks, firstOrder, pearson, interval, null: shuffled } = report;
  const { p, partial, spearman, curve, verdict } = report;
  return {
    n,
    clusters,
    blocks,
    firstOrder,
    pearson,
    interval,
    null: shuffled,
    p,
    partial,
    spearman,
    curve,
    verdict,
  };
}
