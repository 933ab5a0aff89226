/** A measured result: a table for people and JSON for scripts, in files or on standard output. */

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { BinscribeError, describeError } from '../error.ts';
import { locked } from '../runtimes/lock.ts';
import { writeWhole } from './files.ts';
import type { Session } from './session.ts';

export interface ResultFlags {
  /** Path of the files, without `.json` and `.md`. */
  output?: string;
  json?: boolean;
}

/**
 * Makes a result that takes long, and keeps what is done beside it: of two processes each would write to the other's journal.
 * @throws BinscribeError as `locked`
 */
export function alone<T>(output: string, work: () => Promise<T>): Promise<T> {
  return locked(`${output}.lock`, { place: output, doing: 'makes this result' }, work);
}

/** @throws BinscribeError of kind `unreadable` where the place cannot be written */
export async function publish(
  session: Session,
  { output, json }: ResultFlags,
  table: string,
  document: Iterable<string>,
): Promise<void> {
  const pieces = [...document];
  if (output !== undefined) await keep(output, table, pieces);
  for (const piece of json ? pieces : [table]) session.stdout.write(piece);
}

/**
 * @param output path of the files, without `.json` and `.md`
 * @throws BinscribeError of kind `unreadable` where the place cannot be written
 */
export async function keep(output: string, table: string, document: Iterable<string>): Promise<void> {
  makeFolder(dirname(output));
  await writeWhole(`${output}.json`, document);
  await writeWhole(`${output}.md`, [table]);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new BinscribeError('unreadable', `${folder}: ${describeError(error)}`, { cause: error });
  }
}
