/**
 * Duplicates and leaks. A row is a duplicate where an earlier row of its side, compiler and level has the same
 * code: library code that is linked into a hundred programs counts once, and the same source at another level
 * stays. It leaks where a row of the other side has the same code, at whichever compiler and level: a model that
 * remembers would answer it without having learned anything.
 */

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

const SIDE: Record<Split, number> = { train: 1, test: 2 };

/**
 * Marks rows in two passes: `learn` sees them all, then `mark` sees them all in the same order. Memory grows
 * with the different functions (about 100 bytes each and pass), not with the rows.
 */
export class Marker {
  private readonly sides = { exact: new Map<string, number>(), normalized: new Map<string, number>() };
  private readonly seen = new Map<string, Set<string>>();
  readonly counts: Record<Split, SideCounts> = { train: noCounts(), test: noCounts() };

  learn(row: HashedRow, split: Split): void {
    const { exact, normalized } = this.sides;
    exact.set(row.exact_hash, (exact.get(row.exact_hash) ?? 0) | SIDE[split]);
    normalized.set(row.normalized_hash, (normalized.get(row.normalized_hash) ?? 0) | SIDE[split]);
  }

  mark(row: PlacedRow): Marks {
    const other = SIDE[row.split === 'train' ? 'test' : 'train'];
    const marks: Marks = {
      exact_duplicate: this.repeats('exact', row, row.exact_hash),
      normalized_duplicate: this.repeats('normalized', row, row.normalized_hash),
      exact_leak: ((this.sides.exact.get(row.exact_hash) ?? 0) & other) !== 0,
      normalized_leak: ((this.sides.normalized.get(row.normalized_hash) ?? 0) & other) !== 0,
    };
    const counts = this.counts[row.split];
    counts.rows++;
    if (!marks.exact_duplicate) counts.exactUnique++;
    if (!marks.normalized_duplicate) counts.normalizedUnique++;
    if (marks.exact_leak) counts.exactLeaks++;
    if (marks.normalized_leak) counts.normalizedLeaks++;
    return marks;
  }

  private repeats(kind: string, row: PlacedRow, hash: string): boolean {
    const group = `${kind} ${row.split} ${row.compiler} ${row.optimization}`;
    let seen = this.seen.get(group);
    if (!seen) this.seen.set(group, (seen = new Set()));
    if (seen.has(hash)) return true;
    seen.add(hash);
    return false;
  }
}

function noCounts(): SideCounts {
  return { rows: 0, exactUnique: 0, normalizedUnique: 0, exactLeaks: 0, normalizedLeaks: 0 };
}
