/**
 * Embedding Distance Correlation (arXiv 2404.19631): how far the distance of two inputs tells the distance of their
 * outputs, over pairs of items. High where texts follow from binaries, 0 where they are shuffled. The paper leaves
 * the estimator open; ours is Pearson's correlation of cosine distances over all pairs of different items, with the
 * bootstrap over items, since pairs share them. It is not Székely's distance correlation.
 */

import { Random } from '../../random.ts';
import { type Interval, quantile } from '../bootstrap.ts';
import { partialCorrelation } from './length.ts';
import { choosePairs, countItems, distances, pearson, spearman } from './sampled.ts';
import { correlationOf, normalizeRows, PairSummer, type Side } from './sums.ts';

export interface EdcOptions {
  readonly seed: number;
  /** Resamples of the bootstrap and permutations of the null. */
  readonly resamples?: number;
  /** Pairs that ranks and Euclidean distances are taken over. */
  readonly sampledPairs?: number;
  /** Lengths of the items' texts or code, for the partial correlation. */
  readonly lengths?: ArrayLike<number>;
  /** Shares of the outputs to spoil, for the curve. */
  readonly spoiled?: readonly number[];
  readonly progress?: (done: number, total: number) => void;
}

export interface Spoiled {
  /** Share of the outputs that were exchanged among one another. */
  readonly share: number;
  readonly pearson: number;
  /** The first point times (1 - share)^2: what a pair keeps that keeps both of its outputs. */
  readonly expected: number;
}

export interface Edc {
  readonly items: number;
  readonly pairs: number;
  /** Of cosine distances, over all pairs. */
  readonly pearson: number;
  /** 95 %, by the bootstrap over items. */
  readonly interval: Interval;
  /** 95 % of what outputs in another order give. */
  readonly null: Interval;
  /** Share of those at least as high: Mantel's test, one-sided. */
  readonly p: number;
  /** With the difference of lengths held fixed; null where no lengths were given. */
  readonly partial: number | null;
  readonly spearman: number;
  /** Of Euclidean distances. */
  readonly euclidean: number;
  /** Pairs of the two figures before. */
  readonly sampledPairs: number;
  readonly curve: readonly Spoiled[];
  /** Cosine distances of those pairs, a few thousand at most, for a picture. */
  readonly sample: { readonly x: Float64Array; readonly y: Float64Array };
}

const RESAMPLES = 200;
/** Ranks of a million pairs tell a correlation to a thousandth, and need 40 MB. */
const SAMPLED_PAIRS = 1_000_000;
/** Points of a picture: more hide one another. */
const PICTURED = 20_000;
const SPOILED = [0, 0.1, 0.25, 0.5, 0.75, 1];
const LEVEL = 0.95;

/**
 * @param input vectors of the items' inputs, and `output` of their outputs, item by item; any lengths
 * @throws RangeError where there are fewer than three items, or not as many on both sides
 */
export function edc(input: Side, output: Side, options: EdcOptions): Edc {
  const items = countItems(input, output);
  if (items < 3) throw new RangeError(`three items and more expected, got ${items}`);
  const { seed, resamples = RESAMPLES, sampledPairs = SAMPLED_PAIRS, spoiled = SPOILED } = options;
  const x = { ...input, vectors: normalizeRows(input.vectors, input.size) };
  const y = { ...output, vectors: normalizeRows(output.vectors, output.size) };
  const total = 2 * resamples + spoiled.length;
  let done = 0;
  const counted = (value: number): number => {
    options.progress?.(++done, total);
    return value;
  };

  const summer = new PairSummer(x, y);
  const sums = summer.sums();
  const own = correlationOf(sums);
  const drawn = Array.from({ length: resamples }, (_, i) =>
    counted(correlationOf(summer.sums(draw(items, new Random(seed + i))))),
  );
  const shuffled = Array.from({ length: resamples }, (_, i) => {
    const order = new Random(seed + i).shuffle(Array.from({ length: items }, (__, k) => k));
    return counted(correlationOf(summer.reordered(sums, order)));
  });
  const pairs = choosePairs(items, sampledPairs, seed);
  const [farX, farY] = [distances(x, pairs, 'cosine'), distances(y, pairs, 'cosine')];
  const shown = Math.min(pairs.first.length, PICTURED);
  const spread = Uint32Array.from({ length: shown }, (_, i) => Math.floor((i * pairs.first.length) / shown));
  return {
    items,
    pairs: sums.pairs,
    pearson: own,
    interval: middle(drawn),
    null: middle(shuffled),
    p: (1 + shuffled.filter((value) => value >= own).length) / (1 + shuffled.length),
    partial: options.lengths ? partialCorrelation(sums, x, y, options.lengths) : null,
    spearman: spearman(farX, farY),
    euclidean: pearson(distances(input, pairs, 'euclidean'), distances(output, pairs, 'euclidean')),
    sampledPairs: pairs.first.length,
    curve: spoiled.map((share) => ({
      share,
      pearson: counted(correlationOf(summer.reordered(sums, spoil(items, share, seed)))),
      expected: own * (1 - share) ** 2,
    })),
    sample: { x: Float64Array.from(spread, (i) => farX[i]), y: Float64Array.from(spread, (i) => farY[i]) },
  };
}

/** How often each item is drawn with replacement. */
function draw(items: number, random: Random): Float64Array {
  const times = new Float64Array(items);
  for (let i = 0; i < items; i++) times[random.below(items)]++;
  return times;
}

/** An order in which a share of the items, drawn at random, have each other's places. */
export function spoil(items: number, share: number, seed: number): Int32Array {
  const random = new Random(seed);
  const chosen = random
    .shuffle(Array.from({ length: items }, (_, i) => i))
    .slice(0, Math.round(items * share));
  const order = Int32Array.from({ length: items }, (_, i) => i);
  // One step around a circle: nobody keeps his own.
  chosen.forEach((item, k) => (order[item] = chosen[(k + 1) % chosen.length]));
  return order;
}

function middle(values: readonly number[]): Interval {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return { low: quantile(sorted, (1 - LEVEL) / 2), high: quantile(sorted, (1 + LEVEL) / 2) };
}
