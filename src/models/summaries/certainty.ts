/**
 * How sure it is that a summary says about what a programmer would have written. A writer's own probability of a text says
 * how usual the text is too; so a logistic curve over what is known when a program is explained makes the score, fitted on
 * packages from which the writer has not learned (tasks/contrabin/certain.ts).
 */

/** What is known of a summary and its function; by name, in the order of the curve's weights. */
export const FEATURES = ['likelihood', 'margin', 'instructions', 'words'] as const;

export interface Features {
  /** The logarithm of the text's probability by the writer, in the mean over its tokens. */
  readonly likelihood: number;
  /** By how much that is above the likelihood of the next other text; 0 where there was none. */
  readonly margin: number;
  /** Logarithm of one more than the instructions that were read. */
  readonly instructions: number;
  /** Logarithm of one more than the words that are said in the code. */
  readonly words: number;
}

export interface Certainty {
  readonly weights: Features;
  readonly intercept: number;
  /** Of a score: below it nothing is said. */
  readonly threshold: number;
}

/** Digits that are the same whatever else is in a batch. */
const DIGITS = 1e4;

/** @returns the probability that the summary says about the same as a programmer's, rounded */
export function certaintyOf(
  features: Features,
  { weights, intercept }: Pick<Certainty, 'weights' | 'intercept'>,
): number {
  const odds = FEATURES.reduce((sum, name) => sum + weights[name] * features[name], intercept);
  return Math.round(DIGITS / (1 + Math.exp(-odds))) / DIGITS;
}
