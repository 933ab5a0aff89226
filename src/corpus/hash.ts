/** SHA-256 for contents, and shortened for keys. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { BinscribeError, describeError } from '../error.ts';

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Of a file of any size. @throws BinscribeError of kind `unreadable`. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw new BinscribeError('unreadable', `${path}: ${describeError(error)}`, { cause: error });
  }
  return hash.digest('hex');
}

/** The address of a result, from all that decides it. 128 bits: no two results will ever meet. */
export function contentKey(text: string): string {
  return sha256(text).slice(0, 32);
}

/** A number from 0 to 1, the same for the same text: what chooses samples and sides of a split. */
export function fraction(text: string): number {
  return parseInt(sha256(text).slice(0, 8), 16) / 2 ** 32;
}
