/**
 * What the functions of a program say of one another: nearly all were made by one compiler at one level, but objects
 * of libraries may differ. The share of each class is estimated from all of them by expectation maximisation, and
 * each function's probabilities are those that a classifier trained at these shares would give (Saerens, Latinne and
 * Decaestecker, Neural Computation 2002, equations 2.4 and 2.12).
 */

/** Steps at most: the likelihood only rises, and what moves after so many is the fourth digit. */
const STEPS = 200;
/** A step that moves no share by more is the last. */
const TOLERANCE = 1e-6;
/**
 * Functions that are thought in addition, of the classes as in training: one function alone keeps most of its own
 * opinion, and ten that agree are believed.
 */
const PSEUDO_COUNT = 2;

/**
 * @param probabilities of each class, one row a function, from a classifier that was trained at shares `prior`
 * @returns the share of each class
 */
export function estimateShares(
  probabilities: readonly Float64Array[],
  prior: readonly number[],
): Float64Array {
  let shares = Float64Array.from(prior);
  for (let step = 0; step < STEPS; step++) {
    const next = Float64Array.from(prior, (share) => share * PSEUDO_COUNT);
    for (const row of probabilities) adjusted(row, prior, shares).forEach((p, c) => (next[c] += p));
    const total = probabilities.length + PSEUDO_COUNT;
    let moved = 0;
    for (let c = 0; c < next.length; c++) {
      next[c] /= total;
      moved = Math.max(moved, Math.abs(next[c] - shares[c]));
    }
    shares = next;
    if (moved < TOLERANCE) break;
  }
  return shares;
}

/** Probabilities of one function, as they are where classes have other shares than in training. */
export function adjusted(
  probabilities: Float64Array,
  prior: ArrayLike<number>,
  shares: ArrayLike<number>,
): Float64Array {
  // A class of which training had none is none that it can see.
  const result = probabilities.map((p, c) => (prior[c] > 0 ? (p * shares[c]) / prior[c] : 0));
  const sum = result.reduce((a, b) => a + b, 0);
  // Where every class that the function may be of has died out, the program knows better.
  return sum > 0 ? result.map((p) => p / sum) : Float64Array.from(shares);
}
