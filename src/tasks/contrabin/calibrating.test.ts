import { describe, expect, it } from 'vitest';
import {
  Background,
  priorAmong,
  probabilityOf,
  standing,
  thresholdFor,
} from '../../models/meaning/calibration.ts';
import { Random } from '../../random.ts';
import { calibrate, type RightPair } from './calibrating.ts';

/** Numbers of the normal distribution (Box and Muller 1958). */
function normals(seed: number): () => number {
  const random = new Random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** So small that cosines are about what is drawn, and vectors about of length 1. */
const SCALE = 0.01;

/**
 * Comments and functions whose cosines are drawn: comment i looks along axis i, and number i of a vector is its cosine
 * with it. A right one stands `shift` deviations above the others.
 */
function drawn(shift: number, { comments = 300, functions = 300, seed = 1 } = {}) {
  const normal = normals(seed);
  const vectors = Float32Array.from({ length: functions * comments }, () => SCALE * normal());
  const background = new Background(vectors, comments);
  const pairs = Array.from({ length: comments }, (_, i): RightPair => {
    const comment = new Float32Array(comments);
    comment[i] = 1;
    const code = Float32Array.from({ length: comments }, () => SCALE * normal());
    code[i] += SCALE * shift;
    return { comment, code, own: new Set() };
  });
  return { pairs, background };
}

describe('a calibration', () => {
  it('finds the ratio of two normal distributions, whose logarithm is shift * z - shift^2 / 2', () => {
    const { pairs, background } = drawn(1.5, { comments: 600 });
    const { calibration, figures } = calibrate(pairs, background);
    expect(calibration.slope).toBeGreaterThan(1.3);
    expect(calibration.slope).toBeLessThan(1.7);
    expect(calibration.intercept).toBeGreaterThan(-1.45);
    expect(calibration.intercept).toBeLessThan(-0.85);
    // P(one normal number is above another by 1.5 on average) = Phi(1.5 / sqrt 2).
    expect(figures['share of other functions that stand lower than the own']).toBeCloseTo(0.856, 1);
  });

  it('lets half of the questions about what is not there go without an answer, in programs of any size', () => {
    const learned = drawn(3);
    const { calibration } = calibrate(learned.pairs, learned.background);
    // Others than it was found on.
    const { pairs, background } = drawn(3, { seed: 2 });
    for (const size of [10, 30, 100, 300]) {
      const answered = pairs.filter(({ comment }) => {
        const cosines = background.cosines(comment);
        const spread = background.spread(comment);
        const best = Math.max(...cosines.slice(0, size));
        return (
          probabilityOf(calibration, standing(best, spread), priorAmong(size)) >=
          thresholdFor(calibration.thresholds, size)
        );
      });
      expect(answered.length / pairs.length).toBeGreaterThan(0.4);
      expect(answered.length / pairs.length).toBeLessThan(0.6);
    }
  });

  it('gives a function the probability that counting gives it', () => {
    const { pairs, background } = drawn(2, { comments: 600, functions: 300 });
    const { calibration } = calibrate(pairs, background);
    // Of one right pair for each wrong one, those that get from 0.6 to 0.9.
    const scores = pairs.flatMap(({ comment, code }, i) => {
      const spread = background.spread(comment);
      const wrong = background.cosines(comment)[i % background.count];
      return [code[i], wrong].map((cosine, k) => ({
        right: k === 0,
        score: probabilityOf(calibration, standing(cosine, spread), 1 / 2),
      }));
    });
    const chosen = scores.filter(({ score }) => score > 0.6 && score < 0.9);
    const told = chosen.reduce((sum, { score }) => sum + score, 0) / chosen.length;
    const right = chosen.filter((one) => one.right).length / chosen.length;
    expect(chosen.length).toBeGreaterThan(200);
    expect(Math.abs(told - right)).toBeLessThan(0.08);
  });

  it('refuses a model that has learned nothing, or the wrong thing', () => {
    const { pairs, background } = drawn(-1);
    expect(() => calibrate(pairs, background)).toThrow(/no nearer to their own functions/);
  });

  it('does not count a function against its own comment', () => {
    const { pairs, background } = drawn(3, { comments: 40, functions: 40 });
    // All of the background is the function itself in other builds, but for one.
    const own = pairs.map((pair) => ({ ...pair, own: new Set(Array.from({ length: 39 }, (_, k) => k)) }));
    expect(calibrate(own, background).figures['functions beside each']).toBe(40);
    const share = calibrate(own, background).figures[
      'share of other functions that stand lower than the own'
    ];
    // Of one other each: a multiple of one over the comments.
    expect(Number.isInteger(Math.round(share * 40 * 1e6) / 1e6)).toBe(true);
  });
});
