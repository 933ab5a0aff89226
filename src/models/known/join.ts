/** Indexes of known functions as one, each entry with its vector: what an encoder knows, and what is known beside it. */

import { findByWords, type KnownFunctions, type Origin } from './index.ts';

/** Known functions without opcode pairs: they are found by hash and by vector. */
export interface KnownVectors {
  readonly known: KnownFunctions;
  /** [entries, size], flat; each of length 1. */
  readonly vectors: Float32Array;
}

/**
 * Code that both have is one entry, with the names and places of both and the vector of `first`. Opcode pairs are left out.
 * @param size numbers of a vector
 */
export function joinKnown(first: KnownVectors, second: KnownVectors, size: number): KnownVectors {
  const names = new Numbered([...first.known.names, ...second.known.names], (name) => name);
  const origins = new Numbered([...first.known.origins, ...second.known.origins], keyOf);
  const added = Array.from({ length: second.known.entries }, (_, entry) => entry).filter(
    (entry) => entryOf(first.known, second.known, entry) < 0,
  );
  const places = [
    ...Array.from({ length: first.known.entries }, (_, entry) => ({ from: first, entry })),
    ...added.map((entry) => ({ from: second, entry })),
  ].sort(
    (a, b) =>
      a.from.known.hashes[a.entry * 2] - b.from.known.hashes[b.entry * 2] ||
      a.from.known.hashes[a.entry * 2 + 1] - b.from.known.hashes[b.entry * 2 + 1],
  );
  const hashes = new Uint32Array(places.length * 2);
  const lengths = new Uint32Array(places.length);
  const vectors = new Float32Array(places.length * size);
  const exact: number[] = [];
  const exactStarts = new Uint32Array(places.length + 1);
  const seen: [name: number, origin: number][] = [];
  const occurrenceStarts = new Uint32Array(places.length + 1);
  places.forEach(({ from, entry }, place) => {
    hashes.set(from.known.hashes.subarray(entry * 2, entry * 2 + 2), place * 2);
    lengths[place] = from.known.lengths[entry];
    vectors.set(from.vectors.subarray(entry * size, (entry + 1) * size), place * size);
    const other = from === first ? entryOf(second.known, first.known, entry) : -1;
    const copies = other < 0 ? [] : [{ from: second, entry: other }];
    const same = [{ from, entry }, ...copies];
    const words = new Set(same.flatMap((one) => [...exactOf(one.from.known, one.entry)]));
    exact.push(...[...words].sort((a, b) => a - b));
    exactStarts[place + 1] = exact.length;
    const own = new Map<string, [number, number]>();
    for (const one of same) {
      for (const [name, origin] of occurrencesOf(one.from.known, one.entry)) {
        const pair: [number, number] = [
          names.of(one.from.known.names[name]),
          origins.of(one.from.known.origins[origin]),
        ];
        own.set(pair.join(), pair);
      }
    }
    seen.push(...[...own.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    occurrenceStarts[place + 1] = seen.length;
  });
  return {
    known: {
      names: names.values,
      origins: origins.values,
      vocabulary: new Uint32Array(),
      frequency: new Uint32Array(),
      entries: places.length,
      hashes,
      lengths,
      exactStarts,
      exactHashes: Uint32Array.from(exact),
      occurrenceStarts,
      occurrenceNames: Uint32Array.from(seen, ([name]) => name),
      occurrenceOrigins: Uint32Array.from(seen, ([, origin]) => origin),
      termStarts: new Uint32Array(places.length + 1),
      terms: new Uint32Array(),
      counts: new Uint32Array(),
    },
    vectors,
  };
}

/** The entry of `known` with the code of another index's entry; -1 where there is none. */
function entryOf(known: KnownFunctions, other: KnownFunctions, entry: number): number {
  return findByWords(known, other.hashes[entry * 2], other.hashes[entry * 2 + 1]);
}

function exactOf({ exactStarts, exactHashes }: KnownFunctions, entry: number): Uint32Array {
  return exactHashes.subarray(exactStarts[entry], exactStarts[entry + 1]);
}

function occurrencesOf(known: KnownFunctions, entry: number): [name: number, origin: number][] {
  const { occurrenceStarts, occurrenceNames, occurrenceOrigins } = known;
  const from = occurrenceStarts[entry];
  return Array.from({ length: occurrenceStarts[entry + 1] - from }, (_, i) => [
    occurrenceNames[from + i],
    occurrenceOrigins[from + i],
  ]);
}

function keyOf({ package: from, version, compiler, optimization }: Origin): string {
  return [from, version, compiler, optimization].join('\0');
}

/** Different values in the order of their keys, and the number of each. */
class Numbered<T> {
  readonly values: T[];
  private readonly numbers: ReadonlyMap<string, number>;
  private readonly keyOf: (value: T) => string;

  constructor(values: readonly T[], keyOf: (value: T) => string) {
    const byKey = new Map(values.map((value) => [keyOf(value), value]));
    const keys = [...byKey.keys()].sort();
    this.values = keys.map((key) => byKey.get(key)!);
    this.numbers = new Map(keys.map((key, number) => [key, number]));
    this.keyOf = keyOf;
  }

  of(value: T): number {
    return this.numbers.get(this.keyOf(value))!;
  }
}
