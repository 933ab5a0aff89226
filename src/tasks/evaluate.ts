/** `binscribe evaluate`: a run judged on the packages that it did not learn from. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, openDataset } from '../corpus/dataset.ts';
import { manifestHash } from '../corpus/manifest.ts';
import { BinscribeError, corrupt, describeError } from '../error.ts';
import type { KnowingModel } from '../models/inspection.ts';
import { loadModel } from '../models/folder.ts';
import { findByHash } from '../models/known/index.ts';
import { argMax } from '../models/linear/logistic.ts';
import { decodeClassifiers } from './classifier-file.ts';
import { LABELS } from './classifiers.ts';
import { type Figure, type FigureContext, figuresOf } from './figures.ts';
import { judge, type Judged, type JudgeOptions, type TrainingKnowledge } from './judge.ts';
import { compilerFamily, isJudged, labelledPrograms } from './labelled.ts';
import { checkOrbit, ORBIT_TEST, orbitPrograms } from './orbit.ts';
import type { EncoderRecipe } from './encoder/recipe.ts';
import { OPCODE_PAIRS, pairVector } from './opcode-pairs.ts';
import { questionsFor, type RetrievalFigure, RetrievalTask } from './retrieval.ts';
import { classifierRival, type Rival, StyleCache } from './rivals.ts';
import { readRun, type RunManifest } from './run.ts';

/** Figures of one choice of functions. */
export interface FigureSet {
  functions: string;
  figures: Figure[];
}

export interface Evaluation {
  schema: 1;
  run: { name: string; model: string; recipe: RunManifest['recipe'] | EncoderRecipe };
  dataset: { name: string; manifest: string; test: string[] };
  sets: FigureSet[];
  /** The same model on functions of older compilers and other packages. */
  orbit?: { packages: readonly string[]; sets: FigureSet[]; retrieval?: RetrievalFigure[] };
  retrieval: RetrievalFigure[];
}

export interface EvaluateOptions {
  /** Another data set than the run's. */
  dataset?: string | undefined;
  /** Folder of the orbit data set. */
  orbit?: string | undefined;
  /** For the run of a network: a run of the model `first` whose answers stand beside. */
  baseline?: string | undefined;
  progress: (step: string, done: number, total: number) => void;
}

/** Of bootstraps and of the random baseline. */
export const SEED = 1;
/** Pools drawn for retrieval where the recipe has no seeds. */
export const POOL_SEEDS = [1, 2, 3];
const OPCODES = 'opcodes.bin';

/**
 * @throws BinscribeError: `missing` without a run, `unreadable` without a data set, `corrupt` where a file is
 *   damaged, `usage` where the data set is not the one that the run learned from and was not named.
 */
export async function evaluate(run: string, options: EvaluateOptions): Promise<Evaluation> {
  const manifest = readRun(run);
  const model = await loadModel((name) => readFile(run, name), run);
  const dataset = openDataset(options.dataset ?? manifest.recipe.dataset);
  const datasetHash = checkEvaluated(options, manifest.recipe.dataset, manifest.dataset.manifest, run);
  const { seeds } = manifest.recipe;
  const others = readClassifiers(run, seeds);
  const training = await learnAboutTraining(dataset, model);
  const judging = {
    model,
    threshold: model.nameThreshold,
    rivals: others.rivals,
    knowledge: training.knowledge,
  };
  const context: FigureContext = { seed: SEED, majority: training.majority, ...others.places };

  const { floor } = manifest.recipe;
  const retrieval = new RetrievalTask(questionsFor('gcc-12', 'clang-19'), [OPCODE_PAIRS], floor);
  const rows = dataset.manifest.counts.test.rows;
  const judged = await judge(labelledPrograms(dataset, 'test'), {
    ...judging,
    observe: (program) => retrieval.add(program, (i) => [pairVector(model.known, program.functions[i].body)]),
    progress: (done) => options.progress('judging', done, rows),
  });
  const result: Evaluation = {
    schema: 1,
    run: { name: manifest.recipe.name, model: model.card.id, recipe: manifest.recipe },
    dataset: {
      name: dataset.manifest.name,
      manifest: datasetHash,
      test: dataset.manifest.packages
        .filter(({ split }) => split === 'test')
        .map(({ name, version }) => `${name} ${version}`),
    },
    sets: figureSets(judged, context, floor),
    retrieval: retrieval.figures(seeds.length > 0 ? seeds : POOL_SEEDS),
  };
  if (options.orbit !== undefined) {
    const isKnown = (hash: string): boolean => findByHash(model.known, hash) >= 0;
    result.orbit = await judgeOrbit(options.orbit, isKnown, context, floor, {
      ...judging,
      progress: options.progress,
    });
  }
  return result;
}

/**
 * @returns SHA-256 of the data set's manifest
 * @throws BinscribeError `usage` where it is not the one that the run learned from and was not named; `unreadable`
 *   where orbit is not there
 */
export function checkEvaluated(
  { dataset, orbit }: EvaluateOptions,
  own: string,
  expected: string,
  run: string,
): string {
  const directory = dataset ?? own;
  const got = manifestHash(directory);
  if (dataset === undefined && got !== expected) {
    throw new BinscribeError(
      'usage',
      `${directory}: not the data set that ${run} learned from: expected a manifest of SHA-256 ${expected}, got ${got}`,
      { hint: `Train again; or judge on it all the same: --dataset ${directory}` },
    );
  }
  if (orbit !== undefined) checkOrbit(orbit, ORBIT_TEST);
  return got;
}

/** Figures on the study's functions. */
export async function judgeOrbit(
  folder: string,
  isKnown: (normalizedHash: string) => boolean,
  context: FigureContext,
  floor: number,
  { progress, ...judging }: Omit<JudgeOptions, 'progress'> & Pick<EvaluateOptions, 'progress'>,
): Promise<{ packages: readonly string[]; sets: FigureSet[] }> {
  const judged = await judge(orbitPrograms(folder, ORBIT_TEST, isKnown), {
    ...judging,
    progress: (done) => progress('judging orbit', done, ORBIT_FUNCTIONS),
  });
  return { packages: ORBIT_TEST, sets: figureSets(judged, context, floor) };
}

/** Functions of orbit's test packages (its SOURCE.md), for the time left. */
const ORBIT_FUNCTIONS = 132_529;

export function figureSets(judged: readonly Judged[], context: FigureContext, floor: number): FigureSet[] {
  const large = (j: Judged): boolean => j.length >= floor;
  const fresh = (j: Judged): boolean => !j.duplicate && !j.leak;
  const sets: [string, (j: Judged) => boolean][] = [
    [`${floor} instructions and more, without duplicates and leaks`, (j) => large(j) && fresh(j)],
    [`${floor} instructions and more`, large],
    ['all, without duplicates and leaks', fresh],
    ['all', () => true],
  ];
  return sets.map(([functions, choose]) => ({
    functions,
    figures: figuresOf(judged.filter(choose), context),
  }));
}

export function readFile(folder: string, name: string): Uint8Array {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    throw corrupt(`${folder}/${name}: a part of the run cannot be read: ${describeError(error)}`);
  }
}

/** Classifiers trained beside the model. A model folder that was copied without them is judged without them. */
export function readClassifiers(
  run: string,
  seeds: readonly number[],
): { rivals: Rival[]; places: Pick<FigureContext, 'seedPlaces' | 'baselines'> } {
  const rivals: Rival[] = [];
  const cache = new StyleCache();
  const take = (name: string): number[] => {
    if (!existsSync(join(run, name))) return [];
    const set = decodeClassifiers(readFile(run, name), `${run}/${name}`);
    return [rivals.push(classifierRival(name, set, cache)) - 1];
  };
  const seedPlaces = seeds.flatMap((seed) => take(`seed-${seed}.bin`));
  const [opcodes] = take(OPCODES);
  return {
    rivals,
    places: { seedPlaces, baselines: opcodes === undefined ? {} : { 'bag of opcodes': opcodes } },
  };
}

/** Names by exact hash, and the most frequent answers, from the training side. */
export async function learnAboutTraining(
  dataset: Dataset,
  model: KnowingModel,
): Promise<{ knowledge: TrainingKnowledge; majority: FigureContext['majority'] }> {
  const names = new Map<string, Map<string, number>>();
  const counts = {
    compiler: new Map<number, number>(),
    optimization: new Map<number, number>(),
    arguments: new Map<number, number>(),
  };
  const count = <K>(map: Map<K, number>, key: K): unknown => map.set(key, (map.get(key) ?? 0) + 1);
  const columns = ['exact_hash', 'name', 'compiler', 'optimization', 'arguments'] as const;
  for await (const row of dataset.rows(columns, { split: 'train' })) {
    if (!isJudged(row)) continue;
    const of = names.get(row.exact_hash) ?? new Map<string, number>();
    names.set(row.exact_hash, of);
    count(of, row.name);
    count(counts.compiler, LABELS.compiler.indexOf(compilerFamily(row.compiler)));
    count(counts.optimization, LABELS.optimization.indexOf(row.optimization));
    count(counts.arguments, row.arguments);
  }
  const most = <K>(map: ReadonlyMap<K, number>): K => {
    const keys = [...map.keys()];
    return keys[argMax(keys.map((key) => map.get(key)!))];
  };
  return {
    knowledge: {
      exactNames: new Map([...names].map(([hash, of]) => [hash, most(of)])),
      names: new Set(model.known.names),
    },
    majority: {
      compiler: most(counts.compiler),
      optimization: most(counts.optimization),
      arguments: most(counts.arguments),
    },
  };
}
