/** A training's files in a folder. */

import { appendFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { BinscribeError, describeError } from '../error.ts';
import type { Store } from '../nn/training/store.ts';

export function fileStore(folder: string): Store {
  return {
    async read(name) {
      try {
        return await readFile(join(folder, name));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw new BinscribeError('unreadable', `${join(folder, name)}: ${describeError(error)}`, {
          cause: error,
        });
      }
    },
    async write(name, content) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, name);
      const partial = `${path}.partial`;
      const file = await open(partial, 'w');
      try {
        await file.writeFile(content);
        // Without this a crash of the machine may leave the new name with nothing behind it.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, path);
    },
    append: (name, text) => appendFile(join(folder, name), text),
  };
}
