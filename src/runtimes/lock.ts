/** One process at a time writes to a place: a file with its number says which. */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BinscribeError, describeError } from '../error.ts';

/** Milliseconds between two looks at a lock that is held. */
const PAUSE = 50;

export interface LockOptions {
  /** The place, as its user named it. */
  place: string;
  /** What its owner does: `trains here`. */
  doing: string;
  /** Milliseconds to wait for an owner that may be about to end. */
  patience?: number;
}

/**
 * Does `work` while this process alone has the lock at `path`; one that a process which is no more has left is taken.
 * @throws BinscribeError: `usage` where another process has it and does not end, `unreadable` where it cannot be
 *   written
 */
export async function locked<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await take(path, options);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

async function take(path: string, { place, doing, patience = 0 }: LockOptions): Promise<void> {
  for (let waited = 0; !tryToTake(path, place); waited += PAUSE) {
    const owner = ownerOf(path);
    if (owner === null || !isAlive(owner)) rmSync(path, { force: true });
    else if (waited < patience) await setTimeout(PAUSE);
    else {
      throw new BinscribeError('usage', `${place}: process ${owner} ${doing} already`, {
        hint: `Wait for it or stop it; if it is something else, remove ${path}.`,
      });
    }
  }
}

function tryToTake(path: string, place: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    // Of mkdir it would say that a file is where a folder has to be.
    if (code === 'EEXIST' && syscall === 'open') return false;
    throw new BinscribeError('unreadable', `${place}: cannot write here: ${describeError(error)}`, {
      cause: error,
    });
  }
}

function ownerOf(path: string): number | null {
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(owner) && owner > 0 ? owner : null;
  } catch {
    // Given back this moment.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may belong to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
