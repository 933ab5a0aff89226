/** How long the sides of a data set's rows are, in tokens of one rule for all of them. */

import { openDataset, type ColumnName, type FunctionRow } from '../../corpus/dataset.ts';
import { type Histogram, LengthCounts } from '../../metrics/lengths.ts';
import { countWordsAndMarks } from '../../metrics/text/words.ts';

export const SIDES = ['source', 'assembly', 'LLVM IR', 'text'] as const;
export type Side = (typeof SIDES)[number];

/** Shares of rows whose length is no longer. ContraBin gives the ninth tenth. */
export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99] as const;

export interface SideLengths {
  readonly side: Side;
  /** Rows that have it. */
  readonly rows: number;
  /** Tokens. */
  readonly mean: number;
  readonly quantiles: readonly number[];
  readonly longest: number;
  readonly histogram: Histogram;
}

export interface DatasetLengths {
  readonly name: string;
  /** SHA-256 of the data set's manifest. */
  readonly manifest: string;
  /** Rows that were counted: those that are no normalised duplicate. */
  readonly rows: number;
  /** In the order of `SIDES`, those that some row has. */
  readonly sides: readonly SideLengths[];
}

const COLUMNS = [
  'source',
  'assembly',
  'ir',
  'text',
  'normalized_duplicate',
] as const satisfies readonly ColumnName[];

/** @throws BinscribeError what the reader of data sets throws */
export async function measureLengths(
  directory: string,
  manifest: string,
  progress: (rows: number, total: number) => void,
): Promise<DatasetLengths> {
  const dataset = openDataset(directory);
  const { name, counts } = dataset.manifest;
  const lengths = SIDES.map(() => new LengthCounts());
  let [done, rows] = [0, 0];
  for await (const row of dataset.rows(COLUMNS)) {
    progress(++done, counts.train.rows + counts.test.rows);
    if (row.normalized_duplicate) continue;
    rows++;
    for (const [i, side] of SIDES.entries()) {
      const length = lengthOf(side, row);
      if (length > 0) lengths[i].add(length);
    }
  }
  const sides = SIDES.flatMap((side, i) => (lengths[i].count === 0 ? [] : [summaryOf(side, lengths[i])]));
  return { name, manifest, rows, sides };
}

function lengthOf(side: Side, row: Pick<FunctionRow, (typeof COLUMNS)[number]>): number {
  switch (side) {
    case 'source':
      return countWordsAndMarks(row.source ?? '');
    case 'assembly':
      return countWordsAndMarks(row.assembly);
    case 'LLVM IR':
      return countWordsAndMarks(row.ir ?? '');
    default:
      return countWordsAndMarks(row.text ?? '');
  }
}

function summaryOf(side: Side, lengths: LengthCounts): SideLengths {
  return {
    side,
    rows: lengths.count,
    mean: lengths.mean,
    quantiles: QUANTILES.map((q) => lengths.quantile(q)),
    longest: lengths.longest,
    histogram: lengths.histogram(),
  };
}
