/** What all benchmarks share. */

export interface BenchResult {
  readonly name: string;
  /** The peer's time over ours: above 1 we are faster. */
  readonly ratio: number;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
