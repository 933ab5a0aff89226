/**
 * What makes a network's features the probability that its summary is right (models/summaries/certainty.ts), found on
 * functions whose summaries by programmers are known, of packages from which the writer has not learned.
 */

import { equalMassBins, expectedCalibrationError } from '../../metrics/calibration.ts';
import { BinscribeError } from '../../error.ts';
import { trainLogistic } from '../../models/linear/logistic.ts';
import { stackRows } from '../../models/linear/sparse.ts';
import { type Certainty, certaintyOf, FEATURES, type Features } from '../../models/summaries/certainty.ts';
import { mean } from '../../numbers.ts';

/** A summary that was written of a function whose own is known. */
export interface JudgedSummary {
  readonly features: Features;
  /** Whether it says about the same (metrics/text/same.ts). */
  readonly isRight: boolean;
  /** The function's package. */
  readonly package: string;
}

export interface FittedCertainty {
  readonly certainty: Certainty;
  /** On these functions, of scores by curves that were fitted without the function's package. */
  readonly reliability: Reliability;
}

/** What scores and the threshold are worth. */
export type Reliability = Readonly<Record<(typeof RELIABILITY)[number], number>>;

const RELIABILITY = [
  'summaries',
  'share that is right',
  'mean score',
  'expected calibration error',
  'share that is said',
  'share of what is said that is right',
] as const;

/** Share of what is said that shall be right: more likely right than wrong. */
export const ASKED_PRECISION = 0.5;
/** Summaries that a threshold is told by, at least: of fewer a precision is chance. */
const LEAST_SAID = 20;
/** Parts that are left out in turn where scores are to be told of what a curve has not seen. */
const FOLDS = 5;
/** Keeps the curve finite where a feature parts right from wrong altogether; of hundreds of summaries it is not felt. */
const PENALTY = 1e-3;
/** Five weights: the optimiser ends by itself long before. */
const ITERATIONS = 200;
/** Of equal mass: of some hundreds of summaries each has dozens. */
const BINS = 10;

type Curve = Pick<Certainty, 'weights' | 'intercept'>;

/** @throws BinscribeError `usage` where no summary is right: there is nothing to be told by them */
export function fitCertainty(judged: readonly JudgedSummary[]): FittedCertainty {
  if (!judged.some(({ isRight }) => isRight)) {
    throw new BinscribeError(
      'usage',
      `of the ${judged.length} summaries that were written for the validation packages none says about what a programmer has written: a writer that has learned more expected`,
      { hint: 'Train longer, on more functions, or name another variant.' },
    );
  }
  const scores = crossFitted(judged);
  const threshold = thresholdOf(judged, scores);
  return {
    certainty: { ...fitCurve(judged), threshold },
    reliability: reliabilityOf(judged, scores, threshold),
  };
}

/** Of a certainty that knows nothing of these summaries. */
export function reliabilityUnder(judged: readonly JudgedSummary[], certainty: Certainty): Reliability {
  const scores = judged.map(({ features }) => certaintyOf(features, certainty));
  return reliabilityOf(judged, scores, certainty.threshold);
}

function reliabilityOf(
  judged: readonly JudgedSummary[],
  scores: readonly number[],
  threshold: number,
): Reliability {
  const right = judged.map(({ isRight }) => Number(isRight));
  const said = right.filter((_, i) => scores[i] >= threshold);
  return {
    summaries: judged.length,
    'share that is right': mean(right),
    'mean score': mean(scores),
    'expected calibration error': expectedCalibrationError(equalMassBins(scores, right, BINS)),
    'share that is said': said.length / judged.length,
    // Of nothing that is said nothing is right.
    'share of what is said that is right': said.length === 0 ? 0 : mean(said),
  };
}

/** Logistic regression. Features are scaled to a deviation of one for it, so that the penalty weighs all alike. */
function fitCurve(judged: readonly JudgedSummary[]): Curve {
  const scales = FEATURES.map((name) => {
    const values = judged.map(({ features }) => features[name]);
    const middle = mean(values);
    // Of what never differs the weight is nothing.
    return { name, middle, deviation: Math.sqrt(mean(values.map((one) => (one - middle) ** 2))) || 1 };
  });
  const rows = judged.map(({ features }) => ({
    indices: Uint32Array.from(FEATURES.keys()),
    values: Float32Array.from(scales, ({ name, middle, deviation }) => (features[name] - middle) / deviation),
  }));
  const right = judged.map(({ isRight }) => Number(isRight));
  // One right and one wrong of the mean kind, so that nothing is certain where all are right (Laplace's rule).
  const nothing = { indices: new Uint32Array(), values: new Float32Array() };
  rows.push(nothing, nothing);
  right.push(1, 0);
  const options = { penalty: PENALTY, iterations: ITERATIONS };
  const { weights: found } = trainLogistic(stackRows(rows, FEATURES.length), right, 2, options);
  const [biasNo, biasYes] = found.slice(2 * FEATURES.length);
  let intercept = biasYes - biasNo;
  const weights = { likelihood: 0, margin: 0, instructions: 0, words: 0 };
  scales.forEach(({ name, middle, deviation }, k) => {
    weights[name] = (found[2 * k + 1] - found[2 * k]) / deviation;
    intercept -= weights[name] * middle;
  });
  return { weights, intercept };
}

/** Of each summary its score by a curve that was fitted without its package, or, of one package alone, without it. */
function crossFitted(judged: readonly JudgedSummary[]): number[] {
  const packages = [...new Set(judged.map((one) => one.package))];
  const foldOf = (i: number): number =>
    (packages.length === 1 ? i : packages.indexOf(judged[i].package)) % FOLDS;
  const scores = judged.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = Array.from(judged.keys()).filter((i) => foldOf(i) === fold);
    const others = judged.filter((_, i) => foldOf(i) !== fold);
    if (own.length === 0) continue;
    // Nothing else to be fitted to: a package alone with one function, say.
    const curve = fitCurve(others.length === 0 ? judged : others);
    for (const i of own) scores[i] = certaintyOf(judged[i].features, curve);
  }
  return scores;
}

/** The smallest score from which on enough is right; where it never is, the one from which on most is. */
function thresholdOf(judged: readonly JudgedSummary[], scores: readonly number[]): number {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const least = Math.min(LEAST_SAID, order.length);
  let right = 0;
  let best = { threshold: 1, precision: -1 };
  order.forEach((i, place) => {
    right += Number(judged[i].isRight);
    const said = place + 1;
    // Equal scores are said together.
    if (said < least || (said < order.length && scores[order[said]] === scores[i])) return;
    const precision = right / said;
    if (precision >= Math.min(ASKED_PRECISION, best.precision)) best = { threshold: scores[i], precision };
  });
  return best.threshold;
}
