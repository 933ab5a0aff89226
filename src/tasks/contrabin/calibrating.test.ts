import { describe, expect, it } from 'vitest';
import {
  Background,
  type Curve,
  priorAmong,
  probabilityOf,
  standing,
  thresholdFor,
} from '../../models/meaning/calibration.ts';
import { Random } from '../../random.ts';
import type { Words } from '../../models/meaning/words.ts';
import { calibrate, type RightPair } from './calibrating.ts';

/** Numbers of the normal distribution (Box and Muller 1958). */
function normals(seed: number): () => number {
  const random = new Random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

const NO_WORDS: Words = new Map();

/** By meaning alone. */
function likely(curve: Curve, stands: number, prior: number): number {
  return probabilityOf(curve, { stands, share: 0 }, prior);
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
    return {
      comment: { vector: comment, words: NO_WORDS },
      code: { vector: code, words: NO_WORDS },
      own: new Set(),
    };
  });
  return { pairs, background, words: Array.from({ length: functions }, () => NO_WORDS) };
}

describe('a calibration', () => {
  it('finds the ratio of two normal distributions, whose logarithm is shift * z - shift^2 / 2', () => {
    const { pairs, background, words } = drawn(1.5, { comments: 600 });
    const { calibration, figures } = calibrate(pairs, background, words);
    for (const { slope, intercept } of [calibration.meaning, calibration.question]) {
      expect(slope).toBeGreaterThan(1.3);
      expect(slope).toBeLessThan(1.7);
      expect(intercept).toBeGreaterThan(-1.45);
      expect(intercept).toBeLessThan(-0.85);
    }
    expect(calibration.question.words).toBe(0);
    // P(one normal number is above another by 1.5 on average) = Phi(1.5 / sqrt 2).
    expect(figures['share of other functions that stand lower than the own']).toBeCloseTo(0.856, 1);
  });

  it('lets half of the questions about what is not there go without an answer, in programs of any size', () => {
    const learned = drawn(3);
    const { calibration } = calibrate(learned.pairs, learned.background, learned.words);
    // Others than it was found on.
    const { pairs, background } = drawn(3, { seed: 2 });
    for (const size of [10, 30, 100, 300]) {
      const answered = pairs.filter(({ comment }) => {
        const cosines = background.cosines(comment.vector);
        const spread = background.spread(comment.vector);
        const best = Math.max(...cosines.slice(0, size));
        return (
          likely(calibration.question, standing(best, spread), priorAmong(size)) >=
          thresholdFor(calibration.thresholds, size)
        );
      });
      expect(answered.length / pairs.length).toBeGreaterThan(0.4);
      expect(answered.length / pairs.length).toBeLessThan(0.6);
    }
  });

  it('gives a function the probability that counting gives it', () => {
    const { pairs, background, words } = drawn(2, { comments: 600, functions: 300 });
    const { calibration } = calibrate(pairs, background, words);
    // Of one right pair for each wrong one, those that get from 0.6 to 0.9.
    const scores = pairs.flatMap(({ comment, code }, i) => {
      const spread = background.spread(comment.vector);
      const wrong = background.cosines(comment.vector)[i % background.count];
      return [code.vector[i], wrong].map((cosine, k) => ({
        right: k === 0,
        score: likely(calibration.meaning, standing(cosine, spread), 1 / 2),
      }));
    });
    const chosen = scores.filter(({ score }) => score > 0.6 && score < 0.9);
    const told = chosen.reduce((sum, { score }) => sum + score, 0) / chosen.length;
    const right = chosen.filter((one) => one.right).length / chosen.length;
    expect(chosen.length).toBeGreaterThan(200);
    expect(Math.abs(told - right)).toBeLessThan(0.08);
  });

  it('weighs words as they tell the right function: those that half of the functions share with any comment not at all', () => {
    const { pairs, background } = drawn(0.5, { comments: 400, functions: 200 });
    const random = new Random(3);
    const half = (word: string): Words => new Map(random.uniform() < 0.5 ? [[word, word]] : []);
    const asked = pairs.map(({ comment, code }) => {
      const words: Words = new Map([['common', 'common']]);
      return {
        comment: { ...comment, words },
        code: { ...code, words: half('common') },
        own: new Set<number>(),
      };
    });
    const others = Array.from({ length: background.count }, () => half('common'));
    expect(Math.abs(calibrate(asked, background, others).calibration.question.words)).toBeLessThan(0.4);
    // A word that the right function has in four of five cases, and of the others one in two hundred.
    const telling = asked.map(({ comment, code, own }, i) => {
      const words: Words = new Map([[`own${i}`, `own${i}`]]);
      return { comment: { ...comment, words }, code: { ...code, words: i % 5 > 0 ? words : new Map() }, own };
    });
    const rare = others.map((_, i): Words => new Map([[`own${i}`, `own${i}`]]));
    const { calibration, figures } = calibrate(telling, background, rare);
    expect(calibration.question.words).toBeGreaterThan(4);
    expect(calibration.meaning.words).toBe(0);
    expect(figures['the same with words']).toBeGreaterThan(
      figures['share of other functions that stand lower than the own'] + 0.1,
    );
  });

  it('refuses a model that has learned nothing, or the wrong thing', () => {
    const { pairs, background, words } = drawn(-1);
    expect(() => calibrate(pairs, background, words)).toThrow(/no nearer to their own functions/);
  });

  it('does not count a function against its own comment', () => {
    const { pairs, background, words } = drawn(3, { comments: 40, functions: 40 });
    // All of the background is the function itself in other builds, but for one.
    const own = pairs.map((pair) => ({ ...pair, own: new Set(Array.from({ length: 39 }, (_, k) => k)) }));
    const { figures } = calibrate(own, background, words);
    expect(figures['functions beside each']).toBe(40);
    const share = figures['share of other functions that stand lower than the own'];
    // Of one other each: a multiple of one over the comments.
    expect(Number.isInteger(Math.round(share * 40 * 1e6) / 1e6)).toBe(true);
  });
});
