/** How questions are judged; with a model in tasks/contrabin/meaning.test.ts. */

import { describe, expect, it } from 'vitest';
import { chance, reachedBy } from './study.ts';

describe('an order drawn at random', () => {
  it('reaches what all orders reach in the mean', () => {
    for (const [functions, right] of [
      [5, 1],
      [6, 2],
      [4, 4],
    ]) {
      const orders = permutations(Array.from({ length: functions }, (_, i) => i));
      const reached = orders.map((order) =>
        reachedBy(
          order,
          Array.from({ length: right }, (_, i) => i),
        ),
      );
      const mean = (figure: 'first' | 'ten' | 'reciprocal') =>
        reached.reduce((sum, one) => sum + one[figure], 0) / orders.length;
      const found = chance(functions, right);
      for (const figure of ['first', 'ten', 'reciprocal'] as const) {
        expect(found[figure]).toBeCloseTo(mean(figure), 9);
      }
    }
  });

  it('finds one of two among the first ten of twenty unless the ten others stand there', () => {
    // Both among the last ten: 10/20 * 9/19.
    expect(chance(20, 2).ten).toBeCloseTo(1 - 90 / 380, 9);
  });
});

it('a right function with the score of others comes after them, and the best of several counts', () => {
  expect(reachedBy([0.5, 0.5, 0.5], [1])).toEqual({ first: 0, ten: 1, reciprocal: 1 / 3 });
  expect(reachedBy([0.1, 0.9, 0.5, 0.9], [2, 3])).toEqual({ first: 0, ten: 1, reciprocal: 1 / 2 });
  expect(reachedBy([0.1, 0.9, 0.5, 0.9], [1, 3])).toEqual({ first: 1, ten: 1, reciprocal: 1 });
  expect(reachedBy(new Float64Array(11), [0])).toEqual({ first: 0, ten: 0, reciprocal: 1 / 11 });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, i) =>
    permutations(items.filter((_, k) => k !== i)).map((rest) => [first, ...rest]),
  );
}
