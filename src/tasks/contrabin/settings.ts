/** The settings of a study that decide its numbers: what was made with others is never taken for what these make. */

import { z } from 'zod';
import type { ContraBinStudy } from './study-shape.ts';

export const settingsShape = z.object({
  pretraining: z.unknown(),
  variants: z.record(z.string(), z.unknown()),
  questions: z.record(z.string(), z.unknown()),
  datasets: z.record(z.string(), z.string()),
});

/** Those of variants, questions and data sets by name: of more of them what there is is a part. */
export type StudySettings = z.infer<typeof settingsShape>;

export function settingsOf(
  { pretraining, variants, questions }: ContraBinStudy,
  datasets: Readonly<Record<string, string>>,
): StudySettings {
  return {
    pretraining,
    variants: Object.fromEntries(variants.map(({ name, set, preTrained }) => [name, { set, preTrained }])),
    questions: Object.fromEntries(questions.map((question) => [question.name, question])),
    datasets,
  };
}

/** The path of a value that is in both and not the same. */
export function otherValue(before: unknown, now: unknown, path = ''): string | null {
  if (isRecord(before) && isRecord(now)) {
    for (const [key, value] of Object.entries(now)) {
      if (!(key in before)) continue;
      const other = otherValue(before[key], value, path === '' ? key : `${path}.${key}`);
      if (other !== null) return other;
    }
    return null;
  }
  return JSON.stringify(before) === JSON.stringify(now) ? null : path;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
