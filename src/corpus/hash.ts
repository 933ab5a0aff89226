/** SHA-256 for contents, and shortened for keys. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Of a file of any size. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The address of a result, from all that decides it. 128 bits: no two results will ever meet. */
export function contentKey(text: string): string {
  return sha256(text).slice(0, 32);
}
