/**
 * How sure it is that a draft does what its function does. Fitted by `study drafts` on what was lifted of the problems of
 * Decompile-Eval at four levels, by whether their unit tests pass (results/drafts.json).
 */

/** What is known of a draft. */
export interface Checked {
  /** Whether it calls nothing but libraries, and refers to no data of its program. */
  readonly alone: boolean;
  /** Of its compiled code to the function's (likeness.ts); null where it does not compile, left out where nobody tried. */
  readonly likeness?: number | null;
}

/** Logistic regression of passing on likeness, and the share that passes where nothing is known. */
export interface FaithfulnessFit {
  readonly intercept: number;
  readonly slope: number;
  readonly share: number;
}

/** Of what is lifted by rules. */
export const LIFTED: FaithfulnessFit = { intercept: 4.329, slope: 0.271, share: 0.989 };

/**
 * Decompile-Eval's functions stand alone. Of one that calls others of its program, whose parameters are guessed, or refers to
 * data that it shares with them, no unit test has told anything: it is given no more than the share of its code that comes
 * out again, and nothing where it was not compiled.
 *
 * @returns a probability
 */
export function faithfulness(
  { alone, likeness }: Checked,
  { intercept, slope, share }: FaithfulnessFit,
): number {
  if (likeness === undefined) return alone ? share : 0;
  if (likeness === null) return 0;
  const fitted = 1 / (1 + Math.exp(-(intercept + slope * likeness)));
  return alone ? fitted : Math.min(fitted, likeness);
}
