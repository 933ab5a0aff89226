/** The items of a set of pairs: a sample of its rows, with two of their fields and what else is asked of them. */

import { BinscribeError } from '../../error.ts';
import { Random } from '../../random.ts';
import { NAME_FIELD, SPLIT_FIELD } from './fields.ts';
import type { Row } from './rows.ts';

export interface Item {
  /** Number of its row in the set, from 1. */
  readonly row: number;
  readonly input: unknown;
  readonly output: unknown;
  /** The definition that it was made of, other items perhaps too, and that definition's file; null where unknown. */
  readonly definition: string | null;
  readonly file: string | null;
  /** Values of the fields by which the set is cut into slices. */
  readonly slices: readonly string[];
  /** The row's `name` and `split`, where it has them. */
  readonly name: string | null;
  readonly split: string | null;
}

export interface ItemFields {
  readonly input: string;
  readonly output: string;
  /** Fields to slice by. */
  readonly by: readonly string[];
  /** Fields that together name what a row was made of, and its file; none where rows do not say. */
  readonly definition: readonly string[];
  readonly file: readonly string[];
}

export interface Items {
  readonly items: readonly Item[];
  /** Rows of the set, of which `items` are a sample. */
  readonly rows: number;
  /** Rows without one of the two fields. */
  readonly empty: number;
}

/**
 * @param where the set, for messages
 * @param most items at most: of more a seeded sample is taken, in memory of that size
 * @throws BinscribeError: `usage` where no row has the fields, and what reading the rows throws
 */
export async function readItems(
  where: string,
  set: AsyncIterable<Row>,
  { input, output, by, definition, file }: ItemFields,
  most: number,
  seed: number,
): Promise<Items> {
  const random = new Random(seed);
  const items: Item[] = [];
  let [rows, full, names] = [0, 0, new Set<string>()];
  for await (const row of set) {
    rows++;
    if (rows === 1) names = new Set(Object.keys(row));
    const item: Item = {
      row: rows,
      input: fieldOf(row, input),
      output: fieldOf(row, output),
      definition: placeOf(row, definition),
      file: placeOf(row, file),
      slices: by.map((field) => shownValue(fieldOf(row, field)) ?? '(none)'),
      name: shownValue(fieldOf(row, NAME_FIELD)),
      split: shownValue(fieldOf(row, SPLIT_FIELD)),
    };
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
    throw new BinscribeError('usage', `${where}: no row has the fields ${input} and ${output}: ${has}`, {
      hint: 'Name them with --input and --output.',
    });
  }
  return { items, rows, empty: rows - full };
}

/** `a.b` looks into objects. */
export function fieldOf(row: Row, name: string): unknown {
  if (name in row) return row[name];
  return name.split('.').reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    return (value as Row)[part];
  }, row);
}

function placeOf(row: Row, fields: readonly string[]): string | null {
  const values = fields.map((field) => fieldOf(row, field));
  // A line that is not known is 0.
  const known = values.length > 0 && values.every((value) => !isEmpty(value) && value !== 0);
  return known ? JSON.stringify(values) : null;
}

function shownValue(value: unknown): string | null {
  if (isEmpty(value)) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
