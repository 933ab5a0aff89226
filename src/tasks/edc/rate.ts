/** Items for experts to rate: a seeded sample that has each slice's share, as rows of a table with empty columns. */

import { formatCode } from '../../binary/x86/format.ts';
import { Random } from '../../random.ts';
import type { FieldChoice } from './embed.ts';
import type { Item } from './items.ts';
import { codeOf, exactKey } from './values.ts';

/** What raters are asked. */
export const QUESTION =
  'How well does the text say what the code does? 1 not at all, 2 hardly, 3 partly, 4 mostly, 5 wholly.';
export const LOWEST_RATING = 1;
export const HIGHEST_RATING = 5;

/** Columns whose names begin so hold ratings, one column a rater; two are there from the start. */
export const RATING_COLUMN = 'rating';
const SCALE = `${LOWEST_RATING} not at all, ${HIGHEST_RATING} wholly`;
export const EMPTY_COLUMNS = [
  `${RATING_COLUMN}_1 (${SCALE})`,
  `${RATING_COLUMN}_2 (${SCALE})`,
  'remark',
] as const;

/** A cell of a spreadsheet holds 32,767 characters. */
const LONGEST_CELL = 30_000;

export type RatingRow = Readonly<Record<'id' | 'slice' | 'code' | 'text', string>>;

/**
 * As many of each slice as its share of the items, within one, in an order that tells nothing.
 * @param slice of an item
 */
export function chooseForRating(
  items: readonly Item[],
  slice: (item: Item) => string,
  wanted: number,
  seed: number,
): Item[] {
  const random = new Random(seed);
  const shuffled = [...random.shuffle(items.map((_, i) => i))].map((i) => items[i]);
  // Sorting is stable: within a slice the order stays drawn. Every n-th then has each slice's share.
  shuffled.sort((a, b) => (slice(a) < slice(b) ? -1 : Number(slice(a) > slice(b))));
  const count = Math.min(wanted, items.length);
  const first = random.uniform();
  const chosen = Array.from(
    { length: count },
    (_, k) => shuffled[Math.floor(((k + first) * items.length) / count)],
  );
  return [...random.shuffle(chosen.map((_, i) => i))].map((i) => chosen[i]);
}

/** @throws BinscribeError `corrupt` where code is expected and the value is none */
export function ratingRow(item: Item, slice: string, input: FieldChoice): RatingRow {
  return {
    id: ratingId(item),
    slice: cell(slice),
    code: cell(shownInput(item, input)),
    text: cell(typeof item.output === 'string' ? item.output : JSON.stringify(item.output)),
  };
}

/** Row and contents, so that ratings of another set are noticed. */
export function ratingId({ row, input, output }: Item): string {
  const contents = new TextEncoder().encode(`${exactKey(input)}\n${exactKey(output)}`);
  return `${row}-${exactKey(contents).slice(0, 8)}`;
}

function shownInput(item: Item, { field, embedder }: FieldChoice): string {
  if (embedder === 'opcodes' || embedder === 'encoder') {
    return formatCode(codeOf(item.input, field, item.row - 1), 0)
      .map(({ address, text }) => `${address.toString(16)}: ${text}`)
      .join('\n');
  }
  return typeof item.input === 'string' ? item.input : JSON.stringify(item.input);
}

/** What is no character of a text would stop a spreadsheet, or move a terminal's cursor. */
function cell(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n').replace(/[^\P{C}\n\t]/gu, '\uFFFD');
  return plain.length > LONGEST_CELL ? `${plain.slice(0, LONGEST_CELL)} […]` : plain;
}
