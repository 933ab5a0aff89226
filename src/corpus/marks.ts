/**
 * Duplicates and leaks. A row is a duplicate where an earlier row of its side, compiler and level has the same
 * code: library code that is linked into a hundred programs counts once, and the same source at another level
 * stays. It leaks where a row of the other side has the same code, at whichever compiler and level: a model that
 * remembers would answer it without having learned anything.
 */

import { BitSet, HashTable } from './hash-table.ts';
import type { Split } from './recipe.ts';
import type { FunctionRow, MarkColumn } from './row.ts';

type HashedRow = Pick<FunctionRow, 'exact_hash' | 'normalized_hash'>;
type PlacedRow = HashedRow & Pick<FunctionRow, 'split' | 'compiler' | 'optimization'>;
export type Marks = Omit<Pick<FunctionRow, MarkColumn>, 'split'>;

/** Counts of one side of the split. */
export interface SideCounts {
  rows: number;
  exactUnique: number;
  normalizedUnique: number;
  exactLeaks: number;
  normalizedLeaks: number;
}

const KINDS = ['exact', 'normalized'] as const;
type Kind = (typeof KINDS)[number];

/**
 * Marks rows in two passes: `learn` sees them all, then `mark` sees them all in the same order. Memory grows
 * with the different functions (about 50 bytes each), not with the rows: snippets are millions.
 */
export class Marker {
  private readonly hashes: Readonly<Record<Kind, HashTable>> = {
    exact: new HashTable(),
    normalized: new HashTable(),
  };
  /** Of the hashes, by `kind side`, those on that side; by `kind side compiler level`, those marked so far. */
  private readonly sets = new Map<string, BitSet>();
  readonly counts: Record<Split, SideCounts> = { train: noCounts(), test: noCounts() };

  learn(row: HashedRow, split: Split): void {
    for (const kind of KINDS) this.set(`${kind} ${split}`).add(this.hashes[kind].add(hashOf(row, kind)));
  }

  mark(row: PlacedRow): Marks {
    const marks: Marks = {
      exact_duplicate: this.repeats('exact', row),
      normalized_duplicate: this.repeats('normalized', row),
      exact_leak: this.leaks('exact', row),
      normalized_leak: this.leaks('normalized', row),
    };
    const counts = this.counts[row.split];
    counts.rows++;
    if (!marks.exact_duplicate) counts.exactUnique++;
    if (!marks.normalized_duplicate) counts.normalizedUnique++;
    if (marks.exact_leak) counts.exactLeaks++;
    if (marks.normalized_leak) counts.normalizedLeaks++;
    return marks;
  }

  private leaks(kind: Kind, row: PlacedRow): boolean {
    const other = this.set(`${kind} ${row.split === 'train' ? 'test' : 'train'}`);
    return other.has(this.hashes[kind].add(hashOf(row, kind)));
  }

  private repeats(kind: Kind, row: PlacedRow): boolean {
    const seen = this.set(`${kind} ${row.split} ${row.compiler} ${row.optimization}`);
    const place = this.hashes[kind].add(hashOf(row, kind));
    if (seen.has(place)) return true;
    seen.add(place);
    return false;
  }

  private set(name: string): BitSet {
    let set = this.sets.get(name);
    if (!set) this.sets.set(name, (set = new BitSet()));
    return set;
  }
}

function hashOf(row: HashedRow, kind: Kind): string {
  return kind === 'exact' ? row.exact_hash : row.normalized_hash;
}

function noCounts(): SideCounts {
  return { rows: 0, exactUnique: 0, normalizedUnique: 0, exactLeaks: 0, normalizedLeaks: 0 };
}
