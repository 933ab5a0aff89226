/** Embedding Distance Correlation of a set of pairs, whole and by slices, with what the older measures say of it. */

import { edc, type Edc } from '../../metrics/edc/edc.ts';
import type { Interval } from '../../metrics/bootstrap.ts';
import { embed, type Embedded, type EmbedOptions, type FieldChoice, LENGTH_UNITS } from './embed.ts';
import type { Item, Items } from './items.ts';
import { type ItemValues, type Measures, measuresOf } from './measures.ts';
import type { RatingsReport } from './ratings.ts';
import { type ItemKeys, repeatsOf } from './repeats.ts';
import { type Slice, slicesOf } from './slices.ts';
import { codeOf, normalizedKey } from './values.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** What `edc --json` prints: the first fields are a contract of DESIGN.md. */
export interface EdcReport {
  readonly schema: 1;
  readonly data: string;
  readonly rows: number;
  readonly empty: number;
  readonly input: FieldChoice;
  readonly output: FieldChoice;
  readonly seed: number;
  readonly n: number;
  readonly pairs: number;
  readonly pearson: number;
  readonly interval: [low: number, high: number];
  /** Items that repeat one another count as one there: how many, and how many of one size would tell as much. */
  readonly clusters: Edc['clusters'];
  /** Items whose outputs were written once, and which change places as one in what `null` says. */
  readonly blocks: number;
  /** Share of the covariance that is of single items, which are far from all others on both sides. */
  readonly firstOrder: number;
  readonly null: [low: number, high: number];
  readonly p: number;
  readonly partial: number | null;
  readonly spearman: number;
  readonly euclidean: number;
  readonly sampledPairs: number;
  readonly curve: readonly CurvePoint[];
  readonly slices: readonly Slice[];
  readonly measures: Measures;
  /** Distances of some pairs, for the picture: how many of them lie in each cell. */
  readonly scatter: Scatter;
  readonly verdict: Verdict;
  /** What experts said of some of the items; null where none did. */
  readonly ratings: RatingsReport | null;
}

export type CurvePoint = Omit<Edc['curve'][number], 'interval'> & {
  readonly interval: [low: number, high: number];
};

export interface Scatter {
  readonly cells: number;
  readonly input: readonly [from: number, to: number];
  readonly output: readonly [from: number, to: number];
  /** [cells, cells], by rows of the output's distance. */
  readonly counts: readonly number[];
}

export interface MeasureOptions extends EmbedOptions {
  readonly data: string;
  readonly input: FieldChoice;
  readonly output: FieldChoice;
  /** Fields of the slices, in the order of the items' values; null for no slices, by length neither. */
  readonly by: readonly string[] | null;
  readonly resamples: number;
}

/** @throws BinscribeError as `embed` does; `usage` where there are too few items */
export async function measureEdc(
  { items, rows, empty }: Items,
  options: MeasureOptions,
): Promise<Omit<EdcReport, 'ratings'>> {
  const { data, input, output, by, seed, resamples, progress } = options;
  const side = (choice: FieldChoice, of: (item: Item) => unknown): Promise<Embedded> =>
    embed(choice, items.map(of), options);
  const x = await side(input, (item) => item.input);
  const y = await side(output, (item) => item.output);
  // The longer a text, the nearer its vector to the mean: held fixed on the side of the prose.
  const lengths = y.lengths.map((length) => Math.log1p(length));
  const values = valuesOf(items, options);
  const keys = keysOf(values);
  const repeats = repeatsOf(items, keys);
  const whole = edc(x, y, {
    ...repeats,
    seed,
    resamples,
    lengths,
    progress: (done, total) => progress('resampling', done, total),
  });
  const measures = measuresOf(items, values, keys, y.lengths, seed);
  return {
    schema: 1,
    data,
    rows,
    empty,
    input,
    output,
    seed,
    n: whole.items,
    pairs: whole.pairs,
    pearson: whole.pearson,
    interval: ends(whole.interval),
    clusters: whole.clusters,
    blocks: whole.blocks,
    firstOrder: whole.firstOrder,
    null: ends(whole.null),
    p: whole.p,
    partial: whole.partial,
    spearman: whole.spearman,
    euclidean: whole.euclidean,
    sampledPairs: whole.sampledPairs,
    curve: whole.curve.map((point) => ({ ...point, interval: ends(point.interval) })),
    slices:
      by === null
        ? []
        : slicesOf(items, x, y, repeats, {
            by,
            lengthUnit: LENGTH_UNITS[output.embedder],
            seed,
            resamples,
            progress: (done, total) => progress('slices', done, total),
          }),
    measures,
    scatter: scatterOf(whole.sample),
    verdict: verdictOf(whole, measures),
  };
}

/** How the two sides of the items are embedded. */
type Sides = Pick<MeasureOptions, 'input' | 'output'>;

/** @throws BinscribeError `corrupt` where a value is not what its embedder takes */
export function keysIn(items: readonly Item[], sides: Sides): ItemKeys {
  return keysOf(valuesOf(items, sides));
}

/** Code as bytes however it is written, so that the same code is the same. */
function valuesOf(items: readonly Item[], { input, output }: Sides): ItemValues {
  const side = ({ embedder, field }: FieldChoice, of: (item: Item) => unknown): unknown[] => {
    const isCode = embedder === 'opcodes' || embedder === 'encoder';
    return items.map((item, i) => (isCode ? codeOf(of(item), field, i) : of(item)));
  };
  return { inputs: side(input, (item) => item.input), outputs: side(output, (item) => item.output) };
}

function keysOf({ inputs, outputs }: ItemValues): ItemKeys {
  return { inputs: inputs.map(normalizedKey), outputs: outputs.map(normalizedKey) };
}

function ends({ low, high }: Interval): [number, number] {
  return [low, high];
}

/** More make a picture of noise, fewer hide its form. */
const CELLS = 48;

function scatterOf({ x, y }: Edc['sample']): Scatter {
  const range = (values: Float64Array): [number, number] => {
    let [from, to] = [Infinity, -Infinity];
    for (const value of values) {
      from = Math.min(from, value);
      to = Math.max(to, value);
    }
    return [from, to];
  };
  const [input, output] = [range(x), range(y)];
  const counts = Array.from({ length: CELLS * CELLS }, () => 0);
  const cell = (value: number, [from, to]: readonly [number, number]): number =>
    Math.min(CELLS - 1, Math.floor(((value - from) / (to - from || 1)) * CELLS));
  for (let i = 0; i < x.length; i++) counts[cell(y[i], output) * CELLS + cell(x[i], input)]++;
  return { cells: CELLS, input, output, counts };
}
