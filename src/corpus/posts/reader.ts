/** The rows of a `Posts.xml` of any size, in the memory of a few chunks. */

import { createReadStream } from 'node:fs';
import { BinscribeError, describeError } from '../../error.ts';
import type { Row } from './row.ts';
import { RowScanner } from './scanner.ts';

/** Bytes that are read at once: rows of it and what they are decoded to fit a core's second cache. */
const CHUNK_SIZE = 256 * 1024;

/** The chunks of a dump. Called again for each pass over it. */
export type DumpSource = () => AsyncIterable<Uint8Array>;

/** Of a file. Reading throws a BinscribeError of kind `unreadable`. */
export function dumpFile(path: string): DumpSource {
  return async function* () {
    try {
      yield* createReadStream(path, { highWaterMark: CHUNK_SIZE }) as AsyncIterable<Buffer>;
    } catch (error) {
      if (error instanceof BinscribeError) throw error;
      throw new BinscribeError('unreadable', `${path}: ${describeError(error)}`, { cause: error });
    }
  };
}

/**
 * The rows as they come, some hundred at a time.
 *
 * @param chunks must not be changed while their rows are in use: rows are views.
 * @throws BinscribeError of kind `corrupt`, after the rows before the damage, and `interrupted` once `signal` is aborted.
 */
export async function* readRows(
  chunks: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<readonly Row[], void> {
  const scanner = new RowScanner();
  for await (const chunk of chunks) {
    if (signal?.aborted) throw new BinscribeError('interrupted', 'interrupted');
    const rows = scanner.push(chunk);
    if (rows.length > 0) yield rows;
    if (scanner.failure) throw scanner.failure;
  }
  const rows = scanner.finish();
  if (rows.length > 0) yield rows;
  if (scanner.failure) throw scanner.failure;
}
