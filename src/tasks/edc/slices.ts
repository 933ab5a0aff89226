/** Parts of a set with a figure each: by the values of fields, and by how long the outputs are. */

import { edc } from '../../metrics/edc/edc.ts';
import { restrict } from '../../metrics/edc/groups.ts';
import type { Embedded } from './embed.ts';
import type { Item } from './items.ts';
import type { Repeats } from './repeats.ts';

export interface Slice {
  /** The field by which the set was cut. */
  readonly by: string;
  readonly slice: string;
  readonly n: number;
  readonly pearson: number;
  readonly interval: [low: number, high: number];
  readonly null: [low: number, high: number];
}

/** Slices of fewer items tell nothing. */
const LEAST_SLICE = 30;
/** Of one field. */
const MOST_SLICES = 40;
/** A set is cut into so many parts of about the same number of items by the length of its outputs. */
const LENGTH_PARTS = 4;

export interface SliceOptions {
  /** Names of the fields, in the order of the items' values. */
  readonly by: readonly string[];
  /** What the outputs' lengths count; null where they are not to be sliced by. */
  readonly lengthUnit: string | null;
  readonly seed: number;
  readonly resamples: number;
  readonly progress: (done: number, total: number) => void;
}

/** In the order of the fields, the largest slice of each first, then by rising length. */
export function slicesOf(
  items: readonly Item[],
  x: Embedded,
  y: Embedded,
  repeats: Repeats,
  { by, lengthUnit, seed, resamples, progress }: SliceOptions,
): Slice[] {
  const parts = [
    ...by.flatMap((field, f) => byValue(items, field, f)),
    ...(lengthUnit === null ? [] : byLength(y.lengths, lengthUnit)),
  ];
  return parts.map(({ by: field, slice, members }, i) => {
    const clusters = restrict(repeats.clusters, members);
    const blocks = restrict(repeats.blocks, members);
    const options = { seed, resamples, clusters, blocks, spoiled: [], sampledPairs: 1 };
    const part = edc(rowsOf(x, members), rowsOf(y, members), options);
    progress(i + 1, parts.length);
    const { pearson, interval } = part;
    return {
      by: field,
      slice,
      n: members.length,
      pearson,
      interval: [interval.low, interval.high],
      null: [part.null.low, part.null.high],
    };
  });
}

interface Part {
  readonly by: string;
  readonly slice: string;
  /** Numbers of the items. */
  readonly members: readonly number[];
}

function byValue(items: readonly Item[], by: string, place: number): Part[] {
  const members = new Map<string, number[]>();
  items.forEach(({ slices }, i) => {
    const own = members.get(slices[place]) ?? [];
    members.set(slices[place], own);
    own.push(i);
  });
  return [...members]
    .filter(([, own]) => own.length >= LEAST_SLICE)
    .sort(([a, as], [b, bs]) => bs.length - as.length || (a < b ? -1 : 1))
    .slice(0, MOST_SLICES)
    .map(([slice, own]) => ({ by, slice, members: own }));
}

function byLength(lengths: Float64Array, unit: string): Part[] {
  const sorted = lengths.slice().sort();
  // Equal lengths stay together, so that a part may be larger than another, or empty.
  const bounds = Array.from(
    { length: LENGTH_PARTS - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / LENGTH_PARTS)],
  );
  const partOf = (length: number): number => bounds.filter((bound) => length >= bound).length;
  const parts = Array.from({ length: LENGTH_PARTS }, (): number[] => []);
  lengths.forEach((length, i) => parts[partOf(length)].push(i));
  const large = parts.filter(({ length }) => length >= LEAST_SLICE);
  // One alone is the whole set again.
  if (large.length < 2) return [];
  return large.map((members) => {
    const own = members.map((i) => lengths[i]);
    const [from, to] = [own.reduce((a, b) => Math.min(a, b)), own.reduce((a, b) => Math.max(a, b))];
    const range = from === to ? `${from}` : `${from} to ${to}`;
    return { by: 'length of the output', slice: `${range} ${unit}`, members };
  });
}

function rowsOf(
  { vectors, size }: Embedded,
  rows: readonly number[],
): { vectors: Float32Array; size: number } {
  const chosen = new Float32Array(rows.length * size);
  rows.forEach((row, i) => chosen.set(vectors.subarray(row * size, (row + 1) * size), i * size));
  return { vectors: chosen, size };
}
