/** What a study writes: its report with everything that decided it, as it is read again. */

import { z } from 'zod';
import type { StudyReport } from './study.ts';
import { type ContraBinStudy, QUESTION_KINDS, studyShape } from './study-shape.ts';

export interface StudyDocument extends StudyReport {
  readonly schema: 'binscribe.contrabin/1';
  readonly tool: string;
  readonly device: string;
  readonly study: ContraBinStudy;
  /** SHA-256 of the data sets' manifests, of what was read of folders that encoders begin with, and of files with unit tests. */
  readonly datasets: Readonly<Record<string, string>>;
  /** Of data sets that earlier parts had of another build: the manifests of those, from which the same was read. */
  readonly builtAgain?: Readonly<Record<string, readonly string[]>>;
}

const figures = z.record(z.string(), z.number());
const interval = z.object({ low: z.number(), high: z.number() });

const verdict = {
  figures,
  items: z.array(z.number()),
  intervals: z.record(z.string(), interval).exactOptional(),
  told: z.array(z.string()).exactOptional(),
};

const question = z.object({
  name: z.string(),
  kind: z.enum(QUESTION_KINDS),
  facts: figures,
  clusters: z.array(z.number()),
  baselines: z.record(z.string(), z.object(verdict)),
  results: z.array(
    z.object({
      ...verdict,
      variant: z.string(),
      question: z.string(),
      seed: z.number(),
      validation: figures,
    }),
  ),
  truth: z.array(z.string()).exactOptional(),
  cases: z.array(
    z.object({
      what: z.string(),
      reference: z.string(),
      isGood: z.boolean(),
      told: z.array(z.object({ way: z.string(), text: z.string(), score: z.number() })),
    }),
  ),
});

const difference = interval.extend({
  question: z.string(),
  figure: z.string(),
  better: z.string(),
  worse: z.string(),
  mean: z.number(),
});

const embedding = z.object({
  variant: z.string(),
  clusters: z.number(),
  silhouette: z.number(),
  agreement: z.number(),
  chance: z.number(),
  meanCosine: z.number(),
  followed: z.array(z.object({ cosine: z.number(), nearer: z.number() })),
  places: z.array(z.object({ x: z.number(), y: z.number() })),
});

export const studyDocumentShape: z.ZodType<StudyDocument> = z.object({
  schema: z.literal('binscribe.contrabin/1'),
  tool: z.string(),
  device: z.string(),
  study: studyShape,
  datasets: z.record(z.string(), z.string()),
  builtAgain: z.record(z.string(), z.array(z.string())).exactOptional(),
  material: figures,
  preTraining: z.array(
    z.object({ variant: z.string(), seed: z.number(), stages: z.record(z.string(), figures) }),
  ),
  questions: z.array(question),
  differences: z.array(difference),
  embeddings: z.array(embedding),
});
