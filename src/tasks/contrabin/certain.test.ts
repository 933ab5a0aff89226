import { describe, expect, it } from 'vitest';
import { BinscribeError } from '../../error.ts';
import { RandomStream } from '../../nn/random.ts';
import { Random } from '../../random.ts';
import { ASKED_PRECISION, fitCertainty, type JudgedSummary, reliabilityUnder } from './certain.ts';

/** Summaries that are right with a probability of 1 / (1 + e^-(slope * likelihood + constant)); no other feature tells anything. */
function drawn(count: number, slope: number, constant: number, seed = 1): JudgedSummary[] {
  const normals = new RandomStream(seed, 'likelihoods');
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const likelihood = -2 + normals.normal();
    return {
      features: { likelihood, margin: random.uniform(), instructions: 3 + random.uniform(), words: 0 },
      isRight: random.uniform() < 1 / (1 + Math.exp(-(slope * likelihood + constant))),
      package: `package ${i % 7}`,
    };
  });
}

describe('certainty', () => {
  it('finds the probability that summaries were drawn with', () => {
    const judged = drawn(3000, 2, 3);
    const { certainty, reliability } = fitCertainty(judged);
    const { weights, intercept, threshold } = certainty;
    expect(weights.likelihood).toBeGreaterThan(1.7);
    expect(weights.likelihood).toBeLessThan(2.3);
    expect(weights.words).toBe(0);
    expect(Math.abs(weights.margin)).toBeLessThan(0.4);
    expect(Math.abs(intercept - 3)).toBeLessThan(1.5);
    expect(reliability['expected calibration error']).toBeLessThan(0.05);
    expect(reliability['mean score']).toBeCloseTo(reliability['share that is right'], 1);
    expect(reliability['share of what is said that is right']).toBeGreaterThanOrEqual(ASKED_PRECISION);
    // One more step down, and less than was asked for would be right.
    expect(reliability['share of what is said that is right']).toBeLessThan(ASKED_PRECISION + 0.05);
    expect(threshold).toBeLessThan(0.5);
    const fresh = reliabilityUnder(drawn(3000, 2, 3, 2), certainty);
    expect(fresh['expected calibration error']).toBeLessThan(0.06);
    expect(fresh['share of what is said that is right']).toBeGreaterThan(ASKED_PRECISION - 0.05);
  });

  it('says all where enough of all is right, and is never certain', () => {
    const judged = drawn(60, 0, 40);
    const { certainty, reliability } = fitCertainty(judged);
    expect(reliability).toMatchObject({
      'share that is right': 1,
      'share that is said': 1,
      'share of what is said that is right': 1,
    });
    expect(certainty.threshold).toBeLessThan(1);
    expect(certainty.intercept).toBeLessThan(20);
  });

  it('takes the best threshold where none is good enough, of no fewer than twenty', () => {
    const judged = drawn(2000, 1, -2);
    const { reliability } = fitCertainty(judged);
    const precision = reliability['share of what is said that is right'];
    expect(precision).toBeLessThan(ASKED_PRECISION);
    expect(precision).toBeGreaterThan(reliability['share that is right']);
    expect(2000 * reliability['share that is said']).toBeGreaterThanOrEqual(20);
  });

  it('tells scores of one package alone by its parts', () => {
    const judged = drawn(500, 2, 3).map((one) => ({ ...one, package: 'alone' }));
    expect(fitCertainty(judged).reliability['expected calibration error']).toBeLessThan(0.12);
  });

  it('refuses a writer that has nothing right', () => {
    const wrong = drawn(30, 0, -40);
    expect(() => fitCertainty(wrong)).toThrow(BinscribeError);
    expect(() => fitCertainty(wrong)).toThrow('of the 30 summaries');
    expect(() => fitCertainty([])).toThrow(BinscribeError);
  });
});
