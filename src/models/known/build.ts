/** Builds the index of known functions from training functions. */

import type { Bag } from '../../tokens/scheme.ts';
import { type KnownFunctions, leadingWord, type Origin } from './index.ts';

/** One function of a training program. */
export interface KnownFunction {
  name: string;
  origin: Origin;
  /** 32 hexadecimal digits each. */
  exactHash: string;
  normalizedHash: string;
  /** Instructions, padding left out. */
  length: number;
  /** Its opcode pairs, padding left out. */
  pairs: Bag;
}

/** Collects functions one by one; `build` may be called once all are added. */
export class KnownFunctionsBuilder {
  private readonly entries = new Map<
    string,
    { length: number; pairs: Bag; exact: Set<number>; seen: Map<string, [number, number]> }
  >();
  private readonly names = new NumberedSet<string>((name) => name);
  private readonly origins = new NumberedSet<Origin>((origin) => JSON.stringify(Object.values(origin)));

  add({ name, origin, exactHash, normalizedHash, length, pairs }: KnownFunction): void {
    let entry = this.entries.get(normalizedHash);
    if (!entry)
      this.entries.set(normalizedHash, (entry = { length, pairs, exact: new Set(), seen: new Map() }));
    entry.exact.add(leadingWord(exactHash));
    const occurrence: [number, number] = [this.names.numberOf(name), this.origins.numberOf(origin)];
    entry.seen.set(occurrence.join(), occurrence);
  }

  /** The result depends on what was added and not on the order. */
  build(): KnownFunctions {
    const nameNumbers = this.names.sorted();
    const originNumbers = this.origins.sorted();
    const sorted = [...this.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const { vocabulary, frequency } = countTerms(sorted.map(([, entry]) => entry.pairs));
    const termNumber = new Map(Array.from(vocabulary, (token, term) => [token, term]));
    const hashes = new Uint32Array(sorted.length * 2);
    const occurrences: [number, number][][] = [];
    sorted.forEach(([hash, { seen }], e) => {
      hashes[e * 2] = leadingWord(hash);
      hashes[e * 2 + 1] = leadingWord(hash.slice(8));
      const renumbered = [...seen.values()].map(([name, origin]): [number, number] => [
        nameNumbers.order[name],
        originNumbers.order[origin],
      ]);
      occurrences.push(renumbered.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    });
    const pairs = sorted.map(([, entry]) => entry.pairs);
    const exact = sorted.map(([, entry]) => Uint32Array.from(entry.exact).sort());
    return {
      names: nameNumbers.values,
      origins: originNumbers.values,
      vocabulary,
      frequency,
      entries: sorted.length,
      hashes,
      lengths: Uint32Array.from(sorted, ([, { length }]) => length),
      exactStarts: startsOf(exact),
      exactHashes: concatenate(exact),
      occurrenceStarts: startsOf(occurrences),
      occurrenceNames: Uint32Array.from(occurrences.flat(), ([name]) => name),
      occurrenceOrigins: Uint32Array.from(occurrences.flat(), ([, origin]) => origin),
      termStarts: startsOf(pairs.map(({ tokens }) => tokens)),
      terms: concatenate(pairs.map(({ tokens }) => tokens.map((token) => termNumber.get(token)!))),
      counts: concatenate(pairs.map(({ counts }) => counts)),
    };
  }
}

/** Values with numbers in the order of their first appearance. */
class NumberedSet<T> {
  private readonly numbers = new Map<string, number>();
  private readonly values: T[] = [];
  private readonly keyOf: (value: T) => string;

  constructor(keyOf: (value: T) => string) {
    this.keyOf = keyOf;
  }

  numberOf(value: T): number {
    const key = this.keyOf(value);
    let number = this.numbers.get(key);
    if (number === undefined) {
      number = this.values.push(value) - 1;
      this.numbers.set(key, number);
    }
    return number;
  }

  /** The values in the order of their keys, and for each old number its place in that order. */
  sorted(): { values: T[]; order: Uint32Array } {
    const keys = [...this.numbers.keys()].sort();
    const order = new Uint32Array(keys.length);
    const values = keys.map((key, place) => {
      const old = this.numbers.get(key)!;
      order[old] = place;
      return this.values[old];
    });
    return { values, order };
  }
}

/** All tokens in ascending order, and in how many bags each is. */
function countTerms(bags: readonly Bag[]): { vocabulary: Uint32Array; frequency: Uint32Array } {
  const counts = new Map<number, number>();
  for (const { tokens } of bags) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const vocabulary = Uint32Array.from(counts.keys()).sort();
  return { vocabulary, frequency: vocabulary.map((token) => counts.get(token)!) };
}

function startsOf(lists: readonly { length: number }[]): Uint32Array {
  const starts = new Uint32Array(lists.length + 1);
  lists.forEach(({ length }, i) => (starts[i + 1] = starts[i] + length));
  return starts;
}

function concatenate(lists: readonly Uint32Array[]): Uint32Array {
  const result = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    result.set(list, at);
    at += list.length;
  }
  return result;
}
