/**
 * How sure it is that a draft does what its function does. Fitted by `study drafts` on what was lifted of the problems of
 * Decompile-Eval at four levels, by whether their unit tests pass (results/drafts.json).
 */

/** What is known of a draft. */
export type Checked =
  /** It was not compiled again. */
  | null
  /** Of its compiled code to the function's (likeness.ts); null where it does not compile. */
  | { readonly likeness: number | null };

/** Logistic regression of passing on likeness, and the share that passes where nothing is known. */
export interface FaithfulnessFit {
  readonly intercept: number;
  readonly slope: number;
  readonly share: number;
}

/**
 * Of what is lifted by rules. Decompile-Eval's functions stand alone: of code that calls other functions of its program, or
 * refers to its data, a unit test would say less good things, and nobody has measured how much less.
 */
export const LIFTED: FaithfulnessFit = { intercept: 1.81, slope: 2.965, share: 0.978 };

/** @returns a probability */
export function faithfulness(checked: Checked, { intercept, slope, share }: FaithfulnessFit): number {
  if (checked === null) return share;
  if (checked.likeness === null) return 0;
  return 1 / (1 + Math.exp(-(intercept + slope * checked.likeness)));
}
