/** The different inputs of a data set's rows: what a text is made of, once however many rows have it. */

import type { ColumnName, Dataset, FunctionRow } from '../../corpus/dataset.ts';
import { HashTable } from '../../corpus/hash-table.ts';
import { murmur128Hex } from '../../tokens/hash.ts';
import { fill, placesOf } from './question.ts';

export interface InputOptions {
  /** With `{source}`, `{code}` or both. */
  readonly question: string;
  /** Where the question comes from, for messages. */
  readonly where: string;
  /** Whether rows that have a text keep it, and are no input. */
  readonly keepTexts: boolean;
  /** Most inputs: of more a sample by their hashes, which a larger limit's sample has too. */
  readonly limit: number | undefined;
}

const COLUMNS = ['source', 'text', 'code', 'exact_hash'] as const satisfies readonly ColumnName[];
type InputRow = Pick<FunctionRow, (typeof COLUMNS)[number]>;

const UTF8 = new TextEncoder();

/** Hexadecimal digits that a number of JavaScript holds exactly. */
const EXACT_DIGITS = 13;

/** Memory is 16 bytes a different input, and 8 more where there is a limit. */
export class Inputs {
  readonly question: string;
  private readonly dataset: Dataset;
  private readonly options: InputOptions;
  private readonly places: ReadonlySet<'source' | 'code'>;
  /** Inputs with a larger hash are not in the sample. */
  private last = Infinity;

  private constructor(dataset: Dataset, options: InputOptions) {
    this.dataset = dataset;
    this.options = options;
    this.question = options.question;
    this.places = placesOf(options.question, options.where);
  }

  /** Reads the rows once where there is a limit. @throws BinscribeError as `placesOf` and the reader of data sets do */
  static async of(dataset: Dataset, options: InputOptions): Promise<Inputs> {
    const inputs = new Inputs(dataset, options);
    if (options.limit !== undefined) inputs.last = await inputs.lastOf(options.limit);
    return inputs;
  }

  /** The hash of what a row's text is made of; null where it has nothing to make one of, or keeps its own. */
  keyOf(row: InputRow): string | null {
    if (this.options.keepTexts && row.text !== null) return null;
    if (this.places.has('source') && row.source === null) return null;
    const parts = [
      this.places.has('source') ? row.source : '',
      this.places.has('code') ? row.exact_hash : '',
    ];
    const key = murmur128Hex(UTF8.encode(parts.join('\0')));
    return orderOf(key) <= this.last ? key : null;
  }

  /** The question about a row that has a key. */
  questionOf(row: InputRow): string {
    return fill(this.question, row);
  }

  /** The question about each input, in the order of the rows. */
  async *questions(progress?: (rows: number, total: number) => void): AsyncGenerator<string, void> {
    for await (const row of this.different(progress)) yield this.questionOf(row);
  }

  /** The first row of each input. */
  private async *different(progress?: (rows: number, total: number) => void): AsyncGenerator<InputRow, void> {
    const { train, test } = this.dataset.manifest.counts;
    const seen = new HashTable();
    let rows = 0;
    for await (const row of this.dataset.rows(COLUMNS)) {
      progress?.(++rows, train.rows + test.rows);
      const key = this.keyOf(row);
      if (key === null) continue;
      const before = seen.size;
      seen.add(key);
      if (seen.size > before) yield row;
    }
  }

  private async lastOf(limit: number): Promise<number> {
    const orders: number[] = [];
    for await (const row of this.different()) orders.push(orderOf(this.keyOf(row)!));
    return orders.length <= limit ? Infinity : Float64Array.from(orders).sort()[limit - 1];
  }
}

function orderOf(key: string): number {
  return parseInt(key.slice(0, EXACT_DIGITS), 16);
}
