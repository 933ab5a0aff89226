import { describe, expect, it } from 'vitest';
import {
  Background,
  type Curve,
  priorAmong,
  probabilityOf,
  spreadOf,
  standing,
  thresholdFor,
} from '../../models/meaning/calibration.ts';
import { Random } from '../../random.ts';
import type { SparseVector } from '../../models/linear/sparse.ts';
import { Lexicon } from '../../models/meaning/lexicon.ts';
import type { Words } from '../../models/meaning/words.ts';
import { calibrate, type RightPair } from './calibrating.ts';

/** Numbers of the normal distribution (Box and Muller 1958). */
function normals(seed: number): () => number {
  const random = new Random(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

const NO_WORDS: Words = new Map();
const NO_FEATURES: SparseVector = { indices: new Uint32Array(), values: new Float32Array() };
const NO_LEXICON = new Lexicon({
  features: [],
  rarity: new Float32Array(),
  terms: [],
  termRarity: new Float32Array(),
  weights: [],
});

const NETWORK = 'share of other functions that stand lower than the own, by the network';

/** By the network alone. */
function likely(curve: Curve, stands: number, prior: number): number {
  return probabilityOf(curve, { network: stands, lexicon: 0, words: 0 }, prior);
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
  const background = new Background(
    vectors,
    comments,
    Array.from({ length: functions }, () => NO_FEATURES),
  );
  const pairs = Array.from({ length: comments }, (_, i): RightPair => {
    const comment = new Float32Array(comments);
    comment[i] = 1;
    const code = Float32Array.from({ length: comments }, () => SCALE * normal());
    code[i] += SCALE * shift;
    return {
      comment: { vector: comment, words: NO_WORDS },
      code: { vector: code, features: NO_FEATURES, words: NO_WORDS },
      own: new Set(),
    };
  });
  return { pairs, background, words: Array.from({ length: functions }, () => NO_WORDS) };
}

describe('a calibration', () => {
  it('finds the ratio of two normal distributions, whose logarithm is shift * z - shift^2 / 2', () => {
    const { pairs, background, words } = drawn(1.5, { comments: 600 });
    const { calibration, figures } = calibrate(pairs, { background, words }, NO_LEXICON);
    for (const { network, intercept } of [calibration.label, calibration.question]) {
      expect(network).toBeGreaterThan(1.3);
      expect(network).toBeLessThan(1.7);
      expect(intercept).toBeGreaterThan(-1.45);
      expect(intercept).toBeLessThan(-0.85);
    }
    expect([calibration.question.lexicon, calibration.question.words]).toEqual([0, 0]);
    // P(one normal number is above another by 1.5 on average) = Phi(1.5 / sqrt 2).
    expect(figures[NETWORK]).toBeCloseTo(0.856, 1);
  });

  it('lets half of the questions about what is not there go without an answer, in programs of any size', () => {
    const learned = drawn(3);
    const { calibration } = calibrate(learned.pairs, learned, NO_LEXICON);
    // Others than it was found on.
    const { pairs, background } = drawn(3, { seed: 2 });
    for (const size of [10, 30, 100, 300]) {
      const answered = pairs.filter(({ comment }) => {
        const cosines = background.cosines(comment.vector);
        const spread = spreadOf(background.cosines(comment.vector));
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
    const { calibration } = calibrate(pairs, { background, words }, NO_LEXICON);
    // Of one right pair for each wrong one, those that get from 0.6 to 0.9.
    const scores = pairs.flatMap(({ comment, code }, i) => {
      const spread = spreadOf(background.cosines(comment.vector));
      const wrong = background.cosines(comment.vector)[i % background.count];
      return [code.vector[i], wrong].map((cosine, k) => ({
        right: k === 0,
        score: likely(calibration.label, standing(cosine, spread), 1 / 2),
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
    expect(
      Math.abs(calibrate(asked, { background, words: others }, NO_LEXICON).calibration.question.words),
    ).toBeLessThan(0.4);
    // A word that the right function has in four of five cases, and of the others one in two hundred.
    const telling = asked.map(({ comment, code, own }, i) => {
      const words: Words = new Map([[`own${i}`, `own${i}`]]);
      return { comment: { ...comment, words }, code: { ...code, words: i % 5 > 0 ? words : new Map() }, own };
    });
    const rare = others.map((_, i): Words => new Map([[`own${i}`, `own${i}`]]));
    const { calibration, figures } = calibrate(telling, { background, words: rare }, NO_LEXICON);
    expect(calibration.question.words).toBeGreaterThan(4);
    expect(calibration.label.words).toBe(0);
    expect(figures['the same by both and words']).toBeGreaterThan(figures[NETWORK] + 0.1);
  });

  it('weighs a lexicon as it tells the right function', () => {
    const { pairs, background: plain, words } = drawn(0.5, { comments: 400, functions: 400 });
    // Feature i speaks for term i and no other.
    const names = pairs.map((_, i) => `${i}`);
    const one = (i: number): SparseVector => ({ indices: Uint32Array.of(i), values: Float32Array.of(1) });
    const even = new Float32Array(names.length).fill(1);
    const lexicon = new Lexicon({
      features: names,
      rarity: even,
      terms: names,
      termRarity: even,
      weights: names.map((_, i) => one(i)),
    });
    const features = names.map((_, i) => one(i));
    const background = new Background(plain.vectors, plain.size, features);
    // Of three functions in four the feature is that of their comment; of the others it is another's.
    const telling = pairs.map(({ comment, code }, i) => ({
      comment: { ...comment, words: new Map([[names[i], names[i]]]) },
      code: { ...code, features: one(i % 4 > 0 ? i : (i + 1) % names.length) },
      own: new Set([i]),
    }));
    const { calibration, figures } = calibrate(telling, { background, words }, lexicon);
    expect(calibration.label.lexicon).toBeGreaterThan(0.1);
    expect(calibration.question.lexicon).toBeGreaterThan(0.1);
    expect(figures['the same by the lexicon']).toBeCloseTo(0.75, 6);
    expect(figures['the same by both']).toBeGreaterThan(figures[NETWORK] + 0.1);
  });

  it('refuses a model that has learned nothing, or the wrong thing', () => {
    const { pairs, background, words } = drawn(-1);
    expect(() => calibrate(pairs, { background, words }, NO_LEXICON)).toThrow(
      /no nearer to their own functions/,
    );
  });

  it('does not count a function against its own comment', () => {
    const { pairs, background, words } = drawn(3, { comments: 40, functions: 40 });
    // All of the background is the function itself in other builds, but for one.
    const own = pairs.map((pair) => ({ ...pair, own: new Set(Array.from({ length: 39 }, (_, k) => k)) }));
    const { figures } = calibrate(own, { background, words }, NO_LEXICON);
    expect(figures['functions beside each']).toBe(40);
    const share = figures[NETWORK];
    // Of one other each: a multiple of one over the comments.
    expect(Number.isInteger(Math.round(share * 40 * 1e6) / 1e6)).toBe(true);
  });
});
