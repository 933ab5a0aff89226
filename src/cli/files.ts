/** Files in and out. A path comes from a user or a script and may name anything. */

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BinscribeError, describeError } from '../error.ts';

/** Node reads at most this into one buffer, and so do browsers; no program of Debian is a quarter as large. */
const MAX_INPUT = 2 ** 31 - 1;

/**
 * The contents of a regular file. The messages leave the path to the caller.
 * @throws BinscribeError of kind `unreadable`
 */
export async function readInput(path: string): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // A FIFO without a writer would block an ordinary open for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (stat.isDirectory()) {
      throw new BinscribeError('unreadable', 'this is a directory: a program file expected', {
        hint: `Name the files in it: ${path.replace(/\/+$/, '')}/*`,
      });
    }
    if (!stat.isFile()) {
      throw new BinscribeError('unreadable', 'this is a device, pipe or socket: a regular file expected');
    }
    if (stat.size > MAX_INPUT) {
      throw new BinscribeError('unreadable', `${stat.size} bytes long: at most ${MAX_INPUT} expected`);
    }
    return await file.readFile();
  } catch (error) {
    throw asUnreadable(error);
  } finally {
    await file?.close();
  }
}

/**
 * Writes a file so that it is there whole or not at all.
 * @throws BinscribeError of kind `unreadable` where the place cannot be written
 */
export async function writeWhole(path: string, pieces: Iterable<string>): Promise<void> {
  const temporary = join(dirname(path), `.binscribe-${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const piece of pieces) await file.write(piece);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new BinscribeError('unreadable', `cannot write ${path}: ${describeError(error)}`, { cause: error });
  }
}

function asUnreadable(error: unknown): BinscribeError {
  if (error instanceof BinscribeError) return error;
  return new BinscribeError('unreadable', describeError(error), { cause: error });
}
