/**
 * How sure a name is in the company of others. Who links a library has its functions side by side, in the order of its
 * objects: where the functions around one are zlib's, it is likelier that one of zlib's than by itself. A library has each of
 * its functions once, so that many that are like the same one say nothing for it. A logistic regression on that and on the
 * probability by itself was fitted on programs whose own package was left out.
 */

import { probabilityOf } from '../linear/described.ts';
import type { LinearModel } from '../linear/logistic.ts';

/** A name that a function may have, with the packages in which known functions near it bear the name. */
export interface Candidate {
  readonly name: string;
  /** The probability that it is right, by the function itself. */
  readonly score: number;
  readonly packages: ReadonlySet<string>;
}

/** What the regression sees. The order is written into folders of known functions. */
export const COMPANY_FEATURES = ['log-odds', 'share', 'root of the share', 'nearest'] as const;

/** A regression, and the probability below which a name is not given. */
export interface Company {
  readonly linear: LinearModel;
  readonly threshold: number;
}

/**
 * Functions before and behind one that are its company: as many as a small object file has. Of 8, 16 and 32 it made no
 * difference on the programs that the regression is fitted on.
 */
export const REACH = 16;
/** Keeps log-odds finite. */
const LEAST_PROBABILITY = 1e-6;

/**
 * The inputs of the regression for each candidate of each function.
 * @param functions by address, without those that are too small to be named: of each its candidates
 * @returns [function][candidate][feature]
 */
export function companyFeatures(functions: readonly (readonly Candidate[])[]): number[][][] {
  const best = functions.map((candidates) =>
    candidates.reduce<Candidate | null>((a, b) => (a === null || b.score > a.score ? b : a), null),
  );
  return functions.map((candidates, place) => {
    const from = Math.max(0, place - REACH);
    const others = best.slice(from, place + REACH + 1);
    others.splice(place - from, 1);
    // A function alone has none.
    const all = Math.max(1, others.length);
    return candidates.map(({ name, score, packages }) => {
      let [share, nearest] = [0, 0];
      for (const one of packages) {
        const own = others.flatMap((other) =>
          other && other.name !== name && other.packages.has(one) ? other.score : [],
        );
        share = Math.max(share, own.reduce((sum, each) => sum + each, 0) / all);
        nearest = Math.max(nearest, own.length / all);
      }
      return [logOdds(score), share, Math.sqrt(share), nearest];
    });
  });
}

/** The probabilities of names among the functions around theirs, best first. @param functions as in `companyFeatures` */
export function inCompany(
  functions: readonly (readonly Candidate[])[],
  linear: LinearModel,
): { name: string; score: number }[][] {
  const features = companyFeatures(functions);
  return functions.map((candidates, i) =>
    candidates
      .map(({ name }, k) => ({ name, score: probabilityOf(linear, features[i][k]) }))
      .sort((a, b) => b.score - a.score),
  );
}

function logOdds(probability: number): number {
  return Math.log(Math.max(LEAST_PROBABILITY, probability) / Math.max(LEAST_PROBABILITY, 1 - probability));
}
