/** The writer of one question, tuned from one pre-training of a study, as a model folder: work for a process of its own. */

import type { Work } from '../../runtimes/background.ts';
import { learned, trainOnce } from '../networks/experiment.ts';
import type { ExportOrder } from './export-job.ts';
import { trainingIn, type TrainingPlace } from './job.ts';
import { withAllSides } from './study.ts';
import {
  materialOf,
  PreTrainings,
  recipeOf,
  type Surroundings,
  type StudyProgress,
  trainingFolder,
} from './ways.ts';
import type { ContraBinStudy, WrittenStudyQuestion } from './study-shape.ts';
import { exportSummaries, type SummariesManifest } from './summaries.ts';
import { writtenMaterial } from './written-material.ts';
import { writtenQuestion } from './written-question.ts';

/** Which of a study's writers, and where its model goes. */
export interface WriterOrder extends ExportOrder {
  readonly question: WrittenStudyQuestion;
}

export interface WriterJob extends TrainingPlace, WriterOrder {
  readonly study: ContraBinStudy;
}

/**
 * Makes the trainings, or finds them done, and writes the model. The folders are those of the study: whichever of the two
 * comes first, the other finds the training.
 * @returns `null` where it was stopped on the way
 */
export async function exportWriter(
  study: ContraBinStudy,
  { variant, seed, question, to }: WriterOrder,
  options: Surroundings,
): Promise<SummariesManifest | null> {
  const { runtime, storeOf, report, signal } = options;
  const material = await materialOf(study, report);
  const start = await new PreTrainings(study, material, options).of(variant, seed);
  if (start === null) return null;
  report({ stage: 'reading', what: question.name, rows: 0 });
  // As the question is asked in the study, which has one recipe of encoders and vocabularies for all ways.
  const written = await writtenMaterial(question, study.pretraining, material.vocabularies);
  const asked = withAllSides(question, writtenQuestion(written.sides, written.settings, null));
  const task = asked.task(start.parameters);
  const folder = `${trainingFolder(variant, seed)}/${question.name}`;
  const store = storeOf(folder);
  const figures = await trainOnce(task, {
    runtime,
    seed,
    store,
    onProgress: (progress) => report({ stage: 'training', what: folder, ...progress }),
    signal,
  });
  if (figures === null) return null;
  const parameters = await learned(runtime, task, store);
  const origin = { recipe: recipeOf(study, variant), question, variant: variant.name, seed };
  return exportSummaries(to, written, { parameters, figures }, origin, {
    runtime,
    progress: (done, all) => report({ stage: 'judging', what: `${folder}, as it is stored`, done, all }),
  });
}

export const work: Work<WriterJob, StudyProgress, SummariesManifest | null> = (job, { report, signal }) =>
  trainingIn(job, (options) => exportWriter(job.study, job, { ...options, report, signal }));
