/** Figures for ranked lists. A rank is 1 for the best place; 0 says that the right item was not found. */

/** Share of the queries whose right item stands at rank k or better; NaN without queries. */
export function recallAt(ranks: ArrayLike<number>, k: number): number {
  let found = 0;
  for (let i = 0; i < ranks.length; i++) if (ranks[i] > 0 && ranks[i] <= k) found++;
  return found / ranks.length;
}

/** Mean of 1/rank, 0 where not found or beyond `depth`. */
export function meanReciprocalRank(ranks: ArrayLike<number>, depth = Infinity): number {
  let sum = 0;
  for (let i = 0; i < ranks.length; i++) if (ranks[i] > 0 && ranks[i] <= depth) sum += 1 / ranks[i];
  return sum / ranks.length;
}

/**
 * Rank of item `target` by score, highest first. Items with the same score share the worst of their ranks, so
 * that a constant score never looks like a find.
 */
export function rankOf(scores: ArrayLike<number>, target: number): number {
  let rank = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i] >= scores[target]) rank++;
  return rank;
}

/** Of one query among items of classes: R items are of its own class, and R are retrieved. */
export interface ClassRetrieval {
  /** AP@R: the precision at each hit, summed and divided by R (Musgrave et al. 2020; CodeXGLUE's MAP@R). */
  readonly averagePrecision: number;
  /** The same divided by the number of hits: what was not retrieved costs nothing; 0 without a hit. */
  readonly precisionOfHits: number;
  /** Hits divided by R. */
  readonly recall: number;
}

/** @param hits whether each of the R retrieved is of the query's class, the best first */
export function classRetrieval(hits: readonly boolean[]): ClassRetrieval {
  let found = 0;
  let sum = 0;
  hits.forEach((hit, i) => {
    if (hit) sum += ++found / (i + 1);
  });
  return {
    averagePrecision: sum / hits.length,
    precisionOfHits: found === 0 ? 0 : sum / found,
    recall: found / hits.length,
  };
}

/** Fills in how alike each item is to a query, itself included. */
export type Scorer = (query: number, scores: Float32Array) => void;

/** By the dot product. @param vectors [items * size], a row each */
export function dotScores(vectors: Float32Array, size: number): Scorer {
  return (query, scores) => {
    const row = vectors.subarray(query * size, (query + 1) * size);
    for (let i = 0; i < scores.length; i++) {
      let sum = 0;
      for (let k = 0, at = i * size; k < size; k++, at++) sum += row[k] * vectors[at];
      scores[i] = sum;
    }
  };
}

/**
 * Each item in turn is the query: the items of its class are looked for among all others. Of items as similar as one another
 * those of other classes come first, so that a constant score never looks like a find.
 *
 * @returns for each item; null where it is alone in its class
 */
export function retrieveClasses(score: Scorer, classes: readonly unknown[]): (ClassRetrieval | null)[] {
  const count = classes.length;
  const sizes = new Map<unknown, number>();
  for (const one of classes) sizes.set(one, (sizes.get(one) ?? 0) + 1);
  const scores = new Float32Array(count);
  return classes.map((own, query) => {
    const wanted = sizes.get(own)! - 1;
    if (wanted === 0) return null;
    score(query, scores);
    scores[query] = -Infinity;
    // What is worse than the R-th best is not retrieved: sorting numbers alone is quick.
    const bar = scores.slice().sort()[count - wanted];
    const retrieved = [...scores.keys()].filter((i) => scores[i] >= bar);
    const isOther = (i: number): number => (classes[i] === own ? 0 : 1);
    retrieved.sort((a, b) => scores[b] - scores[a] || isOther(b) - isOther(a));
    return classRetrieval(retrieved.slice(0, wanted).map((i) => isOther(i) === 0));
  });
}
