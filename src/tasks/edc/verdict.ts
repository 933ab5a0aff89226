/** What an EDC says of a set, in words, with its reasons. The bounds are ours: the paper names none. */

import type { Edc } from '../../metrics/edc/edc.ts';
import type { Measures } from './measures.ts';

export interface Verdict {
  readonly quality: 'follows' | 'weak' | 'none' | 'unclear';
  readonly reasons: readonly string[];
}

/** Below this, inputs tell next to nothing of outputs, however sure it is that it is not nothing. */
const WEAK = 0.1;
/** An interval so wide leaves the question open. */
const WIDE = 0.2;
/** Share of one text, or loss by holding lengths fixed, that makes a figure doubtful. */
const MUCH = 0.5;

const three = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${Math.round(100 * value)} %`;

export function verdictOf(found: Edc, { duplicateOutputs, consistency }: Measures): Verdict {
  const { pearson, interval, partial } = found;
  if (!Number.isFinite(pearson)) {
    return { quality: 'unclear', reasons: ['One side does not vary: there is nothing to correlate.'] };
  }
  const apart = interval.low > found.null.high;
  const reasons = [
    apart
      ? `The interval ${three(interval.low)} to ${three(interval.high)} lies above what shuffled outputs give (up to ${three(found.null.high)}).`
      : `The interval ${three(interval.low)} to ${three(interval.high)} meets what shuffled outputs give (${three(found.null.low)} to ${three(found.null.high)}).`,
  ];
  if (apart && pearson < WEAK) {
    reasons.push(`With ${three(pearson)} it is under ${WEAK}: pairs tell little of one another.`);
  }
  if (partial !== null && apart && partial < pearson * (1 - MUCH)) {
    reasons.push(`Most of it is length: with lengths held fixed ${three(partial)} remains.`);
  }
  if (duplicateOutputs.normalized > MUCH) {
    reasons.push(`${percent(duplicateOutputs.normalized)} of the outputs repeat an earlier one.`);
  }
  if (consistency.outputs !== null && consistency.outputs.share < MUCH) {
    reasons.push(
      `Of equal inputs only ${percent(consistency.outputs.share)} have the output that most of them have.`,
    );
  }
  const wide = interval.high - interval.low > WIDE;
  if (!apart) return { quality: wide ? 'unclear' : 'none', reasons };
  return { quality: pearson >= WEAK ? 'follows' : 'weak', reasons };
}
