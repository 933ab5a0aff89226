import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitSet, HashTable } from './hash-table.ts';
import { sha256 } from './hash.ts';

describe('a table of hashes', () => {
  it('gives each its number, as a map does', () => {
    const table = new HashTable();
    const map = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const hash = sha256(String(i % 7000));
      if (!map.has(hash)) map.set(hash, map.size);
      expect(table.add(hash)).toBe(map.get(hash));
    }
    expect(table.size).toBe(7000);
  });

  it('tells hashes apart that differ in one of the first 16 digits', () => {
    const table = new HashTable();
    const hashes = Array.from({ length: 16 }, (_, at) => `${'0'.repeat(at)}1`.padEnd(32, '0'));
    expect(hashes.map((hash) => table.add(hash))).toEqual([...hashes.keys()]);
  });
});

it('a set of bits has what a set has', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000)), fc.array(fc.nat(5000)), (added, asked) => {
      const [bits, set] = [new BitSet(), new Set(added)];
      for (const value of added) bits.add(value);
      for (const value of [...added, ...asked]) expect(bits.has(value)).toBe(set.has(value));
    }),
  );
});
