/**
 * Embedding Distance Correlation (arXiv 2404.19631): how far the distance of two inputs tells the distance of their
 * outputs, over pairs of items. High where texts follow from binaries, 0 where they are shuffled. The paper leaves
 * the estimator open; ours is Pearson's correlation of cosine distances over all pairs of different items. It is not
 * Székely's distance correlation.
 *
 * Items may hang together, and then two questions have two answers. How sure is the figure: the bootstrap draws
 * clusters, items that share anything, since what repeats would come again or be missing as a whole in another set.
 * What would be there by chance: outputs change places by blocks, items that were made of one thing, so that an output
 * stays with as many items as it had. Equal outputs of different things go each their way, for that people said the
 * same of alike things is what the figure measures. Where blocks have several items shuffled outputs give more than 0:
 * so much is repetition.
 */

import { Random } from '../../random.ts';
import { type Interval, quantile } from '../bootstrap.ts';
import { firstOrderShare } from './first-order.ts';
import { alone, drawGroups, effectiveSize, type Groups, shuffleGroups, spoilGroups } from './groups.ts';
import { partialCorrelation } from './length.ts';
import { choosePairs, countItems, distances, pearson, spearman } from './sampled.ts';
import { correlationOf, normalizeRows, PairSummer, type Side } from './sums.ts';

export interface EdcOptions {
  readonly seed: number;
  /** Resamples of the bootstrap and permutations of the null. */
  readonly resamples?: number;
  /** Pairs that ranks and Euclidean distances are taken over. */
  readonly sampledPairs?: number;
  /** Items that the bootstrap draws together; each alone where nothing is said. */
  readonly clusters?: Groups;
  /** Items whose outputs change places together, in the null and the curve; each alone where nothing is said. */
  readonly blocks?: Groups;
  /** Lengths of the items' texts or code, for the partial correlation. */
  readonly lengths?: ArrayLike<number>;
  /** Shares of the blocks to spoil, for the points of the curve after the first. */
  readonly spoiled?: readonly number[];
  readonly progress?: (done: number, total: number) => void;
}

export interface Spoiled {
  /** Share of the blocks whose outputs were exchanged among one another. */
  readonly share: number;
  /** Mean over several draws of that share. */
  readonly pearson: number;
  /** 95 % of those draws. */
  readonly interval: Interval;
  /** What (1 - share)^2 leaves of all that lies above shuffled outputs: a pair keeps it that keeps both its outputs. */
  readonly square: number;
  /** What is left where the part of single items falls by 1 - share alone. */
  readonly expected: number;
}

export interface Edc {
  readonly items: number;
  readonly pairs: number;
  /** Of cosine distances, over all pairs. */
  readonly pearson: number;
  /** 95 %, by the bootstrap over clusters. */
  readonly interval: Interval;
  /** Clusters, and how many of one size would tell as much. */
  readonly clusters: { readonly count: number; readonly effective: number };
  /** Blocks whose outputs change places. */
  readonly blocks: number;
  /** Share of the covariance that is of single items: those far from all others on both sides. */
  readonly firstOrder: number;
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
/** Draws of a point of the curve, or as many as there are resamples: the ends of its interval move by a third of its width. */
const SPOILINGS = 40;
const SPOILED = [0.1, 0.25, 0.5, 0.75, 1];
const LEVEL = 0.95;

/**
 * @param input vectors of the items' inputs, and `output` of their outputs, item by item; any lengths
 * @throws RangeError where there are fewer than three items, or not as many on both sides
 */
export function edc(input: Side, output: Side, options: EdcOptions): Edc {
  const items = countItems(input, output);
  if (items < 3) throw new RangeError(`three items and more expected, got ${items}`);
  const { seed, resamples = RESAMPLES, sampledPairs = SAMPLED_PAIRS, spoiled = SPOILED } = options;
  const { clusters = alone(items), blocks = alone(items) } = options;
  const x = { ...input, vectors: normalizeRows(input.vectors, input.size) };
  const y = { ...output, vectors: normalizeRows(output.vectors, output.size) };
  const spoilings = Math.min(SPOILINGS, resamples);
  const total = 2 * resamples + spoilings * spoiled.length;
  let done = 0;
  const repeated = (times: number, figure: (random: Random) => number): number[] =>
    Array.from({ length: times }, (_, i) => {
      const value = figure(new Random(seed + i));
      options.progress?.(++done, total);
      return value;
    });

  const summer = new PairSummer(x, y, clusters);
  const sums = summer.sums();
  const own = correlationOf(sums);
  const drawn = repeated(resamples, (random) =>
    correlationOf(summer.sums(drawGroups(clusters, items, random))),
  );
  const inOrder = (order: ArrayLike<number>): number => correlationOf(summer.reordered(sums, order));
  const shuffled = repeated(resamples, (random) => inOrder(shuffleGroups(blocks, items, random)));
  const chance = mean(shuffled);
  const firstOrder = firstOrderShare(sums, x, y);
  const left = (share: number): number => chance + (own - chance) * share;
  const pairs = choosePairs(items, sampledPairs, seed);
  const [farX, farY] = [distances(x, pairs, 'cosine'), distances(y, pairs, 'cosine')];
  const shown = Math.min(pairs.first.length, PICTURED);
  const spread = Uint32Array.from({ length: shown }, (_, i) => Math.floor((i * pairs.first.length) / shown));
  return {
    items,
    pairs: sums.pairs,
    pearson: own,
    interval: middle(drawn),
    clusters: { count: clusters.length, effective: effectiveSize(clusters) },
    blocks: blocks.length,
    firstOrder,
    null: middle(shuffled),
    p: (1 + shuffled.filter((value) => value >= own).length) / (1 + shuffled.length),
    partial: options.lengths ? partialCorrelation(sums, x, y, options.lengths) : null,
    spearman: spearman(farX, farY),
    euclidean: pearson(distances(input, pairs, 'euclidean'), distances(output, pairs, 'euclidean')),
    sampledPairs: pairs.first.length,
    curve: [
      { share: 0, pearson: own, interval: { low: own, high: own }, square: own, expected: own },
      ...spoiled.map((share) => {
        const values = repeated(spoilings, (random) => inOrder(spoilGroups(blocks, items, share, random)));
        const square = (1 - share) ** 2;
        return {
          share,
          pearson: mean(values),
          interval: middle(values),
          square: left(square),
          expected: left(firstOrder * (1 - share) + (1 - firstOrder) * square),
        };
      }),
    ],
    sample: { x: Float64Array.from(spread, (i) => farX[i]), y: Float64Array.from(spread, (i) => farY[i]) },
  };
}

function mean(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value));
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}

function middle(values: readonly number[]): Interval {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  return { low: quantile(sorted, (1 - LEVEL) / 2), high: quantile(sorted, (1 + LEVEL) / 2) };
}
