/** The items of a set of pairs: rows of a JSONL, CSV or TSV file, or of a data set, with two of their fields. */

import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { type ColumnName, openDataset } from '../../corpus/dataset.ts';
import { ALL_COLUMNS } from '../../corpus/row.ts';
import { BinscribeError, describeError } from '../../error.ts';
import { Random } from '../../random.ts';

export interface Item {
  readonly input: unknown;
  readonly output: unknown;
  /** Value of the field by which the set is cut into slices. */
  readonly slice: string | null;
}

export interface ItemFields {
  readonly input: string;
  readonly output: string;
  /** Field to slice by. */
  readonly by?: string | undefined;
}

export interface Items {
  readonly items: readonly Item[];
  /** Rows of the file, of which `items` are a sample. */
  readonly rows: number;
  /** Rows without one of the two fields. */
  readonly empty: number;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * @param most items at most: of more a seeded sample is taken, in memory of that size
 * @throws BinscribeError: `unreadable` where there is no such file, `corrupt` where it is not what its name says,
 *   `usage` where no row has the fields
 */
export async function readItems(
  path: string,
  { input, output, by }: ItemFields,
  most: number,
  seed: number,
): Promise<Items> {
  const random = new Random(seed);
  const items: Item[] = [];
  let [rows, full, names] = [0, 0, new Set<string>()];
  for await (const row of rowsOf(path, [input, output, ...(by === undefined ? [] : [by])])) {
    rows++;
    if (rows === 1) names = new Set(Object.keys(row));
    const item = { input: fieldOf(row, input), output: fieldOf(row, output), slice: sliceOf(row, by) };
    if (isEmpty(item.input) || isEmpty(item.output)) continue;
    full++;
    // Vitter's algorithm R: each row is kept with the same probability.
    if (items.length < most) items.push(item);
    else {
      const place = random.below(full);
      if (place < most) items[place] = item;
    }
  }
  if (full === 0) {
    const has = rows === 0 ? 'there are no rows' : `the first row has ${[...names].join(', ')}`;
    throw new BinscribeError('usage', `${path}: no row has the fields ${input} and ${output}: ${has}`, {
      hint: 'Name them with --input and --output.',
    });
  }
  return { items, rows, empty: rows - full };
}

/** `a.b` looks into objects. */
function fieldOf(row: Row, name: string): unknown {
  if (name in row) return row[name];
  return name.split('.').reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    return (value as Row)[part];
  }, row);
}

function sliceOf(row: Row, by: string | undefined): string | null {
  if (by === undefined) return null;
  const value = fieldOf(row, by);
  if (value === undefined || value === null) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

async function* rowsOf(path: string, fields: readonly string[]): AsyncGenerator<Row> {
  if (!existsSync(path)) throw new BinscribeError('unreadable', `${path}: there is no such file or folder`);
  if (statSync(path).isDirectory() && existsSync(join(path, 'manifest.json'))) {
    const stranger = fields.find((field) => !(ALL_COLUMNS as string[]).includes(field));
    if (stranger !== undefined) {
      throw new BinscribeError('usage', `${path}: the data set has no column ${stranger}`, {
        hint: `It has ${ALL_COLUMNS.join(', ')}.`,
      });
    }
    yield* openDataset(path).rows(fields as ColumnName[], {});
  } else if (/\.(csv|tsv)$/i.test(path)) yield* tableRows(path);
  else if (/\.(jsonl|ndjson)$/i.test(path)) yield* jsonRows(path);
  else {
    throw new BinscribeError(
      'unsupported',
      `${path}: a data set folder or a file .jsonl, .ndjson, .csv or .tsv expected`,
    );
  }
}

async function* jsonRows(path: string): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    line++;
    if (text.trim() === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (error) {
      throw new BinscribeError('corrupt', `${path}:${line}: ${describeError(error)}`, { cause: error });
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw new BinscribeError('corrupt', `${path}:${line}: an object expected`);
    }
    yield row as Row;
  }
}

async function* tableRows(path: string): AsyncGenerator<Row> {
  const isTabs = /\.tsv$/i.test(path);
  const parser = createReadStream(path).pipe(
    parse({
      columns: true,
      bom: true,
      delimiter: isTabs ? '\t' : ',',
      // Quotes in a table of tabs are characters, as a rule.
      quote: isTabs ? null : '"',
      relax_column_count: true,
    }),
  );
  try {
    for await (const row of parser) yield row as Row;
  } catch (error) {
    throw new BinscribeError('corrupt', `${path}: ${describeError(error)}`, { cause: error });
  }
}
