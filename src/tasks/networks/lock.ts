/** One process at a time trains in a folder: a file with its number says which. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BinscribeError } from '../../error.ts';

const LOCK = 'lock';
/** Milliseconds. One whose caller was killed ends after the step that it is in. */
const PATIENCE = 10_000;
const PAUSE = 50;

/**
 * Takes the folder, also from a process that is no more.
 * @returns gives it back
 * @throws BinscribeError `usage` where another process trains there and does not end
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const path = join(folder, LOCK);
  for (let waited = 0; ; waited += PAUSE) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(path);
    if (owner === null || !isAlive(owner)) rmSync(path, { force: true });
    else if (waited < PATIENCE) await setTimeout(PAUSE);
    else {
      throw new BinscribeError('usage', `${folder}: process ${owner} trains here already`, {
        hint: `Wait for it or stop it; if it is something else, remove ${path}.`,
      });
    }
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
