/**
 * Ways of pre-training beside one another: each is trained from each of its seeds, tuned for each question and judged on its
 * test side. Every training has a folder of its own, so that what is done stays done.
 */

import { openDataset } from '../../corpus/dataset.ts';
import { BinscribeError } from '../../error.ts';
import type { FitReport } from '../../nn/training/fit.ts';
import { readJson } from '../../nn/training/store.ts';
import { problemQuestion, retrievalQuestion } from './algorithms.ts';
import { byProblem, withinProblems } from './collections.ts';
import { type Case, casesOf } from './cases.ts';
import { type Difference, gainsOf } from './differences.ts';
import { drawnParameters, embeddedFunctions, measureEmbeddings, type EmbeddingReport } from './embeddings.ts';
import { networksOf } from './encoders.ts';
import type { Material } from './material.ts';
import { collectNames, nameQuestion } from './names.ts';
import type { JudgingPlace, Question, Verdict } from './question.ts';
import { SourceEdges } from './source-edges.ts';
import {
  type ContraBinStudy,
  isWritten,
  seedsAsked,
  type StudyQuestion,
  type StudyVariant,
} from './study-shape.ts';
import {
  materialOf,
  type PreTrainingReport,
  PreTrainings,
  type Surroundings,
  trainingFolder,
} from './ways.ts';
import { writtenQuestion } from './written-question.ts';
import { writtenMaterial } from './written-material.ts';
import { figuresIn, trainOnce, withLearned } from '../networks/experiment.ts';

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
  /** Of names, the right one of each test item: verdicts have what was told. */
  readonly truth?: readonly string[];
  /** What some ways say of some functions; none where answers are no texts. */
  readonly cases: readonly Case[];
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

export interface StudyOptions extends Surroundings {
  /** What is done now; all where it is left out. */
  readonly only?: {
    readonly questions?: readonly string[];
    readonly variants?: readonly string[];
    readonly seeds?: readonly number[];
  };
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
    // A way that is not asked from its first seed now has its map in another part of the study.
    const firsts = new Map(study.variants.map(({ name, seeds: [first] }) => [name, first]));
    const mapped = variants.filter(({ name, seeds: [seed] }) => firsts.get(name) === seed);
    const embeddings = await embed(study, mapped, material, begun, options);
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
  const { facts, clusters, cases } = asked;
  const { name, kind } = question;
  const { compared } = common.study;
  // Names are short, and whoever compares ways needs them all; of longer texts a few are told as cases.
  const kept = <T extends Verdict>(verdict: T): T | Omit<T, 'told'> =>
    kind === 'names' ? verdict : untold(verdict);
  const report: QuestionReport = {
    name,
    kind,
    facts,
    clusters,
    baselines: Object.fromEntries(Object.entries(baselines).map(([way, verdict]) => [way, kept(verdict)])),
    results: results.map(kept),
    ...(kind === 'names' && cases && { truth: cases.map(({ reference }) => reference) }),
    cases: studied(asked, baselines, results, compared),
  };
  return { report, differences: gainsOf(report, compared) };
}

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
  if (settings === undefined || variants.length === 0) return [];
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
    const [done, all] = [found.length, variants.length].map((ways) => ways * functions.length);
    report({ stage: 'judging', what: 'maps', done, all });
  }
  return found;
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
  const [known, figures] = [await readJson<Verdict>(store, VERDICT), await figuresIn(store)];
  if (known && figures) return { ...known, validation: figures };
  const task = question.task(start);
  const onProgress = (progress: FitReport): void => report({ stage: 'training', what: folder, ...progress });
  const validation = await trainOnce(task, { runtime, seed, store, onProgress, signal });
  if (validation === null) return null;
  const verdict = await withLearned(runtime, task, store, (trainer) => question.judge(trainer, place));
  if (verdict === null) return null;
  await store.write(VERDICT, new TextEncoder().encode(JSON.stringify(verdict)));
  return { ...verdict, validation };
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
    const sides = await byProblem(dataset, { ...collection, share: question.share });
    return retrievalQuestion(sides, { ...question, network });
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
