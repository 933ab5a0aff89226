/** What experts said of items: read from the tables that `edc --rate` wrote, joined, with how far they agree. */

import { cohenKappa, krippendorffAlpha } from '../../metrics/agreement.ts';
import { bootstrap, type Interval } from '../../metrics/bootstrap.ts';
import { BinscribeError } from '../../error.ts';
import type { Item } from './items.ts';
import { HIGHEST_RATING, LOWEST_RATING, RATING_COLUMN, ratingId } from './rate.ts';
import { rowsOf } from './rows.ts';
import { mean } from '../../numbers.ts';

/** A figure with its 95 % interval, by the bootstrap over items. */
export interface Sure {
  readonly value: number;
  readonly interval: [low: number, high: number];
}

export interface RatingsReport {
  readonly raters: number;
  /** Items with a rating at least. */
  readonly items: number;
  /** Mean over items of the mean of their ratings. */
  readonly mean: Sure;
  /** Cohen's kappa of two raters, plain and with quadratic weights; null where there are not two. */
  readonly kappa: { readonly plain: Sure; readonly weighted: Sure } | null;
  /** Krippendorff's alpha of values of ranks; null for one rater. */
  readonly alpha: Sure | null;
  readonly slices: readonly { readonly slice: string; readonly items: number; readonly mean: number }[];
}

interface RatedItem {
  readonly slice: string;
  /** By rater. */
  readonly values: Map<string, number>;
}

/**
 * @param files as raters sent them back; a rater is a column of a file that holds a rating
 * @param items of the set, against which ids are checked
 * @throws BinscribeError: `corrupt` for a rating that is none, `usage` where files rate another set or nothing
 */
export async function readRatings(
  files: readonly string[],
  items: readonly Item[],
  seed: number,
): Promise<RatingsReport> {
  const rated = new Map<string, RatedItem>();
  const own = new Map(items.map((item) => [item.row, item]));
  for (const file of files) {
    let line = 0;
    for await (const row of rowsOf({ path: file, delimiter: 'guess' }, [])) {
      line++;
      const { id, slice } = row;
      if (typeof id !== 'string') throw wrongFile(file, 'there is no column id');
      const item = own.get(Number(id.split('-')[0]));
      if (item && ratingId(item) !== id) throw wrongFile(file, `row ${line} is of another set`);
      // A cell that looks like a formula was given an apostrophe.
      const entry = rated.get(id) ?? { slice: shownSlice(slice), values: new Map<string, number>() };
      for (const [column, value] of Object.entries(row)) {
        if (!column.toLowerCase().startsWith(RATING_COLUMN)) continue;
        const rating = ratingOf(value, `${file}, row ${line}: ${column}`);
        if (rating !== null) rated.set(id, entry).get(id)!.values.set(`${file} ${column}`, rating);
      }
    }
  }
  if (rated.size === 0) {
    throw new BinscribeError('usage', `${files.join(', ')}: nobody has rated anything`, {
      hint: `Columns that begin with "${RATING_COLUMN}" hold numbers from ${LOWEST_RATING} to ${HIGHEST_RATING}.`,
    });
  }
  return reportOf([...rated.values()], seed);
}

function shownSlice(value: unknown): string {
  return typeof value === 'string' ? value.replace(/^'/, '') : '';
}

function wrongFile(file: string, why: string): BinscribeError {
  return new BinscribeError('usage', `${file}: ${why}`, {
    hint: 'Ratings are of a table that `binscribe edc DATA --rate N -o FILE` wrote of the same data.',
  });
}

function ratingOf(value: unknown, where: string): number | null {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === ''))
    return null;
  const rating = typeof value === 'string' ? Number(value.trim().replace(',', '.')) : value;
  if (typeof rating === 'number' && rating >= LOWEST_RATING && rating <= HIGHEST_RATING) return rating;
  throw new BinscribeError(
    'corrupt',
    `${where}: a number from ${LOWEST_RATING} to ${HIGHEST_RATING} expected, got ${JSON.stringify(value).slice(0, 40)}`,
  );
}

function reportOf(items: readonly RatedItem[], seed: number): RatingsReport {
  const raters = [...new Set(items.flatMap(({ values }) => [...values.keys()]))];
  const ratings = raters.map((rater) => items.map(({ values }) => values.get(rater) ?? null));
  const means = items.map(({ values }) => mean([...values.values()]));
  const sure = (figure: (times?: Float64Array) => number): Sure => {
    const { low, high }: Interval = bootstrap(items.length, (item) => item, figure, { seed });
    return { value: figure(), interval: [low, high] };
  };
  const kappa = (weights: 'none' | 'quadratic'): Sure =>
    sure((times) => cohenKappa(ratings[0], ratings[1], weights, times));
  return {
    raters: raters.length,
    items: items.length,
    mean: sure((times) => weightedMean(means, times)),
    kappa: raters.length === 2 ? { plain: kappa('none'), weighted: kappa('quadratic') } : null,
    alpha: raters.length > 1 ? sure((times) => krippendorffAlpha(ratings, 'ordinal', times)) : null,
    slices: [...new Set(items.map(({ slice }) => slice))].sort().map((slice) => {
      const own = means.filter((_, i) => items[i].slice === slice);
      return { slice, items: own.length, mean: mean(own) };
    }),
  };
}

function weightedMean(values: readonly number[], times?: Float64Array): number {
  let [sum, total] = [0, 0];
  values.forEach((value, i) => {
    sum += (times?.[i] ?? 1) * value;
    total += times?.[i] ?? 1;
  });
  return sum / total;
}
