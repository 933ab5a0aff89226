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
