/** Folders that appear whole or not at all: data sets and runs. */

import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BinscribeError, describeError } from '../error.ts';

export interface FolderKind {
  /** `data set`, `run`. */
  name: string;
  /** Files that each folder of this kind has. */
  marks: readonly string[];
}

/**
 * Whether a folder can be written at `path`: asked before the work, which takes an hour. What is there is
 * written over only if it is of the same kind: a slip of `-o` must not cost somebody a folder.
 *
 * @throws BinscribeError: `usage` where something else is there, `unreadable` where nothing can be written.
 */
export function checkReplaceable(path: string, { name, marks }: FolderKind): void {
  const parent = dirname(resolve(path));
  let files: string[];
  try {
    mkdirSync(parent, { recursive: true });
    accessSync(parent, constants.W_OK);
    files = existsSync(path) ? readdirSync(path) : [];
  } catch (error) {
    throw new BinscribeError('unreadable', `${path}: cannot write a ${name} here: ${describeError(error)}`, {
      cause: error,
    });
  }
  if (files.length === 0 || marks.every((mark) => files.includes(mark))) return;
  throw new BinscribeError('usage', `${path}: there is a folder that is no ${name}; it is left alone`, {
    hint: 'Name another with -o.',
  });
}

/** Lets `write` fill a folder beside `path`, and puts it there in the place of what was. */
export async function replaceFolder<T>(
  path: string,
  kind: FolderKind,
  write: (folder: string) => T | Promise<T>,
): Promise<T> {
  checkReplaceable(path, kind);
  const partial = `${resolve(path)}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  try {
    const result = await write(partial);
    rmSync(path, { recursive: true, force: true });
    renameSync(partial, path);
    return result;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
