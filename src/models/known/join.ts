/** Indexes of known functions as one, each entry with its vector: what an encoder knows, and what is known beside it. */

import type { KnownFunctions, Origin } from './index.ts';

/** Known functions without opcode pairs: they are found by hash and by vector. */
export interface KnownVectors {
  readonly known: KnownFunctions;
  /** [entries, size], flat; each of length 1. */
  readonly vectors: Float32Array;
}

/**
 * Code that both have is one entry, with the names and places of both and the vector of `first`. Opcode pairs are left out.
 * Both are in the order of their hashes, names and origins, so that one walk over both makes an index in that order.
 * @param size numbers of a vector
 */
export function joinKnown(first: KnownVectors, second: KnownVectors, size: number): KnownVectors {
  const parts = [first.known, second.known];
  const names = union(parts.map((part) => part.names));
  const origins = union(parts.map((part) => part.origins.map(keyOf)));
  const originOf = new Map(parts.flatMap((part) => part.origins).map((one) => [keyOf(one), one]));
  const most = first.known.entries + second.known.entries;
  const hashes = new Uint32Array(most * 2);
  const lengths = new Uint32Array(most);
  const vectors = new Float32Array(most * size);
  const exact = new Lists(most, first.known.exactHashes.length + second.known.exactHashes.length);
  const seen = new Lists(most, first.known.occurrenceNames.length + second.known.occurrenceNames.length);
  const seenOrigins = new Uint32Array(seen.values.length);
  const see = (name: number, origin: number): void => {
    seenOrigins[seen.length] = origin;
    seen.add(name);
  };
  const places = [0, 0];
  let entries = 0;
  while (places.some((place, p) => place < parts[p].entries)) {
    const order = compareEntries(parts[0], places[0], parts[1], places[1]);
    const from = order <= 0 ? 0 : 1;
    const { known, vectors: own } = [first, second][from];
    const at = places[from];
    hashes.set(known.hashes.subarray(at * 2, at * 2 + 2), entries * 2);
    lengths[entries] = known.lengths[at];
    vectors.set(own.subarray(at * size, (at + 1) * size), entries * size);
    if (order === 0) {
      const words = parts.flatMap((part, p) => [...exactOf(part, places[p])]);
      for (const word of [...new Set(words)].sort((a, b) => a - b)) exact.add(word);
      const pairs = parts.flatMap((part, p) =>
        occurrencesOf(part, places[p], names.numbers[p], origins.numbers[p]),
      );
      for (const [name, origin] of differentPairs(pairs)) see(name, origin);
    } else {
      for (const word of exactOf(known, at)) exact.add(word);
      // New numbers are in the order of the old ones.
      for (let i = known.occurrenceStarts[at]; i < known.occurrenceStarts[at + 1]; i++) {
        see(names.numbers[from][known.occurrenceNames[i]], origins.numbers[from][known.occurrenceOrigins[i]]);
      }
    }
    exact.end();
    seen.end();
    entries++;
    places[from]++;
    if (order === 0) places[1]++;
  }
  return {
    known: {
      names: names.values,
      origins: origins.values.map((key) => originOf.get(key)!),
      vocabulary: new Uint32Array(),
      frequency: new Uint32Array(),
      entries,
      hashes: hashes.slice(0, entries * 2),
      lengths: lengths.slice(0, entries),
      exactStarts: exact.starts.slice(0, entries + 1),
      exactHashes: exact.values.slice(0, exact.length),
      occurrenceStarts: seen.starts.slice(0, entries + 1),
      occurrenceNames: seen.values.slice(0, seen.length),
      occurrenceOrigins: seenOrigins.slice(0, seen.length),
      termStarts: new Uint32Array(entries + 1),
      terms: new Uint32Array(),
      counts: new Uint32Array(),
    },
    vectors: vectors.slice(0, entries * size),
  };
}

/** Lists one after another. */
class Lists {
  readonly starts: Uint32Array;
  readonly values: Uint32Array;
  length = 0;
  private lists = 0;

  constructor(lists: number, values: number) {
    this.starts = new Uint32Array(lists + 1);
    this.values = new Uint32Array(values);
  }

  add(value: number): void {
    this.values[this.length++] = value;
  }

  end(): void {
    this.starts[++this.lists] = this.length;
  }
}

/** The different values of sorted lists, sorted, and of each list the numbers of its values among them. */
function union(lists: readonly (readonly string[])[]): { values: string[]; numbers: Uint32Array[] } {
  const values = [...new Set(lists.flat())].sort();
  const numberOf = new Map(values.map((value, number) => [value, number]));
  return { values, numbers: lists.map((list) => Uint32Array.from(list, (value) => numberOf.get(value)!)) };
}

/** Below 0 where entry `i` of `a` comes first; whoever has come to its end comes last. */
function compareEntries(a: KnownFunctions, i: number, b: KnownFunctions, j: number): number {
  if (i === a.entries || j === b.entries) return i === a.entries ? 1 : -1;
  return a.hashes[i * 2] - b.hashes[j * 2] || a.hashes[i * 2 + 1] - b.hashes[j * 2 + 1];
}

function exactOf({ exactStarts, exactHashes }: KnownFunctions, entry: number): Uint32Array {
  return exactHashes.subarray(exactStarts[entry], exactStarts[entry + 1]);
}

type Pair = readonly [name: number, origin: number];

/** Names and origins of an entry by their new numbers. */
function occurrencesOf(
  { occurrenceStarts, occurrenceNames, occurrenceOrigins }: KnownFunctions,
  entry: number,
  names: Uint32Array,
  origins: Uint32Array,
): Pair[] {
  const from = occurrenceStarts[entry];
  return Array.from({ length: occurrenceStarts[entry + 1] - from }, (_, i) => [
    names[occurrenceNames[from + i]],
    origins[occurrenceOrigins[from + i]],
  ]);
}

/** Each pair once, in order. */
function differentPairs(pairs: Pair[]): readonly Pair[] {
  const compare = (a: Pair, b: Pair): number => a[0] - b[0] || a[1] - b[1];
  return pairs.sort(compare).filter((pair, i, all) => i === 0 || compare(pair, all[i - 1]) !== 0);
}

/** As the builder of an index sorts them. */
function keyOf(origin: Origin): string {
  return JSON.stringify(Object.values(origin));
}
