/** Whether vectors stand in clusters, and whether two spaces have the same neighbours. */

import { Random } from '../random.ts';
import type { Scorer } from './retrieval.ts';

/**
 * The mean silhouette (Rousseeuw 1987): how much nearer, from -1 to 1, an item is to its own cluster than to the nearest
 * other one, by mean distance 1 - score. Alone in its cluster it counts 0.
 *
 * @param score of unit vectors the cosine
 * @param clusters of each item, at least two different ones
 */
export function silhouette(score: Scorer, clusters: readonly number[]): number {
  const count = clusters.length;
  const sizes = new Map<number, number>();
  for (const one of clusters) sizes.set(one, (sizes.get(one) ?? 0) + 1);
  const scores = new Float32Array(count);
  let total = 0;
  for (let item = 0; item < count; item++) {
    const own = clusters[item];
    const others = sizes.get(own)! - 1;
    if (others === 0) continue;
    score(item, scores);
    const sums = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      if (i !== item) sums.set(clusters[i], (sums.get(clusters[i]) ?? 0) + 1 - scores[i]);
    }
    const within = (sums.get(own) ?? 0) / others;
    let between = Infinity;
    for (const [cluster, sum] of sums) {
      if (cluster !== own) between = Math.min(between, sum / sizes.get(cluster)!);
    }
    total += (between - within) / Math.max(between, within, Number.MIN_VALUE);
  }
  return total / count;
}

/**
 * Of each item's `neighbours` nearest in one space, the share that is among the nearest in the other too; the mean over
 * items. What chance gives is neighbours / (items - 1).
 */
export function neighbourAgreement(one: Scorer, other: Scorer, count: number, neighbours: number): number {
  const scores = new Float32Array(count);
  const nearest = (score: Scorer, item: number): Set<number> => {
    score(item, scores);
    scores[item] = -Infinity;
    const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
    return new Set(order.slice(0, neighbours));
  };
  let shared = 0;
  for (let item = 0; item < count; item++) {
    const there = nearest(other, item);
    for (const found of nearest(one, item)) if (there.has(found)) shared++;
  }
  return shared / (count * neighbours);
}

/** Rounds after which k-means has settled on what it is used for here, or never will. */
const ROUNDS = 50;
/** Of several starts the best counts: one may put two means into one cluster. */
const STARTS = 4;

/**
 * Spherical k-means (Dhillon and Modha 2001), begun as k-means++ begins.
 *
 * @param vectors of length 1, [items * size]
 * @returns the cluster of each item; some may be empty
 */
export function sphericalMeans(vectors: Float32Array, size: number, k: number, seed: number): number[] {
  const random = new Random(seed);
  let best: { clusters: number[]; closeness: number } | undefined;
  for (let start = 0; start < STARTS; start++) {
    const found = settle(vectors, size, firstMeans(vectors, size, k, random));
    if (best === undefined || found.closeness > best.closeness) best = found;
  }
  return best!.clusters;
}

/** Items at which means begin: each drawn the likelier, the farther it is from those before it. */
function firstMeans(vectors: Float32Array, size: number, k: number, random: Random): Float32Array {
  const count = vectors.length / size;
  const means = new Float32Array(k * size);
  const far = new Float64Array(count).fill(1);
  for (let mean = 0; mean < k; mean++) {
    const total = far.reduce((a, b) => a + b, 0);
    let left = random.uniform() * total;
    let item = 0;
    while (item + 1 < count && (left -= far[item]) >= 0) item++;
    const chosen = vectors.subarray(item * size, (item + 1) * size);
    means.set(chosen, mean * size);
    for (let i = 0; i < count; i++)
      far[i] = Math.min(far[i], Math.max(0, 1 - dot(vectors, i, chosen, 0, size)));
  }
  return means;
}

function settle(
  vectors: Float32Array,
  size: number,
  means: Float32Array,
): { clusters: number[]; closeness: number } {
  const count = vectors.length / size;
  const k = means.length / size;
  const clusters = Array.from({ length: count }, () => -1);
  for (let round = 0; ; round++) {
    let closeness = 0;
    let moved = 0;
    for (let item = 0; item < count; item++) {
      let [best, nearest] = [-Infinity, 0];
      for (let mean = 0; mean < k; mean++) {
        const close = dot(vectors, item, means, mean, size);
        if (close > best) [best, nearest] = [close, mean];
      }
      closeness += best;
      if (clusters[item] !== nearest) moved++;
      clusters[item] = nearest;
    }
    if (moved === 0 || round === ROUNDS) return { clusters, closeness };
    means.fill(0);
    for (let item = 0; item < count; item++) {
      for (let i = 0; i < size; i++) means[clusters[item] * size + i] += vectors[item * size + i];
    }
    for (let mean = 0; mean < k; mean++) {
      const row = means.subarray(mean * size, (mean + 1) * size);
      const length = Math.hypot(...row) || 1;
      for (let i = 0; i < size; i++) row[i] /= length;
    }
  }
}

/** Of row i of `a` and row k of `b`. */
function dot(a: Float32Array, i: number, b: Float32Array, k: number, size: number): number {
  let sum = 0;
  for (let at = i * size, other = k * size, end = at + size; at < end; at++, other++) sum += a[at] * b[other];
  return sum;
}
