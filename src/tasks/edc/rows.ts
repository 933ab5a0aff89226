/** Where rows of pairs come from: files of JSON lines, tables, data sets of ours; some of them, by a field's value. */

import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse } from 'csv-parse';
import { type ColumnName, openDataset } from '../../corpus/dataset.ts';
import { dumpFile, readBody, readPost, readRows } from '../../corpus/posts/index.ts';
import { ALL_COLUMNS } from '../../corpus/row.ts';
import { BinscribeError, describeError } from '../../error.ts';
import { DEFINITION_FIELDS, FILE_FIELDS, NAME_FIELD, SPLIT_FIELD } from './fields.ts';
import type { ItemFields } from './items.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface RowSource {
  /** A data set folder, or a file .jsonl, .ndjson, .csv or .tsv, or .xml: the posts of a Stack Exchange dump. */
  readonly path: string;
  /** What parts the cells of a table, where its name does not say so; `guess` where a spreadsheet has written it. */
  readonly delimiter?: ',' | ';' | '\t' | 'guess' | undefined;
  /** Names of a table's columns, where its first line is a row already. */
  readonly columns?: readonly string[] | undefined;
}

/** Whether a path is a data set of ours, of which the fields are known. */
export function isDataset(path: string): boolean {
  return existsSync(join(path, 'manifest.json')) && statSync(path).isDirectory();
}

/**
 * Fields that say which rows were made of one thing.
 * @param group names of such fields, where somebody knows them; data sets of ours name definitions themselves
 */
export function placeFields(
  path: string,
  group: readonly string[] | undefined,
): Pick<ItemFields, 'definition' | 'file'> {
  const known = isDataset(path);
  return { definition: group ?? (known ? DEFINITION_FIELDS : []), file: known ? FILE_FIELDS : [] };
}

/**
 * @param fields that are needed: of a data set only those are read, and what `fields.ts` names
 * @throws BinscribeError: `unreadable` where there is no such file, `corrupt` where it is not what its name says,
 *   `unsupported` where the name says nothing, `usage` for a column that data sets do not have
 */
export async function* rowsOf(source: RowSource, fields: readonly string[]): AsyncGenerator<Row> {
  const { path } = source;
  if (!existsSync(path)) throw new BinscribeError('unreadable', `${path}: there is no such file or folder`);
  if (isDataset(path)) yield* datasetRows(path, fields);
  else if (/\.(csv|tsv)$/i.test(path)) yield* tableRows(source);
  else if (/\.(jsonl|ndjson)$/i.test(path)) yield* jsonRows(path);
  else if (/\.xml$/i.test(path)) yield* postRows(path);
  else {
    throw new BinscribeError(
      'unsupported',
      `${path}: a data set folder or a file .jsonl, .ndjson, .csv, .tsv or Posts.xml expected`,
    );
  }
}

async function* datasetRows(path: string, fields: readonly string[]): AsyncGenerator<Row> {
  const stranger = fields.find((field) => !(ALL_COLUMNS as string[]).includes(field));
  if (stranger !== undefined) {
    throw new BinscribeError('usage', `${path}: the data set has no column ${stranger}`, {
      hint: `It has ${ALL_COLUMNS.join(', ')}.`,
    });
  }
  const columns = new Set<ColumnName>([
    ...(fields as ColumnName[]),
    NAME_FIELD,
    SPLIT_FIELD,
    ...DEFINITION_FIELDS,
  ]);
  yield* openDataset(path).rows([...columns], {});
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

/** Posts with their prose, markup and code blocks left out; an answer has no title. */
async function* postRows(path: string): AsyncGenerator<Row> {
  for await (const rows of readRows(dumpFile(path)())) {
    for (const { id, title, body, tags, score } of rows.map(readPost)) {
      yield { id, title, body: readBody(body).text, tags: tags.join(' '), score };
    }
  }
}

async function* tableRows({ path, delimiter, columns }: RowSource): AsyncGenerator<Row> {
  try {
    const named = delimiter ?? (/\.tsv$/i.test(path) ? '\t' : ',');
    const parting = named === 'guess' ? delimiterOf(path) : named;
    const parser = createReadStream(path).pipe(
      parse({
        columns: columns === undefined ? true : [...columns],
        bom: true,
        delimiter: parting,
        // Quotes in a table of tabs are characters, as a rule.
        quote: parting === '\t' ? null : '"',
        relax_column_count: true,
      }),
    );
    for await (const row of parser) yield row as Row;
  } catch (error) {
    throw new BinscribeError('corrupt', `${path}: ${describeError(error)}`, { cause: error });
  }
}

/** Where people write 0,5 it is a semicolon. */
function delimiterOf(path: string): string {
  const head = readFileSync(path, 'utf8').split('\n', 1)[0];
  const count = (mark: string): number => head.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}
