/** One Parquet file of rows: written a row group at a time, read a row group at a time. */

import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { ParquetWriter, fileWriter } from 'hyparquet-writer';
import { BinscribeError, describeError } from '../error.ts';
import {
  fromParquet,
  parquetSchema,
  toParquet,
  YOUNG_COLUMNS,
  type ColumnName,
  type FunctionRow,
} from './row.ts';

/** Rows that are in memory at once: about 8 MB with their code. */
const ROW_GROUP = 8192;
/** Bytes and characters of such rows at most: of snippets, intermediate code may be most of a row. */
const ROW_GROUP_SIZE = 32 * 2 ** 20;

type Projection<C extends ColumnName> = Pick<FunctionRow, C>;

/** Collects rows into row groups; nothing is readable before `finish`. */
export class ShardWriter<C extends ColumnName> {
  private readonly columns: readonly C[];
  private readonly writer: ParquetWriter;
  private pending: Projection<C>[] = [];
  private pendingSize = 0;
  rows = 0;

  constructor(path: string, columns: readonly C[]) {
    this.columns = columns;
    this.writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: parquetSchema(columns),
      codec: 'SNAPPY',
      // The default carries the library's version: the same rows would give other bytes after an update.
      createdBy: 'binscribe',
    });
  }

  write(row: Projection<C>): void {
    this.pending.push(row);
    this.rows++;
    for (const column of this.columns) this.pendingSize += sizeOf(row[column]);
    if (this.pending.length === ROW_GROUP || this.pendingSize >= ROW_GROUP_SIZE) this.flush();
  }

  finish(): void {
    this.flush();
    void this.writer.finish();
  }

  private flush(): void {
    if (this.pending.length === 0) return;
    const rows = this.pending;
    void this.writer.write({
      columnData: this.columns.map((name) => ({
        name,
        data: rows.map((row) => toParquet(name, row[name])),
      })),
      rowGroupSize: ROW_GROUP,
    });
    this.pending = [];
    this.pendingSize = 0;
  }
}

/** Of text and code, in characters and bytes; the rest is small. */
function sizeOf(value: FunctionRow[ColumnName]): number {
  return typeof value === 'string' || value instanceof Uint8Array ? value.length : 0;
}

/**
 * The rows of a shard with the columns asked for; only those are read from the file.
 *
 * @throws BinscribeError: `unreadable` where there is no such file, `corrupt` where it is no shard of ours.
 */
export async function* readShard<C extends ColumnName>(
  path: string,
  columns: readonly C[],
): AsyncGenerator<Projection<C>> {
  const file = await asyncBufferFromFile(path).catch((error: unknown) => {
    throw new BinscribeError('unreadable', `${path}: no shard of the data set: ${describeError(error)}`, {
      cause: error,
    });
  });
  try {
    const metadata = await parquetMetadataAsync(file);
    const absent = YOUNG_COLUMNS.filter((column) => !metadata.schema.some(({ name }) => name === column));
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      const rows: Record<string, unknown>[] = await parquetReadObjects({
        file,
        metadata,
        columns: columns.filter((column) => !absent.includes(column)),
        rowStart,
        rowEnd,
        // Bytes without a declared type are code, not text.
        utf8: false,
      });
      for (const row of rows) {
        for (const column of absent) row[column] = null;
        yield decode(row, columns);
      }
      rowStart = rowEnd;
    }
  } catch (error) {
    throw new BinscribeError('corrupt', `${path}: ${describeError(error)}`, { cause: error });
  }
}

function decode<C extends ColumnName>(row: Record<string, unknown>, columns: readonly C[]): Projection<C> {
  const decoded: Partial<Record<ColumnName, FunctionRow[ColumnName]>> = {};
  for (const column of columns) {
    if (row[column] === undefined) throw new BinscribeError('corrupt', `no column ${column}`);
    decoded[column] = fromParquet(column, row[column]);
  }
  return decoded as Projection<C>;
}
