/**
 * Multinomial logistic regression with an L2 penalty. The loss is convex, so training has one answer and no
 * seed: mean over the rows of -log p(class) + penalty / 2 * |W|^2, the biases not penalised.
 */

import { minimise } from './lbfgs.ts';
import type { SparseMatrix, SparseVector } from './sparse.ts';

export interface LinearModel {
  classes: number;
  columns: number;
  /** [columns, classes] then the biases [classes]. */
  weights: Float64Array | Float32Array;
}

export interface LogisticOptions {
  penalty: number;
  /** Steps of the optimiser at most. */
  iterations: number;
}

/** Log-odds of each class: W^T x + b. */
export function logits(model: LinearModel, { indices, values }: SparseVector): Float64Array {
  const { classes, columns, weights } = model;
  const result = new Float64Array(classes);
  for (let c = 0; c < classes; c++) result[c] = weights[columns * classes + c];
  for (let e = 0; e < indices.length; e++) {
    const at = indices[e] * classes;
    for (let c = 0; c < classes; c++) result[c] += weights[at + c] * values[e];
  }
  return result;
}

/** Probabilities from log-odds divided by a temperature; the largest is taken off first, so nothing overflows. */
export function softmax(scores: ArrayLike<number>, temperature = 1): Float64Array {
  let most = -Infinity;
  for (let c = 0; c < scores.length; c++) most = Math.max(most, scores[c]);
  const result = new Float64Array(scores.length);
  let sum = 0;
  for (let c = 0; c < scores.length; c++) {
    result[c] = Math.exp((scores[c] - most) / temperature);
    sum += result[c];
  }
  for (let c = 0; c < scores.length; c++) result[c] /= sum;
  return result;
}

/** Place of the largest number; the first of equals. */
export function argMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/**
 * The loss at `weights`, its gradient written into `gradient` (both [columns, classes] then [classes]).
 * One pass over the entries each way.
 */
export function logisticLoss(
  x: SparseMatrix,
  y: ArrayLike<number>,
  classes: number,
  penalty: number,
  weights: Float64Array,
  gradient: Float64Array,
): number {
  const { rows, columns, starts, indices, values } = x;
  const biases = columns * classes;
  let loss = 0;
  for (let i = 0; i < biases; i++) {
    loss += weights[i] * weights[i];
    gradient[i] = penalty * weights[i];
  }
  loss *= penalty / 2;
  gradient.fill(0, biases);
  const scores = new Float64Array(classes);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < classes; c++) scores[c] = weights[biases + c];
    for (let e = starts[r]; e < starts[r + 1]; e++) {
      const at = indices[e] * classes;
      for (let c = 0; c < classes; c++) scores[c] += weights[at + c] * values[e];
    }
    let most = scores[0];
    for (let c = 1; c < classes; c++) if (scores[c] > most) most = scores[c];
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(scores[c] - most);
    loss += (most + Math.log(sum) - scores[y[r]]) / rows;
    for (let c = 0; c < classes; c++) {
      scores[c] = (Math.exp(scores[c] - most) / sum - (c === y[r] ? 1 : 0)) / rows;
      gradient[biases + c] += scores[c];
    }
    for (let e = starts[r]; e < starts[r + 1]; e++) {
      const at = indices[e] * classes;
      for (let c = 0; c < classes; c++) gradient[at + c] += scores[c] * values[e];
    }
  }
  return loss;
}

/** @param y Class of each row, 0 … classes - 1. */
export function trainLogistic(
  x: SparseMatrix,
  y: ArrayLike<number>,
  classes: number,
  { penalty, iterations }: LogisticOptions,
): LinearModel {
  const start = new Float64Array((x.columns + 1) * classes);
  const weights = minimise(start, (at, gradient) => logisticLoss(x, y, classes, penalty, at, gradient), {
    iterations,
  });
  return { classes, columns: x.columns, weights };
}
