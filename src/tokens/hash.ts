/**
 * MurmurHash3_x86_128 (Austin Appleby, public domain): 128 bits of a byte string at about 1 GB/s in plain
 * JavaScript numbers. It is no cryptographic hash: whoever can choose code can make two codes collide, which
 * wins him no more than copying the other code would.
 */

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function finalMix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

const mix1 = (k: number): number => Math.imul(rotate(Math.imul(k, C1), 15), C2);
const mix2 = (k: number): number => Math.imul(rotate(Math.imul(k, C2), 16), C3);
const mix3 = (k: number): number => Math.imul(rotate(Math.imul(k, C3), 17), C4);
const mix4 = (k: number): number => Math.imul(rotate(Math.imul(k, C4), 18), C1);

/** MurmurHash3_x86_32 of the words `start` to `end`, seed 0: for the many small things that are counted, not named. */
export function murmur32(words: Int32Array | Uint32Array, start: number, end: number): number {
  let h = 0;
  for (let i = start; i < end; i++) {
    const k = Math.imul(rotate(Math.imul(words[i], 0xcc9e2d51), 15), 0x1b873593);
    h = (Math.imul(rotate(h ^ k, 13), 5) + 0xe6546b64) | 0;
  }
  return finalMix(h ^ (4 * (end - start))) >>> 0;
}

/** The little-endian word at `offset`; bytes from `end` on count as zero. */
function word(data: Uint8Array, offset: number, end = data.length): number {
  let value = 0;
  for (let i = Math.min(4, end - offset) - 1; i >= 0; i--) value = (value << 8) | data[offset + i];
  return value;
}

/** The four 32-bit words of the hash of `data`, seed 0. */
export function murmur128(data: Uint8Array): [number, number, number, number] {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  const blocksEnd = data.length & ~15;
  for (let i = 0; i < blocksEnd; i += 16) {
    h1 ^= mix1(data[i] | (data[i + 1] << 8) | (data[i + 2] << 16) | (data[i + 3] << 24));
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= mix2(data[i + 4] | (data[i + 5] << 8) | (data[i + 6] << 16) | (data[i + 7] << 24));
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= mix3(data[i + 8] | (data[i + 9] << 8) | (data[i + 10] << 16) | (data[i + 11] << 24));
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= mix4(data[i + 12] | (data[i + 13] << 8) | (data[i + 14] << 16) | (data[i + 15] << 24));
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= mix1(word(data, blocksEnd));
  h2 ^= mix2(word(data, blocksEnd + 4));
  h3 ^= mix3(word(data, blocksEnd + 8));
  h4 ^= mix4(word(data, blocksEnd + 12));

  h1 ^= data.length;
  h2 ^= data.length;
  h3 ^= data.length;
  h4 ^= data.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h3 = finalMix(h3);
  h4 = finalMix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1 >>> 0, (h2 + h1) >>> 0, (h3 + h1) >>> 0, (h4 + h1) >>> 0];
}

/** The same as 32 hexadecimal digits. */
export function murmur128Hex(data: Uint8Array): string {
  return murmur128(data)
    .map((part) => part.toString(16).padStart(8, '0'))
    .join('');
}
