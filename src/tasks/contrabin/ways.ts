/** What each way of a study begins with: the recipe that its values make, and encoders as that pre-trains them. */

import { BinscribeError, describeIssue } from '../../error.ts';
import type { Runtime } from '../../nn/runtime.ts';
import type { FitReport } from '../../nn/training/fit.ts';
import { gridPoints, type Json } from '../../nn/training/runs.ts';
import type { Store } from '../../nn/training/store.ts';
import { collectMaterial, type Material } from './material.ts';
import { MASKED_PATHS, maskedFolder, preTrain, type PreTrained } from './pretraining.ts';
import { preTrainingShape, type PreTrainingRecipe, SHARED } from './recipe.ts';
import type { ContraBinStudy, StudyVariant } from './study-shape.ts';

export type StudyProgress =
  | { readonly stage: 'reading'; readonly what: string; readonly rows: number }
  | { readonly stage: 'lexicon'; readonly share: number }
  | { readonly stage: 'judging'; readonly what: string; readonly done: number; readonly all: number }
  | ({ readonly stage: 'training'; readonly what: string } & FitReport);

/** What a study runs in. */
export interface Surroundings {
  readonly runtime: Runtime;
  /** @param folder of one training: `full/seed-1/names` */
  readonly storeOf: (folder: string) => Store;
  readonly report: (progress: StudyProgress) => void;
  readonly signal: AbortSignal;
}

export interface PreTrainingReport {
  readonly variant: string;
  readonly seed: number;
  /** Figures of each stage on the validation packages. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** @throws BinscribeError `usage` where a variant's values make no recipe, or change what all ways share */
export function recipeOf({ pretraining }: ContraBinStudy, { name, set }: StudyVariant): PreTrainingRecipe {
  const grid = Object.fromEntries(Object.entries(set).map(([path, value]) => [path, [value as Json]]));
  const [{ settings }] = gridPoints(pretraining as Json, grid);
  const parsed = preTrainingShape.safeParse(settings);
  if (!parsed.success) {
    throw new BinscribeError('usage', `variant ${name}: ${describeIssue(parsed.error.issues)}`);
  }
  const { data } = parsed;
  const other = SHARED.find((key) => JSON.stringify(data[key]) !== JSON.stringify(pretraining[key]));
  if (other === undefined) return data;
  throw new BinscribeError('usage', `variant ${name}: sets ${other}, which all ways of a study share`);
}

/** What all ways of pre-training learn from. */
export function materialOf(
  { pretraining }: ContraBinStudy,
  report: Surroundings['report'],
): Promise<Material> {
  return collectMaterial({
    ...pretraining,
    validation: new Set(pretraining.validation),
    progress: (rows) => report({ stage: 'reading', what: 'what pre-training learns from', rows }),
  });
}

const NOTHING: PreTrained = { parameters: new Map(), figures: {} };

/** Of one way from one seed, within the study's. */
export function trainingFolder({ name }: StudyVariant, seed: number): string {
  return `${name}/seed-${seed}`;
}

/** What encoders begin with: all questions are asked of the same ones. */
export class PreTrainings {
  /** In the order in which they were done. */
  readonly reports: PreTrainingReport[] = [];
  private readonly done = new Map<string, PreTrained>();
  private readonly study: ContraBinStudy;
  private readonly material: Material;
  private readonly options: Surroundings;

  constructor(study: ContraBinStudy, material: Material, options: Surroundings) {
    this.study = study;
    this.material = material;
    this.options = options;
  }

  /** @returns `null` where the signal stopped it */
  async of(variant: StudyVariant, seed: number): Promise<PreTrained | null> {
    if (!variant.preTrained) return NOTHING;
    const at = trainingFolder(variant, seed);
    const known = this.done.get(at);
    if (known) return known;
    const { runtime, storeOf, report, signal } = this.options;
    const recipe = recipeOf(this.study, variant);
    const shared = maskedInCommon(recipe, this.study.pretraining);
    const folderOf = (training: string): string =>
      `${shared.includes(training) ? `${IN_COMMON}/seed-${seed}` : at}/${training}`;
    const found = await preTrain(this.material, recipe, {
      runtime,
      seed,
      storeOf: (training) => storeOf(folderOf(training)),
      onProgress: (progress) => report({ stage: 'training', what: folderOf(progress.folder), ...progress }),
      signal,
    });
    if (found === null) return null;
    this.done.set(at, found);
    this.reports.push({ variant: variant.name, seed, stages: found.figures });
    return found;
  }
}

/** Folder of trainings that several ways begin with: no name of a variant is so. */
const IN_COMMON = '_common';

/** Trainings by masked tokens as the study itself has them: whatever is compared afterwards, of one seed they are the same. */
function maskedInCommon({ masked }: PreTrainingRecipe, common: PreTrainingRecipe): string[] {
  return MASKED_PATHS.filter(
    (path) => JSON.stringify(masked[path]) === JSON.stringify(common.masked[path]),
  ).map(maskedFolder);
}
