/** What is withheld of a model's opinion, and what is said less exactly instead. */

import { describe, expect, it } from 'vitest';
import { answerOf, type Inspection, likeliest, twinsOf } from '../../src/models/inspection.ts';
import type { KnownFunctions } from '../../src/models/known/index.ts';

const LEVELS = ['O0', 'O1', 'O2', 'O3'];

function levelGiven(...probabilities: number[]): unknown {
  const of = Float64Array.from(probabilities);
  const inspection: Inspection = {
    length: 20,
    names: [],
    found: [],
    compiler: { label: 'gcc', score: 1 },
    optimization: likeliest(LEVELS, of),
    twins: twinsOf(LEVELS, of),
    arguments: null,
  };
  return answerOf(inspection, { known: {} as KnownFunctions, floor: 8, threshold: 0.5 }).optimization;
}

describe('the level that is answered', () => {
  it('is the likeliest where that is sure, or has no twin', () => {
    expect(levelGiven(0, 0.02, 0.9, 0.08)).toEqual({ label: 'O2', score: 0.9 });
    expect(levelGiven(0.1, 0.6, 0.2, 0.1)).toEqual({ label: 'O1', score: 0.6 });
  });

  it('is -O2 or -O3 where one of them is likeliest and neither is sure', () => {
    expect(levelGiven(0, 0.25, 0.25, 0.5)).toEqual({ label: 'O2/O3', score: 0.75 });
  });

  it('is none where even both together are more likely wrong than right', () => {
    expect(levelGiven(0.33, 0.2, 0.35, 0.12)).toBeNull();
  });
});
