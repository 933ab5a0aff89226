/** The index of known functions: its search against comparing with every entry, its file against damage. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinscribeError } from '../../src/error.ts';
import { KnownFunctionsBuilder } from '../../src/models/known/build.ts';
import { decodeKnown, encodeKnown } from '../../src/models/known/format.ts';
import { findByHash, hasExact, type KnownFunctions } from '../../src/models/known/index.ts';
import { Searcher } from '../../src/models/known/search.ts';
import { Random } from '../../src/random.ts';
import { type Bag, bagOf } from '../../src/tokens/scheme.ts';

/** Bags whose tokens are as uneven as opcode pairs are: a few in nearly all, most in a few. */
function someBags(count: number, seed: number): Bag[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const length = 1 + random.below(40);
    return bagOf(Array.from({ length }, () => Math.floor(200 * random.uniform() ** 3)));
  });
}

function someIndex(bags: readonly Bag[], seed: number): KnownFunctions {
  const random = new Random(seed);
  const builder = new KnownFunctionsBuilder();
  const hash = (): string =>
    Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  for (const pairs of bags) {
    builder.add({
      name: `function_${random.below(20)}`,
      origin: {
        package: `package${random.below(3)}`,
        version: '1',
        compiler: 'gcc-12',
        optimization: `O${random.below(4)}`,
      },
      exactHash: hash(),
      normalizedHash: hash(),
      length: pairs.tokens.length + 1,
      pairs,
    });
  }
  return builder.build();
}

/** Cosines with all entries, straight from the definition. */
function cosines(known: KnownFunctions, query: Bag): number[] {
  const idf = (df: number): number => Math.log((known.entries + 1) / (df + 1));
  const frequency = new Map(Array.from(known.vocabulary, (token, term) => [token, known.frequency[term]]));
  const weights = new Map<number, number>();
  query.tokens.forEach((token, i) => {
    weights.set(token, (1 + Math.log(query.counts[i])) * idf(frequency.get(token) ?? 0));
  });
  const length = Math.hypot(...weights.values());
  return Array.from({ length: known.entries }, (_, e) => {
    let dot = 0;
    let square = 0;
    for (let i = known.termStarts[e]; i < known.termStarts[e + 1]; i++) {
      const term = known.terms[i];
      const weight = (1 + Math.log(known.counts[i])) * idf(known.frequency[term]);
      square += weight * weight;
      dot += weight * (weights.get(known.vocabulary[term]) ?? 0);
    }
    return length === 0 || square === 0 ? 0 : dot / length / Math.sqrt(square);
  });
}

describe('search', () => {
  const bags = someBags(400, 1);
  const known = someIndex(bags, 2);
  const searcher = new Searcher(known);

  it.each([0.05, 0.3, 0.6, 0.8, 0.95])('finds what comparing with every entry finds, floor %f', (floor) => {
    const queries = [...bags.slice(0, 20), ...someBags(30, 3)];
    for (const query of queries) {
      const all = cosines(known, query);
      const expected = all.filter((cosine) => cosine >= floor + 1e-6).sort((a, b) => b - a);
      const hits = searcher.search(query, { limit: 10, floor });
      expect(hits.length).toBeGreaterThanOrEqual(Math.min(10, expected.length));
      hits.forEach(({ entry, similarity }, rank) => {
        expect(similarity).toBeCloseTo(all[entry], 5);
        if (rank < expected.length) expect(similarity).toBeCloseTo(expected[rank], 5);
      });
    }
  });

  it('gives the same answer twice, whatever was asked between', () => {
    const ask = () => searcher.search(bags[0], { limit: 5, floor: 0.2 });
    const first = ask();
    searcher.search(bags[1], { limit: 5, floor: 0.1 });
    expect(ask()).toEqual(first);
  });

  it('passes over what is not accepted, and not over what is behind it', () => {
    const odd = (entry: number): boolean => entry % 2 === 1;
    const hits = searcher.search(bags[4], { limit: 400, floor: 0.1 });
    const accepted = searcher.search(bags[4], { limit: 400, floor: 0.1, accept: odd });
    expect(accepted).toEqual(hits.filter(({ entry }) => odd(entry)));
  });

  it('finds nothing for nothing', () => {
    expect(searcher.search(bagOf([]), { limit: 5, floor: 0.5 })).toEqual([]);
    expect(searcher.search(bagOf([9999]), { limit: 5, floor: 0.5 })).toEqual([]);
    const empty = new Searcher(new KnownFunctionsBuilder().build());
    expect(empty.search(bags[0], { limit: 5, floor: 0.5 })).toEqual([]);
  });
});

describe('build', () => {
  const origin = { package: 'p', version: '1', compiler: 'gcc-12', optimization: 'O1' };
  const a = {
    name: 'a',
    exactHash: '1'.repeat(32),
    normalizedHash: 'b'.repeat(32),
    length: 9,
    pairs: bagOf([3, 4, 4]),
  };
  const b = {
    name: 'b',
    exactHash: '2'.repeat(32),
    normalizedHash: 'a'.repeat(32),
    length: 8,
    pairs: bagOf([4]),
  };

  it('does not depend on the order, and keeps every name and origin of the same code', () => {
    const functions = [
      { ...a, origin },
      { ...b, origin },
      { ...a, origin: { ...origin, optimization: 'O2' }, exactHash: '3'.repeat(32) },
      { ...a, name: 'also_a', origin },
      { ...a, origin },
    ];
    const build = (list: typeof functions): KnownFunctions => {
      const builder = new KnownFunctionsBuilder();
      for (const item of list) builder.add(item);
      return builder.build();
    };
    const known = build(functions);
    expect(encodeKnown(build([...functions].reverse()))).toEqual(encodeKnown(known));
    const entry = findByHash(known, a.normalizedHash);
    const places = Array.from(
      { length: known.occurrenceStarts[entry + 1] - known.occurrenceStarts[entry] },
      (_, i) => known.occurrenceStarts[entry] + i,
    );
    expect(
      places.map((i) => [
        known.names[known.occurrenceNames[i]],
        known.origins[known.occurrenceOrigins[i]].optimization,
      ]),
    ).toEqual([
      ['a', 'O1'],
      ['a', 'O2'],
      ['also_a', 'O1'],
    ]);
    expect(hasExact(known, entry, a.exactHash)).toBe(true);
    expect(hasExact(known, entry, b.exactHash)).toBe(false);
    expect(findByHash(known, 'c'.repeat(32))).toBe(-1);
  });
});

describe('the index file', () => {
  const known = someIndex(someBags(30, 5), 6);
  const bytes = encodeKnown(known);

  it('holds everything', () => {
    expect(decodeKnown(bytes, 'index')).toEqual(known);
  });

  it('ends in errors of ours where it is damaged or cut', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.option(fc.nat(bytes.length)),
        (at, value, cut) => {
          const damaged = bytes.slice(0, cut ?? bytes.length);
          if (at < damaged.length) damaged[at] = value;
          try {
            const decoded = decodeKnown(damaged, 'index');
            // What is still well-formed can be searched.
            new Searcher(decoded).search(bagOf([1, 2, 3]), { limit: 3, floor: 0.5 });
          } catch (error) {
            expect(error).toBeInstanceOf(BinscribeError);
            expect((error as BinscribeError).kind).toBe('corrupt');
            refused++;
          }
        },
      ),
      { numRuns: 1500, seed: 1 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it('refuses counts that would not fit into memory', () => {
    // The magic, then 2^32 - 1 names.
    const huge = new Uint8Array([...bytes.subarray(0, 4), 0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(() => decodeKnown(huge, 'index')).toThrow(/do not fit/);
  });
});
