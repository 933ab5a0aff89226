/** Vectors of known functions in a file: directions are kept to a third of a per cent. */

import { corrupt } from '../../error.ts';

/** Signed bytes: each vector's largest number becomes 127. */
export function packVectors(vectors: Float32Array, size: number): Uint8Array {
  const packed = new Int8Array(vectors.length);
  for (let from = 0; from < vectors.length; from += size) {
    let largest = 0;
    for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(vectors[from + i]));
    for (let i = 0; i < size; i++) packed[from + i] = Math.round((vectors[from + i] / (largest || 1)) * 127);
  }
  return new Uint8Array(packed.buffer);
}

/**
 * Directions as vectors of length 1; what has none stays zero.
 * @throws BinscribeError of kind `corrupt` where there are more or fewer than entries
 */
export function unpackVectors(
  bytes: Uint8Array,
  { entries, size }: { entries: number; size: number },
  where: string,
): Float32Array {
  if (bytes.length !== entries * size) {
    throw corrupt(`${where}: ${entries} vectors of ${size} bytes expected, got ${bytes.length} bytes`);
  }
  const vectors = Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  for (let from = 0; from < vectors.length; from += size) {
    let squares = 0;
    for (let i = 0; i < size; i++) squares += vectors[from + i] ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let i = 0; i < size; i++) vectors[from + i] /= length;
  }
  return vectors;
}
