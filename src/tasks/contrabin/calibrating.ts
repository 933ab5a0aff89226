/**
 * What makes what a model finds a probability (models/meaning/calibration.ts), found on the validation packages: comments
 * beside the functions that they were written for, and beside others.
 */

import { BinscribeError } from '../../error.ts';
import { quantile } from '../../metrics/bootstrap.ts';
import { trainLogistic } from '../../models/linear/logistic.ts';
import { stackRows } from '../../models/linear/sparse.ts';
import {
  type Background,
  type Calibration,
  type Curve,
  dot,
  type Evidence,
  priorAmong,
  probabilityOf,
  spreadOf,
  standing,
  type Threshold,
  thresholdFor,
} from '../../models/meaning/calibration.ts';
import { type Lexicon, spoken } from '../../models/meaning/lexicon.ts';
import type { ReadCode, ReadText } from '../../models/meaning/model.ts';
import { ProgramWords, type Words } from '../../models/meaning/words.ts';
import { mean } from '../../numbers.ts';

/** A comment, and the function that it is of. */
export interface RightPair {
  readonly comment: ReadText;
  readonly code: ReadCode & { readonly words: Words };
  /** Places in the background that are this function too. */
  readonly own: ReadonlySet<number>;
}

export interface Calibrated {
  readonly calibration: Calibration;
  readonly figures: Readonly<Record<string, number>>;
}

/** Wrong pairs of each comment that the curve is fitted to: more of them move it no further. */
const WRONG = 20;
/** Keeps the curve finite where right and wrong are apart altogether; of thousands of pairs it is not felt. */
const PENALTY = 1e-3;
/** A few weights: the optimiser ends by itself long before. */
const ITERATIONS = 200;
/**
 * Share of the questions about what no function does that are told so. To tell more of them would leave more of the
 * others without an answer, and whoever asks can see by a bad list what it is.
 */
const TOLD = 0.5;
/** The smallest program that thresholds are found for, and by what the others are larger. */
const PROGRAMS = { smallest: 10, step: 10 };

/** What is known of one comment: beside its own function, and beside others. */
interface Beside {
  readonly right: Evidence;
  readonly wrong: readonly Evidence[];
}

/** Functions that a comment is not of. */
export interface Others {
  readonly background: Background;
  /** Of each of them. */
  readonly words: readonly Words[];
}

/** What the curves go by. */
const OF_LABELS = ['network', 'lexicon'] as const satisfies (keyof Evidence)[];
const OF_QUESTIONS = [...OF_LABELS, 'words'] as const satisfies (keyof Evidence)[];

/** @throws BinscribeError `usage` where right pairs stand no higher than wrong ones: there is nothing to be told by them */
export function calibrate(pairs: readonly RightPair[], others: Others, lexicon: Lexicon): Calibrated {
  const { background } = others;
  const found = pairs.map((pair) => besideOf(pair, others, lexicon));
  if (!(fitCurve(found, ['network']).network > 0)) {
    throw new BinscribeError(
      'usage',
      `on the validation packages ${pairs.length} comments are no nearer to their own functions than to others: a model that has learned more expected`,
      { hint: 'Train longer, on more triples, or name another variant.' },
    );
  }
  const [label, question] = [fitCurve(found, OF_LABELS), fitCurve(found, OF_QUESTIONS)];
  const thresholds = thresholdsOf(found, question);
  const answered = found.map(({ right, wrong }) => {
    const functions = wrong.length + 1;
    const prior = priorAmong(functions);
    const best = largest([right, ...wrong].map((one) => probabilityOf(question, one, prior)));
    return best >= thresholdFor(thresholds, functions);
  });
  const below = (beside: Beside, of: (one: Evidence) => number): number =>
    mean(beside.wrong.map((one) => Number(of(one) < of(beside.right))));
  return {
    calibration: { label, question, thresholds },
    figures: {
      'comments that calibrate': pairs.length,
      'functions beside each': background.count,
      'share of other functions that stand lower than the own, by the network': mean(
        found.map((one) => below(one, ({ network }) => network)),
      ),
      'the same by the lexicon': mean(found.map((one) => below(one, (known) => known.lexicon))),
      'the same by both': mean(found.map((one) => below(one, (known) => probabilityOf(label, known, 1 / 2)))),
      'the same by both and words': mean(
        found.map((one) => below(one, (known) => probabilityOf(question, known, 1 / 2))),
      ),
      'share of questions that are answered where the function is there': mean(answered.map(Number)),
    },
  };
}

/** As if the function and all others of the background were a program. */
function besideOf({ comment, code, own }: RightPair, all: Others, lexicon: Lexicon): Beside {
  const { background, words } = all;
  const weights = lexicon.weigh([comment.words]);
  const [cosines, says] = [background.cosines(comment.vector), background.spoken(weights)];
  const [near, saying] = [spreadOf(cosines), spreadOf(says)];
  const others = [...cosines.keys()].filter((i) => !own.has(i));
  const program = new ProgramWords([code.words, ...others.map((i) => words[i])]);
  const [ownShare, ...shares] = program.shared(comment.words);
  return {
    right: {
      network: standing(dot(comment.vector, code.vector), near),
      lexicon: standing(spoken(code.features, weights), saying),
      words: ownShare.share,
    },
    wrong: others.map((i, k) => ({
      network: standing(cosines[i], near),
      lexicon: standing(says[i], saying),
      words: shares[k].share,
    })),
  };
}

/**
 * Logistic regression of right against wrong; the constant is that of as many right as wrong pairs, so that the curve is
 * the logarithm of the ratio of the two (Prentice and Pyke 1979).
 * @param weighed what it goes by: the rest has no weight
 */
function fitCurve(found: readonly Beside[], weighed: readonly (keyof Evidence)[]): Curve {
  const features: (readonly number[])[] = [];
  const right: number[] = [];
  const add = (one: Evidence, isRight: number): void => {
    features.push(weighed.map((name) => one[name]));
    right.push(isRight);
  };
  for (const one of found) {
    add(one.right, 1);
    const count = Math.min(WRONG, one.wrong.length);
    for (let i = 0; i < count; i++) add(one.wrong[Math.floor((i * one.wrong.length) / count)], 0);
  }
  // Of a size, so that the penalty weighs alike on all: shares of words are some hundredths.
  const size = weighed.length;
  const indices = Uint32Array.from({ length: size }, (_, i) => i);
  const scales = Array.from(indices, (i) => Math.sqrt(mean(features.map((row) => row[i] ** 2))) || 1);
  const rows = features.map((row) => ({
    indices,
    values: Float32Array.from(row, (value, i) => value / scales[i]),
  }));
  const { weights } = trainLogistic(stackRows(rows, size), right, 2, {
    penalty: PENALTY,
    iterations: ITERATIONS,
  });
  const differences = Array.from({ length: size + 1 }, (_, i) => weights[2 * i + 1] - weights[2 * i]);
  const own = Object.fromEntries(weighed.map((name, i) => [name, differences[i] / scales[i]]));
  const odds = found.length / (rows.length - found.length);
  return { network: 0, lexicon: 0, words: 0, ...own, intercept: differences[size] - Math.log(odds) };
}

/**
 * From which probability on the best function is an answer: where the function that a comment is of is left out, half
 * of the comments stay below.
 */
function thresholdsOf(found: readonly Beside[], curve: Curve): Threshold[] {
  const most = Math.min(...found.map(({ wrong }) => wrong.length));
  const sizes: number[] = [];
  for (let size = PROGRAMS.smallest; size < most; size *= PROGRAMS.step) sizes.push(size);
  sizes.push(most);
  return sizes.map((size) => {
    const prior = priorAmong(size);
    const best = found.map(({ wrong }, i) => {
      // Others for each comment, spread over all functions.
      const program = Array.from({ length: size }, (_, k) => {
        const at = Math.floor((k * wrong.length) / size);
        return probabilityOf(curve, wrong[(at + i) % wrong.length], prior);
      });
      return largest(program);
    });
    const sorted = best.toSorted((a, b) => a - b);
    return { functions: size, score: quantile(sorted, TOLD) };
  });
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}
