/**
 * Latent semantic analysis (Deerwester et al. 1990): terms weighed by tf-idf, then the first singular vectors. It
 * needs no training data but the items themselves, so that it embeds whatever can be counted: words or opcodes.
 */

import { inverseFrequency, normalise, termWeight } from '../known/weights.ts';
import { type SparseVector, stackRows } from '../linear/sparse.ts';
import { truncatedSvd } from '../linear/svd.ts';

/** A term of one item alone tells nothing of how items lie to one another. */
const LEAST_ITEMS = 2;
/** Numbers of a vector: beyond a hundred or two the space changes little (Landauer and Dumais 1997). */
const SIZE = 128;

/** A word, or the number of an opcode. */
type Term = string | number;

export interface LsaOptions {
  readonly seed: number;
  /** Numbers of a vector at most. */
  readonly size?: number;
}

/**
 * @param items terms of each, in any order, as often as they occur
 * @returns vectors [items, size], flat; zeros for an item without a term that it shares with another
 */
export function latentSemanticVectors(
  items: readonly (readonly Term[])[],
  { seed, size = SIZE }: LsaOptions,
): { vectors: Float32Array; size: number } {
  const shared = [...itemFrequencies(items)].filter(([, count]) => count >= LEAST_ITEMS);
  const columns = new Map(shared.map(([term], column) => [term, column]));
  const counted = items.map((terms) => {
    const counts = new Map<number, number>();
    for (const term of terms) {
      const column = columns.get(term);
      if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
    }
    return counts;
  });
  const rows = counted.map((counts): SparseVector => {
    const indices = Uint32Array.from(counts.keys()).sort();
    const values = Float32Array.from(indices, (column) =>
      termWeight(counts.get(column)!, inverseFrequency(items.length, shared[column][1])),
    );
    normalise(values);
    return { indices, values };
  });
  if (columns.size === 0) return { vectors: new Float32Array(items.length), size: 1 };
  const { rows: vectors, rank } = truncatedSvd(stackRows(rows, columns.size), size, seed);
  return { vectors, size: rank };
}

/** Items that have a term, in the order in which terms appear. */
export function itemFrequencies(items: readonly (readonly Term[])[]): Map<Term, number> {
  const counts = new Map<Term, number>();
  for (const terms of items) for (const term of new Set(terms)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}
