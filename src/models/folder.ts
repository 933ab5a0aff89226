/**
 * A model folder: `model.json` and its data, checked by hash. Reading is through a function from name to bytes, so
 * that the same code loads from a disk, from a web server or from memory.
 */

import { BinscribeError, corrupt } from '../error.ts';
import type { Runtime } from '../nn/runtime.ts';
import { DOCUMENT, ENCODER_KIND, FIRST_KIND, readDocument, type ReadPart } from './document.ts';
import { loadFirst } from './first-folder.ts';
import type { KnownPart } from './known/folder.ts';
import type { KnowingModel } from './inspection.ts';

export interface LoadOptions {
  /** Gives what executes networks: asked for only where the model has one. */
  runtime?: () => Runtime | Promise<Runtime>;
  /** What the model shall know beside its own functions: only an encoder can. */
  known?: readonly KnownPart[];
}

/**
 * @param where the folder, for messages
 * @throws BinscribeError of kind `corrupt` where a file is not what the model was written with, `missing` where a
 *   network has nothing to run on, `usage` where what it shall know is not for it
 */
export async function loadModel(
  read: ReadPart,
  where: string,
  { runtime, known = [] }: LoadOptions = {},
): Promise<KnowingModel> {
  const place = `${where}/${DOCUMENT}`;
  const document = readDocument(await read(DOCUMENT), place);
  if (document.kind === FIRST_KIND) {
    if (known.length === 0) return loadFirst(document, read, where);
    throw new BinscribeError('usage', `${where}: an encoder expected, since it shall know more functions`);
  }
  if (document.kind !== ENCODER_KIND) {
    throw corrupt(`${place}: kind: "${FIRST_KIND}" or "${ENCODER_KIND}" expected, got "${document.kind}"`);
  }
  if (!runtime) {
    throw new BinscribeError('missing', `${where}: a network, and nothing to run it on`, {
      hint: 'Give loadModel a runtime: nodeRuntime of binscribe/node, or one for a page.',
    });
  }
  // Layers and graphs, which a model without a network does not need.
  const { loadEncoder } = await import('./encoder/folder.ts');
  return loadEncoder(document, read, where, await runtime(), known);
}
