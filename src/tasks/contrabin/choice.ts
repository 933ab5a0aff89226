/**
 * Which of a function's candidates is the best. What is known of each is weighed by how it goes with how close the candidate
 * is to the text that is asked for, among the candidates of one function; learned from functions whose text is known and
 * from which the writer has not learned. So choosing by the writer's own probability, by agreement with the others (Kumar
 * and Byrne, NAACL 2004: the least expected loss) and by what compiles to the given code are each a special case, and
 * nothing decides between them by hand.
 */

import type { Candidate } from './candidates.ts';

/** How close a text is to the one that is asked for, from 0 to 1: BLEU-4 of most. */
export type Closeness = (reference: string, text: string) => number;

/** What is weighed, by name. */
export const FEATURES = [
  'probability by the writer',
  'written, not found',
  'lifted by rules',
  'similarity of the code that it was found by',
  'agreement with the other candidates',
  // Which length is the best depends on that of the code: a parabola over the length whose peak moves with it.
  'length',
  'length squared',
  'length by that of the code',
  'compiles',
  'likeness of its compiled code',
] as const;

/** The candidates of a function. */
export interface Choice {
  readonly candidates: readonly Candidate[];
  /** Of the function's code. */
  readonly instructions: number;
}

/** @returns [candidates][features] */
function featuresOf({ candidates, instructions }: Choice, closeness: Closeness): number[][] {
  const agreements = agreementsOf(candidates, closeness);
  return candidates.map(({ text, from, likelihood, similarity, likeness }, i) => {
    const length = Math.log(1 + text.length);
    return [
      likelihood,
      Number(from === 'written'),
      Number(from === 'lifted'),
      similarity ?? 0,
      agreements[i],
      length,
      length ** 2,
      length * Math.log(1 + instructions),
      Number(likeness !== null),
      likeness ?? 0,
    ];
  });
}

/** Of each text how close it is in the mean, were the others what is asked for. */
function agreementsOf(candidates: readonly Candidate[], closeness: Closeness): number[] {
  return candidates.map(({ text }, i) => {
    const others = candidates.filter((_, other) => other !== i);
    return mean(others.map((other) => closeness(other.text, text)));
  });
}

/** The candidate that the others agree with most; of equals the first. */
export function mostAgreed(candidates: readonly Candidate[], closeness: Closeness): Candidate {
  const agreements = agreementsOf(candidates, closeness);
  return candidates[agreements.indexOf(Math.max(...agreements))];
}

/**
 * Of the squares of features that are scaled to a deviation of one, beside their number: keeps weights finite where a
 * feature is always the same (nothing of a summary compiles) or two go together, and changes next to nothing else.
 */
const RIDGE = 1e-3;

/** A weight of each feature. */
export type Weights = readonly number[];

/**
 * Least squares of differences within a function: what all its candidates have in common explains nothing.
 * @param references the text of each function
 */
export function learnChoice(
  choices: readonly Choice[],
  references: readonly string[],
  closeness: Closeness,
): Weights {
  const rows: number[][] = [];
  const gains: number[] = [];
  choices.forEach((choice, i) => {
    const features = featuresOf(choice, closeness);
    const worth = choice.candidates.map(({ text }) => closeness(references[i], text));
    const means = FEATURES.map((_, k) => mean(features.map((row) => row[k])));
    features.forEach((row, place) => {
      rows.push(row.map((value, k) => value - means[k]));
      gains.push(worth[place] - mean(worth));
    });
  });
  // A feature that never differs has a scale of nothing, and then a weight of nothing.
  const scales = FEATURES.map((_, k) => Math.sqrt(mean(rows.map((row) => row[k] ** 2))) || 1);
  const scaled = rows.map((row) => row.map((value, k) => value / scales[k]));
  const products = FEATURES.map((_, a) =>
    FEATURES.map((__, b) => mean(scaled.map((row) => row[a] * row[b])) + (a === b ? RIDGE : 0)),
  );
  const targets = FEATURES.map((_, k) => mean(scaled.map((row, i) => row[k] * gains[i])));
  return solve(products, targets).map((weight, k) => weight / scales[k]);
}

/** @returns the candidates, the best first; of equals that which stands first */
export function ranked(choice: Choice, weights: Weights, closeness: Closeness): Candidate[] {
  const scores = featuresOf(choice, closeness).map((row) =>
    row.reduce((sum, value, k) => sum + value * weights[k], 0),
  );
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
  return order.map((i) => choice.candidates[i]);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}

/** Gauss's elimination of a positive definite system, which needs no pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = right.length;
  for (let i = 0; i < size; i++) {
    for (let below = i + 1; below < size; below++) {
      const factor = rows[below][i] / rows[i][i];
      for (let k = i; k <= size; k++) rows[below][k] -= factor * rows[i][k];
    }
  }
  const found = right.map(() => 0);
  for (let i = size - 1; i >= 0; i--) {
    let sum = rows[i][size];
    for (let k = i + 1; k < size; k++) sum -= rows[i][k] * found[k];
    found[i] = sum / rows[i][i];
  }
  return found;
}
