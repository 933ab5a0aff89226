/** The functions that a study of texts asks about: of the test side, with a human text, each in one of its builds. */

import type { ColumnName, Dataset, FunctionRow } from '../../corpus/dataset.ts';
import { compareText } from '../../corpus/text.ts';
import { BinscribeError } from '../../error.ts';
import { Random } from '../../random.ts';

/** The column that holds what a human has written of a function. */
export const TEXT_COLUMN = 'text' satisfies ColumnName;

/** Shorter functions are stubs that look like one another: as in recipes/first.json. */
export const LEAST_INSTRUCTIONS = 8;

/** What finds a row in its data set again: no two rows have all of it in common. */
export type RowKey = Pick<
  FunctionRow,
  'package' | 'version' | 'compiler' | 'optimization' | 'binary' | 'address'
>;

export interface DescribedFunction {
  readonly row: RowKey;
  readonly name: string;
  readonly code: Uint8Array;
  readonly exactHash: string;
  /** What a human has written of it. */
  readonly text: string;
}

/** What became of the rows with a text, in the order in which they are left out. */
export interface SampleCounts {
  rows: number;
  duplicates: number;
  /** Rows whose code a training row has too, addresses normalised. */
  leaks: number;
  small: number;
  large: number;
  /** Different functions of the sources in what is left: a row for each build. */
  functions: number;
}

export interface SampleOptions {
  /** Functions wanted. */
  count: number;
  seed: number;
  /** Functions of more are left out: they would not fit into a model's context. */
  mostInstructions: number;
}

const COLUMNS = [
  ...(['package', 'version', 'compiler', 'optimization', 'binary', 'address', 'name'] as const),
  ...(['source_file', 'code', 'instructions', 'exact_hash'] as const),
  ...(['normalized_duplicate', 'normalized_leak', TEXT_COLUMN] as const),
];

/**
 * Draws functions, and of each a build. A larger sample of the same seed begins with the smaller one, so that its
 * answers are already there.
 * @throws BinscribeError of kind `usage` where no function has a text, and what the reader of data sets throws
 */
export async function drawSample(
  dataset: Dataset,
  { count, seed, mostInstructions }: SampleOptions,
): Promise<{ functions: DescribedFunction[]; counts: SampleCounts }> {
  const counts: SampleCounts = { rows: 0, duplicates: 0, leaks: 0, small: 0, large: 0, functions: 0 };
  const builds = new Map<string, DescribedFunction[]>();
  for await (const row of dataset.rows(COLUMNS, { split: 'test' })) {
    const text = row[TEXT_COLUMN];
    if (text === null) continue;
    counts.rows++;
    if (row.normalized_duplicate) counts.duplicates++;
    else if (row.normalized_leak) counts.leaks++;
    else if (row.instructions < LEAST_INSTRUCTIONS) counts.small++;
    else if (row.instructions > mostInstructions) counts.large++;
    else {
      const { package: from, version, compiler, optimization, binary, address, name } = row;
      const key = sourceFunction(row);
      const same = builds.get(key) ?? [];
      builds.set(key, same);
      same.push({
        row: { package: from, version, compiler, optimization, binary, address },
        name,
        code: row.code,
        exactHash: row.exact_hash,
        text,
      });
    }
  }
  counts.functions = builds.size;
  if (builds.size === 0) {
    throw new BinscribeError(
      'usage',
      `${dataset.manifest.name}: no function of the test side has a text, ${counts.rows} rows with one looked at`,
      { hint: `A data set whose column \`${TEXT_COLUMN}\` is filled is needed: see its card.md.` },
    );
  }
  const random = new Random(seed);
  const keys = [...builds.keys()].sort(compareText);
  const order = random.shuffle(Array.from(keys.keys())).slice(0, count);
  const functions = order.map((place) => {
    const same = builds.get(keys[place])!;
    return same[random.below(same.length)];
  });
  return { functions, counts };
}

/** What makes two rows builds of one function. */
export function sourceFunction(row: Pick<FunctionRow, 'package' | 'source_file' | 'name'>): string {
  return [row.package, row.source_file ?? '', row.name].join('\0');
}
