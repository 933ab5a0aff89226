/** Model folders from disk. */

import { fileURLToPath } from 'node:url';
import { BinscribeError } from '../error.ts';
import type { Model } from '../models/model.ts';

/** The folder that comes with the package; the same place as seen from `src/cli` and from `dist/cli`. */
const SHIPPED = fileURLToPath(new URL('../../models/first', import.meta.url));

/** @throws BinscribeError of kind `missing` where there is no model, `corrupt` where it is damaged */
export function openModel(folder: string = SHIPPED): Promise<Model> {
  return Promise.reject(new BinscribeError('missing', `no model in ${folder}`));
}
