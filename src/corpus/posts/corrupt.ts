/** Errors of a damaged dump. */

import { BinscribeError } from '../../error.ts';

/** @param offset bytes from the start of the dump */
export function corruptAt(
  offset: number,
  expected: string,
  got: string,
  hint = 'Look there (tail -c +OFFSET FILE | head -c 200), and get the dump again if it is damaged.',
): BinscribeError {
  return new BinscribeError('corrupt', `Posts.xml at byte ${offset}: ${expected}, got ${got}`, { hint });
}
