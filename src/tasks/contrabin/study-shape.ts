/** `studies/contrabin.json`: ways of pre-training, and the questions that each is tuned for. */

import { z } from 'zod';
import { trainingSchema } from '../../nn/training/settings.ts';
import { preTrainingShape } from './recipe.ts';

const name = z
  .string()
  .regex(/^[a-z0-9-]+$/, 'expected small letters, digits and hyphens: it names a folder');

/** How an encoder is tuned. */
const tuning = { training: trainingSchema, dropout: z.number().min(0).max(0.9) };

const count = z.int().positive();

/**
 * Of what is there to tune with, drawn by hash: what fewer examples teach. The other sides are the same for every share,
 * and of more examples those of fewer are a part.
 */
const share = z.number().gt(0).lt(1).optional();

/** Texts that are written of code. */
const written = {
  name,
  /** Folders of data sets: their training sides are learned from, and the test sides of these or of those that are named. */
  datasets: z.array(z.string()).min(1),
  tested: z.array(z.string()).min(1).optional(),
  /** Training packages that judge checkpoints and teach which candidate is the best, or their share of all. */
  validation: z.union([z.array(z.string()).min(1), z.number().gt(0).lt(1)]),
  builds: z.array(z.string()).min(1).optional(),
  share,
  /** Functions of the validation side and of the test side of which is written, at most. */
  chosen: count,
  judged: count,
  /**
   * Texts of the nearest functions: those that the writer sees, and those that are candidates as they are. A program has
   * no texts of others to look up: a writer for it is one of 0 hints.
   */
  neighbours: z.strictObject({ hints: z.int().min(0), candidates: z.int().min(0) }),
  decoder: z.strictObject({
    layers: count,
    heads: count,
    inner: count,
    dropout: z.number().min(0).max(0.9),
    smoothing: z.number().min(0).max(0.9),
    longestCode: z.int().min(8).max(4096),
    longestText: z.int().min(4).max(4096),
    longestHints: z.int().min(4).max(4096),
  }),
  training: trainingSchema,
};

const questionShape = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('retrieval'),
    name,
    dataset: z.string(),
    /** `gcc-12 O0` and the like; all where it is left out. */
    builds: z.array(z.string()).min(1).optional(),
    share,
    likeness: z.strictObject({
      size: z.int().positive(),
      temperature: z.number().positive(),
      weight: z.number().min(0),
    }),
    programs: z.int().min(2),
    judged: z.int().min(2),
    ...tuning,
  }),
  z.strictObject({
    kind: z.literal('problems'),
    name,
    dataset: z.string(),
    builds: z.array(z.string()).min(1).optional(),
    ...tuning,
  }),
  z.strictObject({
    kind: z.literal('names'),
    name,
    datasets: z.array(z.string()).min(1),
    validation: z.array(z.string()).min(1),
    names: z.int().min(2),
    packages: z.int().min(1),
    ...tuning,
  }),
  z.strictObject({ kind: z.literal('summaries'), ...written }),
  /** Names of any words, where `names` tells some apart. */
  z.strictObject({ kind: z.literal('open-names'), ...written }),
  z.strictObject({
    kind: z.literal('source'),
    ...written,
    /** `decompile-eval.json`: what is written of its functions is run against their unit tests. */
    reexecution: z.string().optional(),
  }),
]);

/** What a question may be of. */
export const QUESTION_KINDS = questionShape.options.map(({ shape }) => shape.kind.value);

const seeds = z.array(z.int().min(0)).min(1);

const variantShape = z.strictObject({
  name,
  /** What is told of it in tables. */
  description: z.string(),
  /** False: encoders begin with numbers that are drawn. */
  preTrained: z.boolean().default(true),
  /** Values of the pre-training by path, `contrast.anchored` say, that this way has otherwise. */
  set: z.record(z.string(), z.json()).default({}),
  seeds,
  /** Questions that it is asked, some from fewer seeds where a training takes hours; all where it is left out. */
  questions: z.array(z.union([name, z.strictObject({ name, seeds })])).optional(),
});

const embeddingsShape = z.strictObject({
  /** Of its test side. */
  dataset: z.string(),
  /** `gcc-12 O2` and the like: one, so that no function is there twice. */
  build: z.string(),
  /** As many, drawn by the hash of what they are. */
  functions: z.int().min(3).max(5000),
  neighbours: z.int().min(1),
  /** Names of functions of like meaning; drawn or not, they are there. */
  followed: z.array(z.tuple([z.string(), z.string()])).default([]),
});

export const studyShape = z.strictObject({
  pretraining: preTrainingShape,
  variants: z.array(variantShape).min(1),
  questions: z.array(questionShape).min(1),
  /** Functions on maps, as each way embeds them before it is tuned: that of its first seed. */
  embeddings: embeddingsShape.optional(),
  /** Two variants of which the difference is told, the better one first; or one, which is held against the first baseline alone. */
  compared: z.array(name).min(1).max(2),
});

export type ContraBinStudy = z.infer<typeof studyShape>;
export type StudyVariant = ContraBinStudy['variants'][number];
export type StudyQuestion = ContraBinStudy['questions'][number];
export type EmbeddingSettings = z.infer<typeof embeddingsShape>;
/** A question of what is written. */
export type WrittenStudyQuestion = Extract<StudyQuestion, { kind: 'summaries' | 'source' | 'open-names' }>;

export function isWritten(question: StudyQuestion): question is WrittenStudyQuestion {
  const { kind } = question;
  return kind === 'summaries' || kind === 'source' || kind === 'open-names';
}

/** The names of the questions that a way is asked; undefined for all. */
export function askedOf({ questions }: Pick<StudyVariant, 'questions'>): string[] | undefined {
  return questions?.map((one) => (typeof one === 'string' ? one : one.name));
}

/** The seeds from which a way is asked a question; none where it is not asked. */
export function seedsAsked({ questions, seeds }: StudyVariant, question: string): number[] {
  if (questions === undefined) return seeds;
  const asked = questions.find((one) => (typeof one === 'string' ? one : one.name) === question);
  if (asked === undefined) return [];
  return typeof asked === 'string' ? seeds : seeds.filter((seed) => asked.seeds.includes(seed));
}

/** Folders of the data sets that a question reads. */
export function datasetsOf(question: StudyQuestion): string[] {
  if (question.kind === 'retrieval' || question.kind === 'problems') return [question.dataset];
  if (question.kind === 'names') return question.datasets;
  return [...question.datasets, ...(question.tested ?? [])];
}

/** Folders of all data sets that a study reads for these questions. */
export function foldersOf(
  { pretraining, questions, embeddings }: ContraBinStudy,
  named?: readonly string[],
): string[] {
  const asked = questions.filter(({ name }) => named?.includes(name) !== false);
  const own = embeddings ? [embeddings.dataset] : [];
  return [...new Set([...pretraining.datasets, ...asked.flatMap(datasetsOf), ...own])];
}
