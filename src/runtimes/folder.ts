/** Folders of models on a disk. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BinscribeError, describeError } from '../error.ts';
import type { Folder } from '../nn/import/folder.ts';

/** @param path of the folder; it need not exist, and has no files then */
export function diskFolder(path: string): Folder {
  return {
    where: path,
    async read(name) {
      try {
        return await readFile(join(path, name));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw new BinscribeError('unreadable', `${join(path, name)}: ${describeError(error)}`, {
          cause: error,
        });
      }
    },
  };
}
