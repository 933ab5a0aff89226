/** In which order examples are seen: seeded, and so that those of one length come together. */

import { RandomStream } from '../random.ts';

export interface BatchPlan {
  /** Number of examples. */
  readonly count: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Length of an example, and the lengths that graphs are made for, rising. */
  readonly buckets?: { readonly lengthOf: (example: number) => number; readonly lengths: readonly number[] };
}

/** A batch: numbers of examples, and the length to pad to. */
export interface PlannedBatch {
  readonly examples: readonly number[];
  /** `null` without buckets. */
  readonly length: number | null;
}

/** The smallest bucket that holds a length; the last for what is longer, which must be cut. */
export function bucketOf(length: number, lengths: readonly number[]): number {
  return lengths.find((bucket) => length <= bucket) ?? lengths[lengths.length - 1];
}

/**
 * The batches of an epoch, from 0. The last of a bucket is filled up with examples drawn anew from it, so that
 * every batch has one shape and one graph serves.
 */
export function epochBatches({ count, batchSize, seed, buckets }: BatchPlan, epoch: number): PlannedBatch[] {
  const random = new RandomStream(seed, 'batches', epoch);
  const order = random.shuffle(Array.from({ length: count }, (_, i) => i));
  const groups = new Map<number | null, number[]>();
  for (const example of order) {
    const length = buckets ? bucketOf(buckets.lengthOf(example), buckets.lengths) : null;
    const group = groups.get(length);
    if (group) group.push(example);
    else groups.set(length, [example]);
  }
  const batches: PlannedBatch[] = [];
  for (const [length, examples] of groups) {
    const own = examples.length;
    while (examples.length % batchSize !== 0) examples.push(examples[random.below(own)]);
    for (let i = 0; i < examples.length; i += batchSize) {
      batches.push({ examples: examples.slice(i, i + batchSize), length });
    }
  }
  const places = random.shuffle(batches.map((_, i) => i));
  return places.map((place) => batches[place]);
}
