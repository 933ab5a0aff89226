/** What an EDC says of a set, in words, with its reasons. The bounds are ours: the paper names none. */

import type { Edc } from '../../metrics/edc/edc.ts';
import type { Measures } from './measures.ts';

export interface Verdict {
  readonly quality: 'follows' | 'weak' | 'none' | 'unclear';
  readonly reasons: readonly string[];
}

/** Less than this above shuffled outputs is next to nothing, however sure it is that it is not nothing. */
const WEAK = 0.1;
/** An interval so wide leaves the question open. */
const WIDE = 0.2;
/** Intervals from fewer clusters are too narrow (Cameron, Gelbach and Miller 2008 warn below 20 to 30). */
const FEW_CLUSTERS = 20;
/** Share of one text, or loss by holding lengths fixed, that makes a figure doubtful. */
const MUCH = 0.5;
/** Share of a figure that repetition may give without a word. */
const SOME = 0.2;

const three = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${Math.round(100 * value)} %`;

export function verdictOf(found: Edc, { duplicateOutputs, consistency }: Measures): Verdict {
  const { pearson, interval, partial, clusters } = found;
  if (!Number.isFinite(pearson)) {
    return { quality: 'unclear', reasons: ['One side does not vary: there is nothing to correlate.'] };
  }
  const apart = interval.low > found.null.high;
  const few = clusters.effective < FEW_CLUSTERS;
  const chance = (found.null.low + found.null.high) / 2;
  const reasons = [
    apart
      ? `Its interval, ${three(interval.low)} to ${three(interval.high)}, lies above what the same outputs give at other inputs (up to ${three(found.null.high)}).`
      : `Its interval, ${three(interval.low)} to ${three(interval.high)}, meets what the same outputs give at other inputs (${three(found.null.low)} to ${three(found.null.high)}).`,
  ];
  if (few) {
    reasons.push(
      `Items hang together, by equal inputs, outputs or definitions, so that they tell as much as ${clusters.effective.toFixed(1)} of their own: too few for an interval that can be trusted.`,
    );
  }
  if (chance > SOME * pearson) {
    reasons.push(`${three(chance)} of ${three(pearson)} is repetition: as much is there at other inputs.`);
  }
  if (apart && pearson - chance < WEAK) {
    reasons.push(
      `Above that it is ${three(pearson - chance)}, under ${WEAK}: pairs tell little of one another.`,
    );
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
  if (few || (!apart && wide)) return { quality: 'unclear', reasons };
  if (!apart) return { quality: 'none', reasons };
  return { quality: pearson - chance >= WEAK ? 'follows' : 'weak', reasons };
}
