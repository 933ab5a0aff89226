/** Turns cases into tests. */

import { expect, it } from 'vitest';
import { check, type Case } from './check.ts';

/** float32 has 7 digits. Measured at most 3e-7, and 2e-6 for gradients through a transformer. */
const FORWARD = 1e-6;
const GRADIENT = 1e-5;

/** Entries that are no smaller than a bound. */
function above(errors: Readonly<Record<string, number>>, bound: number): Record<string, number> {
  return Object.fromEntries(Object.entries(errors).filter(([, error]) => !(error < bound)));
}

export function testCases(cases: readonly Case[]): void {
  it.each(cases)('$name', async (item) => {
    const { forward, gradient, unreached } = await check(item);
    expect(above(forward, FORWARD)).toEqual({});
    expect(above(gradient, GRADIENT)).toEqual({});
    expect(unreached).toEqual(item.none ?? []);
  });
}
