/**
 * From what a model makes of a text and a function to a probability. Cosines of one text cannot be held against those of
 * another: some texts lie near to all code, some far from it; and so with what a lexicon says. So each is first told by how
 * it stands among those of the same text with functions of the validation packages, in standard deviations. Then a logistic
 * curve says how much likelier that is for a text and the function that it was written for than for a text and another
 * function: a ratio, which what is likely before anybody has looked turns into a probability (Bayes). A rank among the
 * background would be simpler, but says nothing of how good the model is: where right pairs stand no higher than wrong
 * ones, these probabilities stay what they were.
 *
 * Of a question about a program one thing more is known: which of its words the function has in strings and names of
 * imports (words.ts). A curve of its own weighs that too.
 */

import type { SparseVector } from '../linear/sparse.ts';
import { type FeatureWeights, spoken } from './lexicon.ts';

/** What the validation packages have told. */
export interface Calibration {
  /** Of a kind of work: by the network and the lexicon. */
  readonly label: Curve;
  /** Of a question about a program: by the words too. */
  readonly question: Curve;
  /** At least one, small programs first. */
  readonly thresholds: readonly Threshold[];
}

/** What is known of a text and a function. */
export interface Evidence {
  /** How the cosine stands: see `standing`. */
  readonly network: number;
  /** How that stands which the function's features say for the text. */
  readonly lexicon: number;
  /** What the function has of the text's words: `Shared`. Nought where nobody looks. */
  readonly words: number;
}

/** The logarithm of the ratio is the sum of the weights by what is known, and `intercept`. */
export interface Curve extends Evidence {
  readonly intercept: number;
}

/**
 * Of an answer to a question about a program of so many functions, the smallest probability of the best: half of the
 * questions about what no function of it does stay below. Of more functions the best stands higher by chance.
 */
export interface Threshold {
  readonly functions: number;
  readonly score: number;
}

const logit = (probability: number): number => Math.log(probability / (1 - probability));

/** Between the sizes that were measured, and beyond them, log-odds go on as straight lines over the logarithm of the size. */
export function thresholdFor(thresholds: readonly Threshold[], functions: number): number {
  const place = (one: number): number => Math.log(one + 1);
  const next = thresholds.findIndex((one, i) => i > 0 && one.functions >= functions);
  const to = next < 0 ? thresholds.length - 1 : next;
  const [a, b] = [thresholds[Math.max(0, to - 1)], thresholds[to]];
  // Of one size alone: as if the best of other programs stood as high.
  const slope = a === b ? -1 : (logit(b.score) - logit(a.score)) / (place(b.functions) - place(a.functions));
  const away = place(functions) - place(b.functions);
  return 1 / (1 + Math.exp(-(logit(b.score) + (away === 0 ? 0 : slope * away))));
}

/** Mean and standard deviation of what functions at large have of a text. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** Functions are further apart than this: a division stays finite where they are all the same. */
const LEAST_DEVIATION = 1e-6;

/** Functions of the validation packages, which questions are not asked about. */
export class Background {
  /** Unit vectors, [count, size] flat. */
  readonly vectors: Float32Array;
  readonly size: number;
  /** What the lexicon reads of each. */
  readonly features: readonly SparseVector[];

  constructor(vectors: Float32Array, size: number, features: readonly SparseVector[]) {
    this.vectors = vectors;
    this.size = size;
    this.features = features;
  }

  get count(): number {
    return this.vectors.length / this.size;
  }

  /** With each of them. @param text a unit vector */
  cosines(text: Float32Array): Float64Array {
    const { vectors, size, count } = this;
    return Float64Array.from({ length: count }, (_, i) =>
      dot(text, vectors.subarray(i * size, (i + 1) * size)),
    );
  }

  /** What each of them says for a text. */
  spoken(weights: FeatureWeights): Float64Array {
    return Float64Array.from(this.features, (features) => spoken(features, weights));
  }
}

/** Of some numbers, one at least. */
export function spreadOf(values: Float64Array): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.max(LEAST_DEVIATION, Math.sqrt(squares / values.length)) };
}

/** In standard deviations above what functions at large have. */
export function standing(value: number, { mean, deviation }: Spread): number {
  return (value - mean) / deviation;
}

/**
 * The probability that a text is meant of a function.
 * @param prior what it was before anybody looked at the two
 */
export function probabilityOf(curve: Curve, { network, lexicon, words }: Evidence, prior: number): number {
  const ratio = curve.network * network + curve.lexicon * lexicon + curve.words * words + curve.intercept;
  return 1 / (1 + Math.exp(-ratio) * ((1 - prior) / prior));
}

/** Before anybody looks, a question may be about any of a program's functions or about none of them. */
export function priorAmong(functions: number): number {
  return 1 / (functions + 1);
}

/** Sum of products: the cosine of unit vectors. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
