/** Several trainings as one: seeds with intervals, and grids of settings. */

import { BinscribeError } from '../../error.ts';

/** Student's t, 97.5 %, for 1 … 10 degrees of freedom; more of them come close enough to the normal's 1.96. */
const T_975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** A mean with its 95 % confidence interval; without one where there is a single value. */
export interface Interval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly values: readonly number[];
}

/** Interval of the mean over runs that differ in their seed alone. */
export function seedInterval(values: readonly number[]): Interval {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  if (values.length < 2) return { mean, low: null, high: null, values };
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  const t = T_975[values.length - 2] ?? 1.96;
  const half = t * Math.sqrt(variance / values.length);
  return { mean, low: mean - half, high: mean + half, values };
}

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Values to try, by dotted path within the settings: `optimizer.learningRate`. */
export type Grid = Readonly<Record<string, readonly Json[]>>;

export interface GridPoint<Settings = Json> {
  /** What this point sets. */
  readonly choice: Readonly<Record<string, Json>>;
  readonly settings: Settings;
}

/** All combinations of a grid's values, put into the settings. @throws BinscribeError for a path through no object */
export function gridPoints(settings: Json, grid: Grid): GridPoint[] {
  let points: GridPoint[] = [{ choice: {}, settings }];
  for (const [path, values] of Object.entries(grid)) {
    points = points.flatMap((point) =>
      values.map((value) => ({
        choice: { ...point.choice, [path]: value },
        settings: withValue(point.settings, path.split('.'), value, path),
      })),
    );
  }
  return points;
}

function withValue(
  settings: Json | undefined,
  [key, ...rest]: readonly string[],
  value: Json,
  path: string,
): Json {
  const object = settings ?? {};
  if (typeof object !== 'object' || Array.isArray(object) || key === '__proto__') {
    throw new BinscribeError(
      'usage',
      `grid: ${path} leads through ${JSON.stringify(object)}, which has no fields`,
    );
  }
  const fields = object as Readonly<Record<string, Json>>;
  return { ...fields, [key]: rest.length === 0 ? value : withValue(fields[key], rest, value, path) };
}

export interface GridRow {
  readonly choice: Readonly<Record<string, Json>>;
  readonly metrics: Readonly<Record<string, Interval>>;
}

/** Runs a training once for each point and seed, one after another. */
export async function runGrid<Settings>(
  points: readonly GridPoint<Settings>[],
  seeds: readonly number[],
  run: (point: GridPoint<Settings>, seed: number) => Promise<Readonly<Record<string, number>>>,
): Promise<GridRow[]> {
  const rows: GridRow[] = [];
  for (const point of points) {
    const results: Readonly<Record<string, number>>[] = [];
    for (const seed of seeds) results.push(await run(point, seed));
    const names = Object.keys(results[0] ?? {});
    const metrics = names.map((name) => [name, seedInterval(results.map((result) => result[name]))]);
    rows.push({ choice: point.choice, metrics: Object.fromEntries(metrics) as GridRow['metrics'] });
  }
  return rows;
}

/** A Markdown table: a row a point, a column a choice and a metric. */
export function gridTable(rows: readonly GridRow[]): string {
  const choices = Object.keys(rows[0]?.choice ?? {});
  const metrics = Object.keys(rows[0]?.metrics ?? {});
  const header = [...choices, ...metrics];
  const cell = ({ mean, low, high }: Interval): string =>
    low === null || high === null
      ? mean.toFixed(4)
      : `${mean.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
  const lines = rows.map((row) => [
    ...choices.map((name) => JSON.stringify(row.choice[name]) ?? ''),
    ...metrics.map((name) => cell(row.metrics[name])),
  ]);
  return (
    [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n') + '\n'
  );
}
