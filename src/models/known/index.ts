/**
 * The functions that a model knows: one entry for each piece of code (addresses normalised), with the names
 * under which it was seen and where. Built once by `build.ts`, stored by `format.ts`, searched by `search.ts`.
 */

/** Where code was seen: a build of a package. */
export interface Origin {
  package: string;
  version: string;
  /** `gcc-12` say. */
  compiler: string;
  /** `O0` to `O3`. */
  optimization: string;
}

/** What is stored. Arrays that begin with `...Starts` have one element more than there are entries. */
export interface KnownFunctions {
  names: string[];
  origins: Origin[];
  /** Opcode pairs, ascending: the vocabulary. A term is a place in it. */
  vocabulary: Uint32Array;
  /** Entries that have the term, by term. */
  frequency: Uint32Array;
  /** Sorted by hash. */
  entries: number;
  /** The first 64 bits of the normalised hash, as two words an entry: [entries, 2]. */
  hashes: Uint32Array;
  /** Number of instructions, padding left out. */
  lengths: Uint32Array;
  /** The first 32 bits of the exact hashes of entry e, ascending: exactStarts[e] … exactStarts[e + 1] - 1. */
  exactStarts: Uint32Array;
  exactHashes: Uint32Array;
  /** Entry e was seen in occurrences occurrenceStarts[e] … occurrenceStarts[e + 1] - 1. */
  occurrenceStarts: Uint32Array;
  /** Name and origin of each occurrence, as numbers. */
  occurrenceNames: Uint32Array;
  occurrenceOrigins: Uint32Array;
  /** Terms of entry e, ascending, with the number of times that it holds each. */
  termStarts: Uint32Array;
  terms: Uint32Array;
  counts: Uint32Array;
}

/** The number of the entry with this normalised hash (32 hexadecimal digits); -1 where there is none. */
export function findByHash(known: KnownFunctions, normalizedHash: string): number {
  return findByWords(known, leadingWord(normalizedHash), leadingWord(normalizedHash.slice(8)));
}

/** The same by the first 64 bits of the hash, as two words. */
export function findByWords({ entries, hashes }: KnownFunctions, high: number, low: number): number {
  let from = 0;
  let to = entries;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const difference = hashes[middle * 2] - high || hashes[middle * 2 + 1] - low;
    if (difference === 0) return middle;
    if (difference < 0) from = middle + 1;
    else to = middle;
  }
  return -1;
}

/** Whether entry `entry` was seen in an origin that is accepted. */
export function isSeenIn(
  { occurrenceStarts, occurrenceOrigins }: KnownFunctions,
  entry: number,
  accept: (origin: number) => boolean,
): boolean {
  return occurrenceOrigins.subarray(occurrenceStarts[entry], occurrenceStarts[entry + 1]).some(accept);
}

/** Whether entry `entry` was seen as the same bytes, and not only as the same instructions. */
export function hasExact(
  { exactStarts, exactHashes }: KnownFunctions,
  entry: number,
  exactHash: string,
): boolean {
  return exactHashes.subarray(exactStarts[entry], exactStarts[entry + 1]).includes(leadingWord(exactHash));
}

/** The first 32 bits of a hash given as hexadecimal digits. */
export function leadingWord(hash: string): number {
  return Number.parseInt(hash.slice(0, 8), 16);
}

/** Place of a token in the vocabulary; -1 for one that is not in it. */
export function termOf(vocabulary: Uint32Array, token: number): number {
  let from = 0;
  let to = vocabulary.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (vocabulary[middle] < token) from = middle + 1;
    else to = middle;
  }
  return vocabulary[from] === token ? from : -1;
}
