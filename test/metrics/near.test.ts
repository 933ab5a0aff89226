/** Near sets against Python's sets and datasketch (scripts/goldens/near.py), and against every pair looked at. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bands, chooseBands, collisionProbability, MinHash } from '../../src/metrics/near/minhash.ts';
import { NearSets } from '../../src/metrics/near/near-sets.ts';

type Pair = [first: number, second: number];

interface Golden {
  similarity: number;
  sizes: number[];
  sums: number[];
  /** Pairs with anything in common. */
  related: number;
  near: Pair[];
  /** Root mean square of what 126 of datasketch's hashes say less the truth, over related pairs. */
  error: number;
  bands: Bands;
  /** Pairs that datasketch's LSH puts forward, and how many of them are near. */
  candidates: number;
  found: number;
  areas: ({ similarity: number; wrong: number; missed: number } & Bands)[];
}
const golden = JSON.parse(
  readFileSync(new URL('near-goldens.json', import.meta.url), 'utf8'),
) as unknown as Golden;

/** As in scripts/goldens/near.py. */
function makeSets(): Uint32Array[] {
  let state = 1;
  const draw = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const word = (): number => Math.floor(draw() * 2 ** 32);
  const sets: Uint32Array[] = [];
  for (let family = 0; family < 25; family++) {
    const base = Array.from({ length: 10 + Math.floor(draw() * 140) }, word);
    for (const share of [0, 0, 0.01, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3]) {
      sets.push(ascending(base.map((number) => (draw() < share ? word() : number))));
    }
  }
  return sets;
}

function ascending(numbers: readonly number[]): Uint32Array {
  return Uint32Array.from(new Set(numbers)).sort();
}

function pairsOf(items: number): Pair[] {
  return Array.from({ length: items }, (_, second) =>
    Array.from({ length: second }, (__, first): Pair => [first, second]),
  ).flat();
}

const text = (pairs: readonly Pair[]): string[] => pairs.map((pair) => pair.join(' ')).sort();

function collect(sets: readonly Uint32Array[], similarity: number, seed?: number): NearSets {
  const near = new NearSets(similarity, seed);
  for (const set of sets) near.add(set);
  return near;
}

function search(near: NearSets): Pair[] {
  const pairs: Pair[] = [];
  near.search((first, second) => pairs.push([first, second]));
  return pairs;
}

describe('near sets', () => {
  const sets = makeSets();

  it('are made as the golden ones', () => {
    expect(sets.map((set) => set.length)).toEqual(golden.sizes);
    expect(sets.map((set) => set.reduce((sum, number) => sum + number, 0))).toEqual(golden.sums);
  });

  it('are near where Python says so, pair by pair', () => {
    const near = collect(sets, golden.similarity);
    const pairs = pairsOf(sets.length);
    expect(text(pairs.filter((pair) => near.isNear(...pair)))).toEqual(text(golden.near));
    expect(pairs.filter((pair) => near.jaccard(...pair) > 0)).toHaveLength(golden.related);
  });

  it('are found, each pair once, and no others', () => {
    const wanted = new Set(text(golden.near));
    for (const seed of [1, 2, 3]) {
      const found = text(search(collect(sets, golden.similarity, seed)));
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((pair) => !wanted.has(pair))).toEqual([]);
      // What the bands are chosen for: 5 in 1,000 missed of the pairs that are just near, fewer of the others.
      expect(found.length).toBeGreaterThanOrEqual(golden.near.length * 0.995);
    }
    expect(golden.found).toBeGreaterThanOrEqual(golden.near.length * 0.995);
  });

  it('are as many as a look at every pair finds, in a sample', () => {
    const near = collect(sets, golden.similarity);
    const { pairs, found } = near.measureRecall(500, 1);
    expect(pairs).toBeGreaterThan(500);
    expect(found / pairs).toBeGreaterThanOrEqual(0.995);
    expect(found).toBeLessThanOrEqual(pairs);
  });

  it('leave out pairs that are known, and the empty set', () => {
    const near = collect([...sets.slice(0, 20), new Uint32Array(), new Uint32Array()], golden.similarity);
    const found = search(near);
    expect(found.flat().every((set) => set < 20)).toBe(true);
    const others: Pair[] = [];
    near.search((first, second) => others.push([first, second]), { known: (first) => first === 0 });
    expect(text(others)).toEqual(text(found.filter(([first]) => first !== 0)));
    expect(others.length).toBeLessThan(found.length);
    expect(near.jaccard(20, 21)).toBe(0);
  });

  it('say at any similarity what their definition says', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 20 }), (a, b, twentieths) => {
        const near = collect([ascending(a), ascending(b)], twentieths / 20);
        const common = a.filter((number) => b.includes(number)).length;
        const either = a.length + b.length - common;
        expect(near.jaccard(0, 1)).toBe(either === 0 ? 0 : common / either);
        expect(near.isNear(0, 1)).toBe(common > 0 && 20 * common >= twentieths * either);
      }),
    );
  });
});

describe('MinHash', () => {
  it('estimates a similarity as well as datasketch does', () => {
    const { bands, rows } = golden.bands;
    const sets = makeSets();
    const minHash = new MinHash(bands * rows, 1);
    const signatures = sets.map((set) => {
      const minima = new Uint32Array(bands * rows);
      minHash.sign(set, minima);
      return minima;
    });
    const near = collect(sets, golden.similarity);
    let sum = 0;
    for (const [first, second] of pairsOf(sets.length)) {
      const truth = near.jaccard(first, second);
      if (truth === 0) continue;
      const agreed = signatures[first].filter((minimum, i) => minimum === signatures[second][i]).length;
      sum += (agreed / (bands * rows) - truth) ** 2;
    }
    expect(Math.sqrt(sum / golden.related)).toBeLessThan(1.15 * golden.error);
  });
});

describe('bands', () => {
  it('miss and mistake as much as those of datasketch', () => {
    for (const { similarity, wrong, missed, ...bands } of golden.areas) {
      const area = (from: number, to: number): number => {
        const steps = 10_000;
        let sum = 0;
        for (let i = 0; i < steps; i++)
          sum += collisionProbability(from + ((to - from) * (i + 0.5)) / steps, bands);
        return (sum * (to - from)) / steps;
      };
      // datasketch sums in steps of 0.001.
      expect(area(0, similarity)).toBeCloseTo(wrong, 3);
      expect(1 - similarity - area(similarity, 1)).toBeCloseTo(missed, 3);
    }
  });

  it('find pairs of the similarity that is asked for with at most 128 hashes', () => {
    for (const similarity of [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.99, 1]) {
      const { bands, rows } = chooseBands(similarity);
      expect(bands * rows).toBeLessThanOrEqual(128);
      expect(collisionProbability(similarity, { bands, rows })).toBeGreaterThanOrEqual(0.995);
    }
    expect(chooseBands(golden.similarity)).toEqual(golden.bands);
  });
});
