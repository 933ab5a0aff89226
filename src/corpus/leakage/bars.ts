/** What may leak, and what does not keep to it. */

import type { Leakage, Measure } from './leakage.ts';

export type BarredMeasure = Extract<Measure, 'exact' | 'normalized' | 'near' | 'source'>;

/** Shares of the test side's functions without duplicates, from 0 to 1. */
export type Bars = Record<BarredMeasure, number>;

/**
 * A tenth by each measure: what a model gains by remembering is at most as much, about what lies between two models of
 * which one is better.
 */
export const DEFAULT_BARS: Bars = { exact: 0.1, normalized: 0.1, near: 0.1, source: 0.1 };

export interface Judgement {
  measure: BarredMeasure;
  /** Of the test side's functions without duplicates. */
  share: number;
  bar: number;
  met: boolean;
}

export function judgeLeakage({ sides }: Leakage, bars: Bars): Judgement[] {
  const { total, leaks } = sides.test;
  return (Object.keys(DEFAULT_BARS) as BarredMeasure[]).map((measure) => {
    const share = total.unique === 0 ? 0 : leaks[measure].unique / total.unique;
    return { measure, share, bar: bars[measure], met: share <= bars[measure] };
  });
}
