import { describe, expect, it } from 'vitest';
import { sha256 } from './hash.ts';
import { Marker, type Marks } from './marks.ts';
import type { Level } from './toolchain.ts';
import type { Split } from './recipe.ts';

const row = (split: Split, optimization: Level, exact: string, normalized: string) => ({
  split,
  compiler: 'gcc-12',
  optimization,
  exact_hash: sha256(exact),
  normalized_hash: sha256(normalized),
});

describe('marks', () => {
  const rows = [
    row('train', 'O2', 'e1', 'n1'),
    row('train', 'O2', 'e1', 'n1'),
    row('train', 'O2', 'e2', 'n1'),
    row('train', 'O3', 'e1', 'n1'),
    row('train', 'O2', 'e3', 'n3'),
    row('test', 'O0', 'e1', 'n1'),
    row('test', 'O0', 'e4', 'n4'),
    row('test', 'O2', 'e5', 'n3'),
  ];
  const marker = new Marker();
  for (const one of rows) marker.learn(one, one.split);
  const marks = rows.map((one) => marker.mark(one));

  /** The places of the rows that have a mark. */
  const marked = (mark: keyof Marks): number[] => marks.flatMap((found, at) => (found[mark] ? [at] : []));

  it('finds duplicates inside a side, compiler and level', () => {
    expect(marked('exact_duplicate')).toEqual([1]);
    expect(marked('normalized_duplicate')).toEqual([1, 2]);
  });

  it('finds leaks between the sides at any level', () => {
    expect(marked('exact_leak')).toEqual([0, 1, 3, 5]);
    expect(marked('normalized_leak')).toEqual([0, 1, 2, 3, 4, 5, 7]);
  });

  it('counts them', () => {
    expect(marker.counts).toEqual({
      train: { rows: 5, exactUnique: 4, normalizedUnique: 3, exactLeaks: 3, normalizedLeaks: 5 },
      test: { rows: 3, exactUnique: 3, normalizedUnique: 3, exactLeaks: 1, normalizedLeaks: 2 },
    });
  });
});
