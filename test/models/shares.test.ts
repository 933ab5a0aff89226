/** Shares of classes against those that samples were drawn with, and probabilities against Bayes' rule. */

import { describe, expect, it } from 'vitest';
import { adjusted, estimateShares } from '../../src/models/shares.ts';
import { Random } from '../../src/random.ts';

const MEANS = [-1, 1];

/** Of a number from one of two normal distributions of deviation 1, drawn at these shares: Bayes' rule. */
function posterior(x: number, shares: readonly number[]): Float64Array {
  const densities = MEANS.map((mean, c) => shares[c] * Math.exp(-((x - mean) ** 2) / 2));
  const sum = densities.reduce((a, b) => a + b, 0);
  return Float64Array.from(densities, (density) => density / sum);
}

function sample(count: number, shares: readonly number[], seed: number): number[] {
  const random = new Random(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  return Array.from({ length: count }, () => MEANS[random.uniform() < shares[0] ? 0 : 1] + normal());
}

describe('estimateShares', () => {
  const prior = [0.3, 0.7];

  it.each([
    [0.95, 0.05],
    [0.5, 0.5],
    [0.1, 0.9],
  ])('finds the shares %f and %f that a sample was drawn with', (...shares) => {
    const values = sample(20_000, shares, 3);
    const found = estimateShares(
      values.map((x) => posterior(x, prior)),
      prior,
    );
    expect(Math.abs(found[0] - shares[0])).toBeLessThan(0.02);
  });

  it('leaves a lone function nearly its own opinion, and goes with a crowd', () => {
    const own = posterior(0.2, prior);
    const alone = adjusted(own, prior, estimateShares([own], prior));
    expect(Math.abs(alone[1] - own[1])).toBeLessThan(0.1);
    const crowd = sample(200, [1, 0], 5).map((x) => posterior(x, prior));
    expect(adjusted(own, prior, estimateShares([own, ...crowd], prior))[0]).toBeGreaterThan(0.9);
  });

  it('says the same whatever the order of the functions', () => {
    const rows = sample(300, [0.8, 0.2], 7).map((x) => posterior(x, prior));
    const [there, back] = [rows, rows.toReversed()].map((of) => estimateShares(of, prior));
    expect(there[0]).toBeCloseTo(back[0], 9);
  });
});

describe('adjusted', () => {
  it('is what Bayes says at the other shares', () => {
    for (const x of [-2, -0.3, 0, 1.4]) {
      const [got, expected] = [
        adjusted(posterior(x, [0.3, 0.7]), [0.3, 0.7], [0.8, 0.2]),
        posterior(x, [0.8, 0.2]),
      ];
      expect(got[0]).toBeCloseTo(expected[0], 12);
    }
  });

  it('has no opinion of its own where training had no such class', () => {
    expect([...adjusted(Float64Array.of(0, 1), [1, 0], [0.9, 0.1])]).toEqual([0.9, 0.1]);
  });
});
