import { expect, test } from 'vitest';
import { thresholdFor } from './calibration.ts';

test('thresholds are met where they were measured, and go on as straight lines of log-odds', () => {
  const thresholds = [
    { functions: 9, score: 0.5 },
    { functions: 99, score: 0.2 },
    { functions: 999, score: 0.1 },
  ];
  for (const { functions, score } of thresholds)
    expect(thresholdFor(thresholds, functions)).toBeCloseTo(score, 12);
  // Odds 1, 1/4 and 1/9; halfway between on the scale of logarithms they are square roots of products.
  const odds = (functions: number): number => {
    const score = thresholdFor(thresholds, functions);
    return score / (1 - score);
  };
  expect(odds(Math.sqrt(10 * 100) - 1)).toBeCloseTo(Math.sqrt(1 / 4), 9);
  expect(odds(Math.sqrt(100 * 1000) - 1)).toBeCloseTo(Math.sqrt(1 / 36), 9);
  // On: ten times the functions, 4/9 of the odds; and before the first, four times.
  expect(odds(9999)).toBeCloseTo(4 / 81, 9);
  expect(odds(0)).toBeCloseTo(4, 9);
});

test('of one size alone the odds are shared by all functions', () => {
  const one = [{ functions: 9, score: 0.5 }];
  expect(thresholdFor(one, 9)).toBe(0.5);
  expect(thresholdFor(one, 99)).toBeCloseTo(1 / 11, 12);
  for (const score of [0, 1]) {
    for (const functions of [1, 10, 1e6]) {
      expect(thresholdFor([{ functions: 10, score }], functions)).toBe(score);
    }
  }
});
