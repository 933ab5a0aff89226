/** One pre-training of a study as a model folder, as work for a process of its own. */

import type { Work } from '../../runtimes/background.ts';
import { trainingIn, type TrainingPlace } from './job.ts';
import { exportMeaning, type MeaningManifest } from './meaning.ts';
import { materialOf, PreTrainings, recipeOf, type Surroundings, type StudyProgress } from './ways.ts';
import type { ContraBinStudy, StudyVariant } from './study-shape.ts';

/** Which of a study's pre-trainings, and where its model goes. */
export interface ExportOrder {
  readonly variant: StudyVariant;
  readonly seed: number;
  /** The folder; a model that is there is replaced. */
  readonly to: string;
}

export interface ExportJob extends TrainingPlace, ExportOrder {
  readonly study: ContraBinStudy;
}

/**
 * Makes the pre-training, or finds it done, and writes its model.
 * @returns `null` where it was stopped on the way
 */
export async function exportVariant(
  study: ContraBinStudy,
  { variant, seed, to }: ExportOrder,
  options: Surroundings,
): Promise<MeaningManifest | null> {
  const material = await materialOf(study, options.report);
  const preTrained = await new PreTrainings(study, material, options).of(variant, seed);
  if (preTrained === null) return null;
  const recipe = recipeOf(study, variant);
  return exportMeaning(to, material, preTrained, { recipe, variant: variant.name, seed }, options);
}

export const work: Work<ExportJob, StudyProgress, MeaningManifest | null> = (job, { report, signal }) =>
  trainingIn(job, (options) => exportVariant(job.study, job, { ...options, report, signal }));
