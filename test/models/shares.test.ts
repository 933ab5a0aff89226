/** What a crowd of functions says of each, by samples of known classes and by Bayes' rule. */

import { describe, expect, it } from 'vitest';
import { adjusted, classShares } from '../../src/models/shares.ts';
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

describe('classShares', () => {
  const prior = [0.3, 0.7];
  const rowsOf = (values: readonly number[]): Float64Array[] => values.map((x) => posterior(x, prior));

  it('finds the class of a program, the surer the more functions it has', () => {
    const sure = [4, 40, 400].map((count) => classShares(rowsOf(sample(count, [1, 0], 3)), prior)[0]);
    expect(sure[0]).toBeGreaterThan(0.5);
    expect(sure[1]).toBeGreaterThan(sure[0]);
    expect(sure[2]).toBeGreaterThan(0.95);
  });

  it('takes a lone function at its word, and lets a crowd outvote a doubtful one', () => {
    const own = posterior(0.2, prior);
    // Programs of both classes are thought equally frequent, whatever training had.
    expect(adjusted(own, prior, classShares([own], prior))[1]).toBeGreaterThan(0.6);
    const crowd = rowsOf(sample(200, [1, 0], 5));
    expect(adjusted(own, prior, classShares([own, ...crowd], prior))[0]).toBeGreaterThan(0.9);
  });

  it('leaves its opinion to a function that is sure, whatever the crowd is', () => {
    const stranger = Float64Array.of(0.001, 0.999);
    const crowd = rowsOf(sample(500, [1, 0], 5));
    expect(adjusted(stranger, prior, classShares([stranger, ...crowd], prior))[1]).toBeGreaterThan(0.9);
  });

  it('says the same whatever the order of the functions, and of none what training says', () => {
    const rows = rowsOf(sample(300, [0.8, 0.2], 7));
    const [there, back] = [rows, rows.toReversed()].map((of) => classShares(of, prior));
    expect(there[0]).toBeCloseTo(back[0], 9);
    expect([...classShares([], prior)]).toEqual(prior);
  });

  it('gives no share to a class of which training had none', () => {
    expect(classShares([Float64Array.of(0.5, 0.5, 0)], [0.5, 0.5, 0])[2]).toBe(0);
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
