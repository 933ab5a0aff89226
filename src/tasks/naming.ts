/**
 * How sure a name is, learned by leaving packages out: each training function is looked up among the functions
 * of the other packages only. Where none of them has its name, every answer is wrong, as it is for a program
 * that nobody has seen.
 */

import { nearest } from '../models/first.ts';
import { findByHash, isSeenIn, type KnownFunctions } from '../models/known/index.ts';
import { Searcher } from '../models/known/search.ts';
import { probabilityOf } from '../models/linear/described.ts';
import { type LinearModel, trainLogistic } from '../models/linear/logistic.ts';
import { denseRow, type SparseVector, stackRows } from '../models/linear/sparse.ts';
import { type Found, nameCandidates, type NameCandidate, NAME_FEATURES } from '../models/names.ts';
import type { NameExample } from './examples.ts';

/** Candidates for one function, from packages other than its own. */
export interface HeldOutName {
  truth: string;
  candidates: NameCandidate[];
}

export function heldOutNames(
  known: KnownFunctions,
  examples: readonly NameExample[],
  similarity: number,
  progress: (done: number) => void,
): HeldOutName[] {
  const searcher = new Searcher(known);
  return examples.map((example, i) => {
    const accept = (origin: number): boolean => known.origins[origin].package !== example.package;
    const acceptEntry = (entry: number): boolean => isSeenIn(known, entry, accept);
    const same = findByHash(known, example.normalizedHash);
    const found: Found[] = [];
    if (same >= 0 && acceptEntry(same)) found.push({ entry: same, similarity: 1, match: 'normalized' });
    found.push(...nearest(searcher, example.pairs, same, similarity, acceptEntry));
    progress(i + 1);
    return { truth: example.name, candidates: nameCandidates(known, found, example.length, accept) };
  });
}

/** The probability that a candidate is the name: logistic regression over all candidates. */
export function trainNames(heldOut: readonly HeldOutName[], penalty: number): LinearModel {
  const rows: SparseVector[] = [];
  const right: number[] = [];
  for (const { truth, candidates } of heldOut) {
    for (const { name, features } of candidates) {
      rows.push(denseRow(features));
      right.push(name === truth ? 1 : 0);
    }
  }
  const matrix = stackRows(rows, NAME_FEATURES.length);
  // Ten features: the optimiser ends by itself long before.
  return trainLogistic(matrix, right, 2, { penalty, iterations: 1000 });
}

/** A name that is more likely wrong than right is not given, however sure the others are. */
const LEAST_THRESHOLD = 0.5;

/**
 * The lowest probability, but not under one half, from which on the names given are right as often as `precision` asks; 1 where no
 * threshold reaches it.
 */
export function nameThreshold(
  heldOut: readonly HeldOutName[],
  linear: LinearModel,
  precision: number,
): number {
  const answers = heldOut
    .filter(({ candidates }) => candidates.length > 0)
    .map(({ truth, candidates }) => {
      const scored = candidates.map(({ name, features }) => ({
        name,
        score: probabilityOf(linear, features),
      }));
      const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
      return { score: best.score, isRight: best.name === truth };
    });
  return thresholdFor(answers, precision);
}

/** The same of any answers. */
export function thresholdFor(
  answers: readonly { score: number; isRight: boolean }[],
  precision: number,
): number {
  let threshold = 1;
  let right = 0;
  [...answers]
    .sort((a, b) => b.score - a.score)
    .forEach(({ score, isRight }, i) => {
      right += Number(isRight);
      if (right / (i + 1) >= precision) threshold = score;
    });
  // Rounded up, so that the figure in the file asks no less.
  return Math.max(LEAST_THRESHOLD, Math.min(1, Math.ceil(threshold * 1e4) / 1e4));
}
