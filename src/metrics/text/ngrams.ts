/** Runs of n words, and how many two texts share. */

/** Cannot occur inside a word. */
const SEPARATOR = '\0';

export type Counts = ReadonlyMap<string, number>;

/** How often each run of `n` words occurs. */
export function ngrams(words: readonly string[], n: number): Counts {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const gram = words.slice(i, i + n).join(SEPARATOR);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** Runs that both have, each as often as the one has it that has fewer. */
export function overlap(a: Counts, b: Counts): number {
  let shared = 0;
  for (const [gram, count] of a) shared += Math.min(count, b.get(gram) ?? 0);
  return shared;
}

/** Runs of `n` words in a text of `length`. */
export function ngramsIn(length: number, n: number): number {
  return Math.max(0, length - n + 1);
}
