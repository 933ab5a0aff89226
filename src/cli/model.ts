/** Model folders from disk. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BinscribeError, corrupt } from '../error.ts';
import { loadModel } from '../models/folder.ts';
import type { Model } from '../models/model.ts';
import type { Runtime } from '../nn/runtime.ts';
import { readInput } from './files.ts';

/** The folder that comes with the package; the same place as seen from `src/cli` and from `dist/cli`. */
const SHIPPED = fileURLToPath(new URL('../../models/encoder', import.meta.url));

const REINSTALL = 'It comes with the package: `npm install binscribe` again, or name another with --model.';

/** What makes a folder a model. */
const DOCUMENT = 'model.json';

/** @throws BinscribeError of kind `missing` where there is no model, `corrupt` where it is damaged */
export async function openModel(folder: string = SHIPPED): Promise<Model> {
  if (!existsSync(join(folder, DOCUMENT))) {
    throw new BinscribeError('missing', `${folder}: no model here: a folder with ${DOCUMENT} expected`, {
      hint:
        folder === SHIPPED
          ? REINSTALL
          : '`binscribe train` makes model folders; without --model the one that comes with the package is used.',
    });
  }
  try {
    return await loadModel((name) => readPart(folder, name), folder, { runtime: nodeRuntimeLate });
  } catch (error) {
    if (!(error instanceof BinscribeError)) throw error;
    throw new BinscribeError(error.kind, error.message, {
      hint:
        folder === SHIPPED
          ? REINSTALL
          : 'Copy the folder again, or make it again by `binscribe train`; without --model the one that comes with the package is used.',
      cause: error,
    });
  }
}

/** ONNX Runtime's package takes a fifth of a second to load: only who has a network pays. */
async function nodeRuntimeLate(): Promise<Runtime> {
  const { nodeRuntime } = await import('../runtimes/node.ts');
  return nodeRuntime();
}

/** A file of the folder; one that cannot be read is damage, because `model.json` promised it. */
async function readPart(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name);
  try {
    return await readInput(path);
  } catch (error) {
    if (error instanceof BinscribeError) throw corrupt(`${path}: ${error.message}`);
    throw error;
  }
}
