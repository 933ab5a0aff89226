/** Seeds and grids. */

import { describe, expect, it } from 'vitest';
import { gridPoints, gridTable, runGrid, seedInterval } from '../../../src/nn/training/runs.ts';

describe('runs', () => {
  it('gives the interval of a mean that textbooks give', () => {
    // NumPy, with t = 3.182446 for three degrees of freedom: 4.655268664 to 5.644731335.
    const { mean, low, high } = seedInterval([5.1, 4.9, 5.6, 5]);
    expect(mean).toBeCloseTo(5.15, 10);
    expect(low).toBeCloseTo(4.65527, 3);
    expect(high).toBeCloseTo(5.64473, 3);
    expect(seedInterval([3])).toMatchObject({ mean: 3, low: null, high: null });
  });

  it('makes every combination, also of fields that were not there', () => {
    const points = gridPoints({ a: { b: 1, c: 2 } }, { 'a.b': [3, 4], 'd.e': ['x', 'y', 'z'] });
    expect(points).toHaveLength(6);
    expect(points[4]).toEqual({
      choice: { 'a.b': 4, 'd.e': 'y' },
      settings: { a: { b: 4, c: 2 }, d: { e: 'y' } },
    });
    expect(() => gridPoints({ a: 1 }, { 'a.b': [1] })).toThrow('grid: a.b leads through 1');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(() => gridPoints({}, { '__proto__.polluted': [1] })).toThrow('grid');
  });

  it('runs each with each seed and shows a table', async () => {
    const calls: string[] = [];
    const rows = await runGrid(gridPoints({}, { rate: [1, 2] }), [7, 8], ({ choice }, seed) => {
      calls.push(`${JSON.stringify(choice)} ${seed}`);
      return Promise.resolve({ accuracy: Number(choice['rate']) * seed });
    });
    expect(calls).toEqual(['{"rate":1} 7', '{"rate":1} 8', '{"rate":2} 7', '{"rate":2} 8']);
    expect(rows[1].metrics['accuracy']).toMatchObject({ mean: 15, values: [14, 16] });
    expect(gridTable(rows).split('\n').slice(0, 3)).toEqual([
      '| rate | accuracy |',
      '| --- | --- |',
      '| 1 | 7.5000 (1.1470 to 13.8530) |',
    ]);
  });
});
