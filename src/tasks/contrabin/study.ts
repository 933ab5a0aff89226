/**
 * Ways of pre-training beside one another: each is trained from each of its seeds, tuned for each question and judged on its
 * test side. Every training has a folder of its own, so that what is done stays done.
 */

import { openDataset } from '../../corpus/dataset.ts';
import { BinscribeError, describeIssue } from '../../error.ts';
import type { Runtime } from '../../nn/runtime.ts';
import type { FitReport } from '../../nn/training/fit.ts';
import { gridPoints, type Json } from '../../nn/training/runs.ts';
import type { Store } from '../../nn/training/store.ts';
import { problemQuestion, retrievalQuestion } from './algorithms.ts';
import { byProblem, withinProblems } from './collections.ts';
import { type Case, casesOf } from './cases.ts';
import { type Difference, differencesOf } from './differences.ts';
import { drawnParameters, embeddedFunctions, measureEmbeddings, type EmbeddingReport } from './embeddings.ts';
import { networksOf } from './encoders.ts';
import { collectMaterial, type Material } from './material.ts';
import { collectNames, nameQuestion } from './names.ts';
import { MASKED_PATHS, maskedFolder, preTrain, type PreTrained } from './pretraining.ts';
import type { JudgingPlace, Question, Verdict } from './question.ts';
import { preTrainingShape, type PreTrainingRecipe, SHARED } from './recipe.ts';
import { SourceEdges } from './source-edges.ts';
import {
  type ContraBinStudy,
  isWritten,
  seedsAsked,
  type StudyQuestion,
  type StudyVariant,
} from './study-shape.ts';
import { writtenQuestion } from './written-question.ts';
import { writtenMaterial } from './written-material.ts';
import { trainOnce, withLearned } from '../networks/experiment.ts';

/** One way, from one seed, at one question. */
export interface StudyResult extends Verdict {
  readonly variant: string;
  readonly question: string;
  readonly seed: number;
  /** At the best checkpoint, on the validation side, and its step. */
  readonly validation: Readonly<Record<string, number>>;
}

export interface QuestionReport {
  readonly name: string;
  readonly kind: StudyQuestion['kind'];
  readonly facts: Question['facts'];
  readonly clusters: readonly number[];
  readonly baselines: Readonly<Record<string, Verdict>>;
  readonly results: readonly StudyResult[];
  /** What some ways say of some functions; none where answers are no texts. */
  readonly cases: readonly Case[];
}

export interface PreTrainingReport {
  readonly variant: string;
  readonly seed: number;
  /** Figures of each stage on the validation packages. */
  readonly stages: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface StudyReport {
  readonly material: Readonly<Record<string, number>>;
  readonly preTraining: readonly PreTrainingReport[];
  readonly questions: readonly QuestionReport[];
  readonly differences: readonly Difference[];
  /** By the first seed of each variant. */
  readonly embeddings: readonly VariantEmbeddings[];
}

export interface VariantEmbeddings extends EmbeddingReport {
  readonly variant: string;
}

export type StudyProgress =
  | { readonly stage: 'reading'; readonly what: string; readonly rows: number }
  | { readonly stage: 'lexicon'; readonly share: number }
  | { readonly stage: 'judging'; readonly what: string; readonly done: number; readonly all: number }
  | ({ readonly stage: 'training'; readonly what: string } & FitReport);

export interface StudyOptions {
  readonly runtime: Runtime;
  /** @param folder of one training: `full/seed-1/names` */
  readonly storeOf: (folder: string) => Store;
  /** What is done now; all where it is left out. */
  readonly only?: {
    readonly questions?: readonly string[];
    readonly variants?: readonly string[];
    readonly seeds?: readonly number[];
  };
  readonly report: (progress: StudyProgress) => void;
  readonly signal: AbortSignal;
}

/** What a training that was judged leaves behind. */
const VERDICT = 'verdict.json';

/** @returns `null` where the signal stopped it; the same call goes on */
export async function runStudy(study: ContraBinStudy, options: StudyOptions): Promise<StudyReport | null> {
  const { only = {}, report } = options;
  const chosen = <T extends { name: string }>(all: readonly T[], names?: readonly string[]): T[] =>
    all.filter(({ name }) => names === undefined || names.includes(name));
  const variants = chosen(study.variants, only.variants)
    .map((variant) => ({
      ...variant,
      seeds: variant.seeds.filter((seed) => only.seeds?.includes(seed) !== false),
    }))
    .filter(({ seeds }) => seeds.length > 0);
  const material = await materialOf(study, report);
  const begun = new PreTrainings(study, material, options);
  const edges = new SourceEdges(options.signal);
  try {
    const questions: QuestionReport[] = [];
    const differences: Difference[] = [];
    for (const question of chosen(study.questions, only.questions)) {
      const found = await answer(question, variants, { study, material, begun, edges }, options);
      if (found === null) return null;
      questions.push(found.report);
      differences.push(...found.differences);
    }
    const embeddings = await embed(study, variants, material, begun, options);
    if (embeddings === null) return null;
    return { material: countsOf(material), preTraining: begun.reports, questions, differences, embeddings };
  } finally {
    edges.close();
  }
}

/** What all questions have in common. */
interface Common {
  readonly study: ContraBinStudy;
  readonly material: Material;
  readonly begun: PreTrainings;
  readonly edges: SourceEdges;
}

/** @returns `null` where the signal stopped it */
async function answer(
  question: StudyQuestion,
  variants: readonly StudyVariant[],
  common: Common,
  options: StudyOptions,
): Promise<{ report: QuestionReport; differences: Difference[] } | null> {
  options.report({ stage: 'reading', what: question.name, rows: 0 });
  const asked = await ask(question, common);
  const baselines = await asked.baselines(placeOf(`baselines/${question.name}`, options));
  if (baselines === null) return null;
  const results: StudyResult[] = [];
  for (const variant of variants) {
    for (const seed of seedsAsked(variant, question.name)) {
      const start = await common.begun.of(variant, seed);
      if (start === null) return null;
      const at = trainingFolder(variant, seed);
      const found = await tune(asked, `${at}/${question.name}`, seed, start.parameters, options);
      if (found === null) return null;
      results.push({ ...found, variant: variant.name, question: question.name, seed });
    }
  }
  const { facts, clusters } = asked;
  const { name, kind } = question;
  const { compared } = common.study;
  return {
    report: {
      name,
      kind,
      facts,
      clusters,
      baselines: Object.fromEntries(
        Object.entries(baselines).map(([way, verdict]) => [way, untold(verdict)]),
      ),
      results: results.map(untold),
      cases: studied(asked, baselines, results, compared),
    },
    differences: gains(question, asked, baselines, results, compared),
  };
}

/** Beside the first baseline. */
function gains(
  { name, kind }: StudyQuestion,
  { clusters, cases }: Question,
  baselines: Readonly<Record<string, Verdict>>,
  results: readonly StudyResult[],
  compared: ContraBinStudy['compared'],
): Difference[] {
  const [[baseline, verdict]] = Object.entries(baselines);
  const ways = new Map<string, Verdict[]>([[baseline, [verdict]]]);
  for (const result of results) ways.set(result.variant, [...(ways.get(result.variant) ?? []), result]);
  const truth = kind === 'names' ? cases?.map(({ reference }) => reference) : undefined;
  return differencesOf({ question: name, clusters, ways, truth }, compared, baseline);
}

/** Without the texts: of thousands a few are told as cases. */
function untold<T extends Verdict>({ told: _, ...verdict }: T): Omit<T, 'told'> {
  return verdict;
}

/** By the first seed of each variant, beside the first baseline. */
function studied(
  { cases: items }: Question,
  baselines: Readonly<Record<string, Verdict>>,
  results: readonly StudyResult[],
  compared: ContraBinStudy['compared'],
): Case[] {
  if (items === undefined || results.length === 0) return [];
  const ways: Record<string, Verdict> = Object.fromEntries(Object.entries(baselines).slice(0, 1));
  for (const result of results) ways[result.variant] ??= result;
  return casesOf(items, ways, compared.find((name) => name in ways) ?? results[0].variant);
}

function placeOf(folder: string, { runtime, storeOf, report, signal }: StudyOptions): JudgingPlace {
  return {
    runtime,
    store: storeOf(folder),
    signal,
    report: (done, all) => report({ stage: 'judging', what: folder, done, all }),
  };
}

/** @returns `null` where the signal stopped it */
async function embed(
  { pretraining, embeddings: settings }: ContraBinStudy,
  variants: readonly StudyVariant[],
  material: Material,
  begun: PreTrainings,
  { runtime, report }: StudyOptions,
): Promise<VariantEmbeddings[] | null> {
  if (settings === undefined) return [];
  report({ stage: 'reading', what: 'functions for maps', rows: 0 });
  const { view, floor, limits } = pretraining;
  const functions = await embeddedFunctions(openDataset(settings.dataset), view, floor, settings);
  const vocabulary = material.vocabularies.code;
  const { trained: network } = await networksOf(pretraining, material.vocabularies);
  const found: VariantEmbeddings[] = [];
  for (const variant of variants) {
    const [seed] = variant.seeds;
    const start = await begun.of(variant, seed);
    if (start === null) return null;
    const parameters = variant.preTrained ? start.parameters : await drawnParameters(network, seed, runtime);
    const encoder = { vocabulary, limit: limits.code, network };
    found.push({
      variant: variant.name,
      ...(await measureEmbeddings(functions, encoder, parameters, settings, runtime)),
    });
  }
  return found;
}

/** What all ways of pre-training learn from. */
export function materialOf(
  { pretraining }: ContraBinStudy,
  report: StudyOptions['report'],
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
  private readonly options: StudyOptions;

  constructor(study: ContraBinStudy, material: Material, options: StudyOptions) {
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

/** @returns the verdict on the test side; `null` where it was stopped */
async function tune(
  question: Question,
  folder: string,
  seed: number,
  start: ReadonlyMap<string, Float32Array>,
  options: StudyOptions,
): Promise<(Verdict & { validation: Readonly<Record<string, number>> }) | null> {
  const { runtime, report, signal } = options;
  const place = placeOf(folder, options);
  const { store } = place;
  const task = question.task(start);
  const onProgress = (progress: FitReport): void => report({ stage: 'training', what: folder, ...progress });
  const validation = await trainOnce(task, { runtime, seed, store, onProgress, signal });
  if (validation === null) return null;
  const known = await store.read(VERDICT);
  if (known) return { ...(JSON.parse(new TextDecoder().decode(known)) as Verdict), validation };
  const verdict = await withLearned(runtime, task, store, (trainer) => question.judge(trainer, place));
  if (verdict === null) return null;
  await store.write(VERDICT, new TextEncoder().encode(JSON.stringify(verdict)));
  return { ...verdict, validation };
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

async function ask(question: StudyQuestion, common: Common): Promise<Question> {
  return withAllSides(question, await questionOf(question, common));
}

/** @throws BinscribeError `usage` where its data leave a side empty */
export function withAllSides({ name }: StudyQuestion, asked: Question): Question {
  const empty = ['training', 'validation', 'test'].find((side) => asked.facts[`${side} texts`] === 0);
  if (empty === undefined) return asked;
  throw new BinscribeError('usage', `question ${name}: its data have nothing for the ${empty} side`, {
    hint: 'See its data set, its builds and its validation packages in the study.',
  });
}

async function questionOf(
  question: StudyQuestion,
  { study: { pretraining }, material, edges }: Common,
): Promise<Question> {
  const { view, limits } = pretraining;
  const vocabulary = material.vocabularies.code;
  const { trained: network } = await networksOf(pretraining, material.vocabularies);
  if (question.kind === 'names') {
    const { validation, ...rest } = question;
    const sides = await collectNames(
      { ...rest, validation: new Set(validation), view },
      vocabulary,
      limits.code,
    );
    return nameQuestion(sides, { ...question, network });
  }
  if (isWritten(question)) {
    const { sides, settings } = await writtenMaterial(question, pretraining, material.vocabularies);
    const checks = question.kind === 'source' ? edges.checksOf(question, pretraining, sides) : null;
    return writtenQuestion(sides, settings, checks);
  }
  const { builds } = question;
  const collection = { vocabulary, view, limit: limits.code, builds: builds && new Set(builds) };
  const dataset = openDataset(question.dataset);
  if (question.kind === 'retrieval') {
    return retrievalQuestion(await byProblem(dataset, collection), { ...question, network });
  }
  const sides = await withinProblems(dataset, collection);
  const classes = new Set(sides.training.classes).size;
  return problemQuestion(sides, classes, { ...question, network });
}

function countsOf({ vocabularies: { code, text }, training, validation }: Material): Record<string, number> {
  const side = (name: string, { code, texts, triples, pairs }: Material['training']): [string, number][] => [
    [`${name}: texts of code`, code.length],
    [`${name}: tokens of code`, code.total],
    [`${name}: sources and comments`, texts.length],
    [`${name}: triples`, triples.builds.length],
    [`${name}: functions without a comment`, pairs.builds.length],
  ];
  return {
    'tokens of code': code.size,
    'tokens of sources and comments': text.size,
    ...Object.fromEntries([...side('training', training), ...side('validation', validation)]),
  };
}
