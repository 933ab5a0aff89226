/** Embedding Distance Correlation of a set of pairs, whole and by slices, with what the older measures say of it. */

import { edc, type Edc } from '../../metrics/edc/edc.ts';
import type { Interval } from '../../metrics/bootstrap.ts';
import { itemFrequencies } from '../../models/embedders/lsa.ts';
import { embed, type Embedded, type EmbedderName, type EmbedOptions } from './embed.ts';
import type { Item, Items } from './items.ts';
import { plainWords } from '../../metrics/text/words.ts';

export interface FieldChoice {
  readonly field: string;
  readonly embedder: EmbedderName;
}

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
  readonly null: [low: number, high: number];
  readonly p: number;
  readonly partial: number | null;
  readonly spearman: number;
  readonly euclidean: number;
  readonly sampledPairs: number;
  readonly curve: Edc['curve'];
  readonly slices: readonly Slice[];
  readonly measures: Measures;
  /** Distances of some pairs, for the picture: how many of them lie in each cell. */
  readonly scatter: Scatter;
  readonly verdict: Verdict;
}

export interface Slice {
  readonly slice: string;
  readonly n: number;
  readonly pearson: number;
  readonly interval: [low: number, high: number];
  readonly null: [low: number, high: number];
}

/** What one measured of data sets before. */
export interface Measures {
  /** Share of the items whose input, or output, an earlier item has. */
  readonly duplicateInputs: number;
  readonly duplicateOutputs: number;
  /** Of items that share their input with another: the share whose output is that input's most frequent. */
  readonly consistency: number | null;
  /** Different words of the outputs, and the share of all words that occur in two items and more; null for no text. */
  readonly vocabulary: { readonly words: number; readonly coverage: number } | null;
  /** Words of an output: quartiles. */
  readonly outputLength: readonly [number, number, number];
}

export interface Scatter {
  readonly cells: number;
  readonly input: readonly [from: number, to: number];
  readonly output: readonly [from: number, to: number];
  /** [cells, cells], by rows of the output's distance. */
  readonly counts: readonly number[];
}

export interface Verdict {
  readonly quality: 'follows' | 'weak' | 'none' | 'unclear';
  readonly reasons: readonly string[];
}

export interface MeasureOptions extends EmbedOptions {
  readonly data: string;
  readonly input: FieldChoice;
  readonly output: FieldChoice;
  readonly resamples: number;
  readonly progress: (done: number, total: number) => void;
}

/** Slices of fewer items tell nothing. */
const LEAST_SLICE = 30;
const MOST_SLICES = 40;

export async function measureEdc({ items, rows, empty }: Items, options: MeasureOptions): Promise<EdcReport> {
  const { data, input, output, seed, resamples, progress } = options;
  const x = await embed(
    input.embedder,
    input.field,
    items.map((item) => item.input),
    options,
  );
  const y = await embed(
    output.embedder,
    output.field,
    items.map((item) => item.output),
    options,
  );
  // The longer a text, the nearer its vector to the mean: held fixed on the side of the prose.
  const lengths = y.lengths.map((length) => Math.log1p(length));
  const whole = edc(x, y, { seed, resamples, lengths, progress });
  const measures = measuresOf(items, y);
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
    null: ends(whole.null),
    p: whole.p,
    partial: whole.partial,
    spearman: whole.spearman,
    euclidean: whole.euclidean,
    sampledPairs: whole.sampledPairs,
    curve: whole.curve,
    slices: slicesOf(items, x, y, seed, resamples),
    measures,
    scatter: scatterOf(whole.sample),
    verdict: verdictOf(whole, measures),
  };
}

function ends({ low, high }: Interval): [number, number] {
  return [low, high];
}

function slicesOf(
  items: readonly Item[],
  x: Embedded,
  y: Embedded,
  seed: number,
  resamples: number,
): Slice[] {
  const places = new Map<string, number[]>();
  items.forEach(({ slice }, i) => {
    if (slice === null) return;
    const own = places.get(slice) ?? [];
    places.set(slice, own);
    own.push(i);
  });
  return [...places]
    .filter(([, own]) => own.length >= LEAST_SLICE)
    .sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1))
    .slice(0, MOST_SLICES)
    .map(([slice, own]) => {
      const part = edc(rowsOf(x, own), rowsOf(y, own), { seed, resamples, spoiled: [], sampledPairs: 1 });
      const { pearson, interval } = part;
      return { slice, n: own.length, pearson, interval: ends(interval), null: ends(part.null) };
    });
}

function rowsOf(
  { vectors, size }: Embedded,
  rows: readonly number[],
): { vectors: Float32Array; size: number } {
  const chosen = new Float32Array(rows.length * size);
  rows.forEach((row, i) => chosen.set(vectors.subarray(row * size, (row + 1) * size), i * size));
  return { vectors: chosen, size };
}

function measuresOf(items: readonly Item[], { lengths }: Embedded): Measures {
  const inputs = items.map(({ input }) => keyOf(input));
  const outputs = items.map(({ output }) => keyOf(output));
  const texts = items.every(({ output }) => typeof output === 'string');
  return {
    duplicateInputs: 1 - new Set(inputs).size / items.length,
    duplicateOutputs: 1 - new Set(outputs).size / items.length,
    consistency: consistencyOf(inputs, outputs),
    vocabulary: texts ? vocabularyOf(items.map(({ output }) => output as string)) : null,
    outputLength: quartiles(lengths),
  };
}

function keyOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value instanceof Uint8Array ? [...value] : value);
}

function consistencyOf(inputs: readonly string[], outputs: readonly string[]): number | null {
  const groups = new Map<string, Map<string, number>>();
  inputs.forEach((input, i) => {
    const of = groups.get(input) ?? new Map<string, number>();
    groups.set(input, of);
    of.set(outputs[i], (of.get(outputs[i]) ?? 0) + 1);
  });
  let [same, all] = [0, 0];
  for (const of of groups.values()) {
    const counts = [...of.values()];
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total < 2) continue;
    same += Math.max(...counts);
    all += total;
  }
  return all === 0 ? null : same / all;
}

function vocabularyOf(texts: readonly string[]): { words: number; coverage: number } {
  const lists = texts.map(plainWords);
  const items = itemFrequencies(lists);
  let [known, all] = [0, 0];
  for (const words of lists) {
    all += words.length;
    known += words.filter((word) => items.get(word)! > 1).length;
  }
  return { words: items.size, coverage: known / Math.max(1, all) };
}

function quartiles(values: Float64Array): [number, number, number] {
  const sorted = values.slice().sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return [at(0.25), at(0.5), at(0.75)];
}

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

/** Below this, inputs tell next to nothing of outputs, however sure it is that it is not nothing. */
const WEAK = 0.1;
/** An interval so wide leaves the question open. */
const WIDE = 0.2;
/** Share of one text, or loss by holding lengths fixed, that makes a figure doubtful. */
const MUCH = 0.5;

/** In words, with its reasons. The bounds are ours: the paper names none. */
function verdictOf(found: Edc, measures: Measures): Verdict {
  const { pearson, interval, partial } = found;
  const three = (value: number): string => value.toFixed(3);
  const apart = interval.low > found.null.high;
  const reasons: string[] = [];
  if (!Number.isFinite(pearson)) {
    return { quality: 'unclear', reasons: ['One side does not vary: there is nothing to correlate.'] };
  }
  reasons.push(
    apart
      ? `The interval ${three(interval.low)} to ${three(interval.high)} lies above what shuffled outputs give (up to ${three(found.null.high)}).`
      : `The interval ${three(interval.low)} to ${three(interval.high)} meets what shuffled outputs give (${three(found.null.low)} to ${three(found.null.high)}).`,
  );
  if (partial !== null && apart && partial < pearson * (1 - MUCH)) {
    reasons.push(`Most of it is length: with lengths held fixed ${three(partial)} remains.`);
  }
  if (measures.duplicateOutputs > MUCH) {
    reasons.push(`${Math.round(100 * measures.duplicateOutputs)} % of the outputs repeat an earlier one.`);
  }
  if (measures.consistency !== null && measures.consistency < MUCH) {
    reasons.push(
      `Of equal inputs only ${Math.round(100 * measures.consistency)} % have the output that most of them have.`,
    );
  }
  const wide = interval.high - interval.low > WIDE;
  if (!apart) return { quality: wide ? 'unclear' : 'none', reasons };
  return { quality: pearson >= WEAK ? 'follows' : 'weak', reasons };
}
