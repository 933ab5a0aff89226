/** A part of what there is to tune with. */

import { fraction } from '../../corpus/hash.ts';

/** Whether a function or a program, in all its builds, is among those of a share that are learned from. */
export function isInShare(id: string, share = 1): boolean {
  return fraction(`learned ${id}`) < share;
}
