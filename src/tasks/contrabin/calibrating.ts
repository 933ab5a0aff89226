/**
 * What makes a cosine a probability (models/meaning/calibration.ts), found on the validation packages: comments beside
 * the functions that they were written for, and beside others.
 */

import { BinscribeError } from '../../error.ts';
import { quantile } from '../../metrics/bootstrap.ts';
import { trainLogistic } from '../../models/linear/logistic.ts';
import { stackRows } from '../../models/linear/sparse.ts';
import {
  type Background,
  type Calibration,
  dot,
  priorAmong,
  probabilityOf,
  spreadOf,
  standing,
  type Threshold,
  thresholdFor,
} from '../../models/meaning/calibration.ts';
import { mean } from '../../numbers.ts';

/** A comment, and the function that it is of. */
export interface RightPair {
  /** Unit vectors. */
  readonly comment: Float32Array;
  readonly code: Float32Array;
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
/** Two weights: the optimiser ends by itself long before. */
const ITERATIONS = 200;
/**
 * Share of the questions about what no function does that are told so. To tell more of them would leave more of the
 * others without an answer, and whoever asks can see by a bad list what it is.
 */
const TOLD = 0.5;
/** The smallest program that thresholds are found for, and by what the others are larger. */
const PROGRAMS = { smallest: 10, step: 10 };

/** How one comment's cosines stand: that of its own function, and those of others. */
interface Standings {
  readonly right: number;
  readonly wrong: readonly number[];
}

/** @throws BinscribeError `usage` where right pairs stand no higher than wrong ones: there is nothing to be told by them */
export function calibrate(pairs: readonly RightPair[], background: Background): Calibrated {
  const stands = pairs.map((pair) => standingsOf(pair, background));
  const curve = fitCurve(stands);
  if (!(curve.slope > 0)) {
    throw new BinscribeError(
      'usage',
      `on the validation packages ${pairs.length} comments are no nearer to their own functions than to others: a model that has learned more expected`,
      { hint: 'Train longer, on more triples, or name another variant.' },
    );
  }
  const thresholds = thresholdsOf(stands, curve);
  const answered = stands.map(({ right, wrong }) => {
    const functions = wrong.length + 1;
    const best = probabilityOf(curve, Math.max(right, largest(wrong)), priorAmong(functions));
    return best >= thresholdFor(thresholds, functions);
  });
  return {
    calibration: { ...curve, thresholds },
    figures: {
      'comments that calibrate': pairs.length,
      'functions beside each': background.count,
      'share of other functions that stand lower than the own': mean(
        stands.map(({ right, wrong }) => wrong.filter((one) => one < right).length / wrong.length),
      ),
      'share of questions that are answered where the function is there': mean(answered.map(Number)),
    },
  };
}

function standingsOf({ comment, code, own }: RightPair, background: Background): Standings {
  const cosines = background.cosines(comment);
  const spread = spreadOf(cosines);
  const wrong: number[] = [];
  cosines.forEach((cosine, i) => {
    if (!own.has(i)) wrong.push(standing(cosine, spread));
  });
  return { right: standing(dot(comment, code), spread), wrong };
}

/**
 * Logistic regression of right against wrong; the constant is that of as many right as wrong pairs, so that the curve is
 * the logarithm of the ratio of the two (Prentice and Pyke 1979).
 */
function fitCurve(stands: readonly Standings[]): Pick<Calibration, 'slope' | 'intercept'> {
  const rows: { indices: Uint32Array; values: Float32Array }[] = [];
  const right: number[] = [];
  const add = (value: number, isRight: number): void => {
    rows.push({ indices: Uint32Array.of(0), values: Float32Array.of(value) });
    right.push(isRight);
  };
  for (const one of stands) {
    add(one.right, 1);
    const count = Math.min(WRONG, one.wrong.length);
    for (let i = 0; i < count; i++) add(one.wrong[Math.floor((i * one.wrong.length) / count)], 0);
  }
  const { weights } = trainLogistic(stackRows(rows, 1), right, 2, {
    penalty: PENALTY,
    iterations: ITERATIONS,
  });
  const [no, yes, biasNo, biasYes] = weights;
  const odds = stands.length / (rows.length - stands.length);
  return { slope: yes - no, intercept: biasYes - biasNo - Math.log(odds) };
}

/**
 * From which probability on the best function is an answer: where the function that a comment is of is left out, half
 * of the comments stay below.
 */
function thresholdsOf(
  stands: readonly Standings[],
  curve: Pick<Calibration, 'slope' | 'intercept'>,
): Threshold[] {
  const most = Math.min(...stands.map(({ wrong }) => wrong.length));
  const sizes: number[] = [];
  for (let size = PROGRAMS.smallest; size < most; size *= PROGRAMS.step) sizes.push(size);
  sizes.push(most);
  return sizes.map((size) => {
    const best = stands.map(({ wrong }, i) => {
      // Others for each comment, spread over all functions.
      const program = Array.from({ length: size }, (_, k) => {
        const at = Math.floor((k * wrong.length) / size);
        return wrong[(at + i) % wrong.length];
      });
      return probabilityOf(curve, largest(program), priorAmong(size));
    });
    const sorted = best.toSorted((a, b) => a - b);
    return { functions: size, score: quantile(sorted, TOLD) };
  });
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}
