/** How long units took. It is kept beside their results, which are the same every time, and is lost with no harm. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { BuildTimes } from './build-options.ts';
import type { Manifest } from './manifest.ts';
import type { Workplace } from './workplace.ts';

export function keepTime(place: Workplace, key: string, seconds: number): void {
  writeFileSync(place.time(key), String(seconds));
}

/** Seconds; undefined where the unit was built by somebody who did not look at the clock. */
export function timeOf(place: Workplace, key: string): number | undefined {
  if (!existsSync(place.time(key))) return undefined;
  const seconds = Number(readFileSync(place.time(key), 'utf8'));
  // A file that a full disk has left empty is no time.
  return seconds > 0 ? seconds : undefined;
}

type Cell = Manifest['table'][number];

/** @param secondsOf a build of the data set */
export function buildTimes({ table }: Manifest, secondsOf: (cell: Cell) => number | undefined): BuildTimes {
  let [builds, seconds, rows] = [0, 0, 0];
  for (const cell of table) {
    const own = secondsOf(cell);
    if (own === undefined) continue;
    builds++;
    seconds += own;
    rows += cell.rows;
  }
  return { builds, seconds, rows };
}
