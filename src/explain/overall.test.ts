import { describe, expect, it } from 'vitest';
import { tally } from './overall.ts';
import type { FunctionReport } from './schema.ts';

function reports(...labels: (string | null)[]): FunctionReport[] {
  return labels.map(
    (label) => ({ optimization: label === null ? null : { label, score: 0.9 } }) as FunctionReport,
  );
}

describe('tally', () => {
  it('counts those that have an answer, most first', () => {
    const { judged, labels } = tally(reports('O1', 'O0', null, 'O1'), 'optimization');
    expect(judged).toBe(3);
    expect(labels.map(({ label }) => label)).toEqual(['O1', 'O0']);
    expect(labels[0].share).toBeCloseTo(2 / 3, 12);
  });

  it('counts -O2 and -O3 as one where functions cannot tell them and do not agree', () => {
    const { labels } = tally(reports('O2', 'O3', 'O2/O3', 'O1'), 'optimization');
    expect(labels).toEqual([
      { label: 'O2/O3', share: 0.75 },
      { label: 'O1', share: 0.25 },
    ]);
  });

  it('leaves a level that nearly all are sure of as it is', () => {
    const { labels } = tally(reports('O3', 'O3', 'O3', 'O3', 'O2/O3'), 'optimization');
    expect(labels.map(({ label }) => label)).toEqual(['O3', 'O2/O3']);
  });
});
