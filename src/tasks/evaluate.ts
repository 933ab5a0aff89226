/** `binscribe evaluate`: a run judged on the packages that it did not learn from. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, openDataset } from '../corpus/dataset.ts';
import { sha256 } from '../corpus/hash.ts';
import { BinscribeError, corrupt, describeError } from '../error.ts';
import type { FirstModel } from '../models/first.ts';
import { loadModel } from '../models/folder.ts';
import { findByHash } from '../models/known/index.ts';
import { type ClassifierSet, decodeClassifiers } from './classifier-file.ts';
import { LABELS } from './classifiers.ts';
import { type Figure, type FigureContext, figuresOf } from './figures.ts';
import { argMax, judge, type Judged, type TrainingKnowledge } from './judge.ts';
import { compilerFamily, type LabelledProgram, labelledPrograms } from './labelled.ts';
import { checkOrbit, ORBIT_TEST, orbitPrograms } from './orbit.ts';
import { type RetrievalFigure, RetrievalTask } from './retrieval.ts';
import { readRun, type RunManifest } from './run.ts';

/** Figures of one choice of functions. */
export interface FigureSet {
  functions: string;
  figures: Figure[];
}

export interface Evaluation {
  schema: 1;
  run: { name: string; model: string; recipe: RunManifest['recipe'] };
  dataset: { name: string; manifest: string; test: string[] };
  sets: FigureSet[];
  /** The same model on functions of older compilers and other packages. */
  orbit?: { packages: readonly string[]; sets: FigureSet[] };
  retrieval: RetrievalFigure[];
}

export interface EvaluateOptions {
  /** Another data set than the run's. */
  dataset?: string | undefined;
  /** Folder of the orbit data set. */
  orbit?: string | undefined;
  progress: (step: string, done: number, total: number) => void;
}

/** Of bootstraps and of the random baseline. */
const SEED = 1;
/** Pools drawn for retrieval where the recipe has no seeds. */
const POOL_SEEDS = [1, 2, 3];
const OPCODES = 'opcodes.bin';

/**
 * @throws BinscribeError: `missing` without a run, `unreadable` without a data set, `corrupt` where a file is
 *   damaged, `usage` where the data set is not the one that the run learned from and was not named.
 */
export async function evaluate(run: string, options: EvaluateOptions): Promise<Evaluation> {
  const manifest = readRun(run);
  const model = await loadModel((name) => readFile(run, name), run);
  const directory = options.dataset ?? manifest.recipe.dataset;
  const dataset = openDataset(directory);
  const datasetHash = sha256(readFileSync(join(directory, 'manifest.json')));
  if (options.dataset === undefined && datasetHash !== manifest.dataset.manifest) {
    throw new BinscribeError(
      'usage',
      `${directory}: not the data set that ${run} learned from: expected a manifest of SHA-256 ${manifest.dataset.manifest}, got ${datasetHash}`,
      { hint: `Train again; or judge on it all the same: --dataset ${directory}` },
    );
  }
  if (options.orbit !== undefined) checkOrbit(options.orbit, ORBIT_TEST);
  const { seeds } = manifest.recipe;
  const others = readOthers(run, seeds);
  const training = await learnAboutTraining(dataset, model);
  const judging = {
    model,
    threshold: model.nameThreshold,
    others: others.sets,
    knowledge: training.knowledge,
  };
  const context: FigureContext = { seed: SEED, majority: training.majority, ...others.places };

  const retrieval = new RetrievalTask(model.known, manifest.recipe.floor);
  const rows = dataset.manifest.counts.test.rows;
  const judged = await judge(
    also(labelledPrograms(dataset, 'test'), (program) => retrieval.add(program)),
    {
      ...judging,
      progress: (done) => options.progress('judging', done, rows),
    },
  );
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
    sets: figureSets(judged, context, manifest.recipe.floor),
    retrieval: retrieval.figures(seeds.length > 0 ? seeds : POOL_SEEDS),
  };
  if (options.orbit !== undefined) {
    const isKnown = (hash: string): boolean => findByHash(model.known, hash) >= 0;
    const orbit = await judge(orbitPrograms(options.orbit, ORBIT_TEST, isKnown), {
      ...judging,
      progress: (done) => options.progress('judging orbit', done, ORBIT_FUNCTIONS),
    });
    result.orbit = { packages: ORBIT_TEST, sets: figureSets(orbit, context, manifest.recipe.floor) };
  }
  return result;
}

/** Functions of orbit's test packages (its SOURCE.md), for the time left. */
const ORBIT_FUNCTIONS = 132_529;

function figureSets(judged: readonly Judged[], context: FigureContext, floor: number): FigureSet[] {
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

function readFile(folder: string, name: string): Uint8Array {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    throw corrupt(`${folder}/${name}: a part of the run cannot be read: ${describeError(error)}`);
  }
}

/** Classifiers trained beside the model. A model folder that was copied without them is judged without them. */
function readOthers(
  run: string,
  seeds: readonly number[],
): { sets: ClassifierSet[]; places: Pick<FigureContext, 'seedPlaces' | 'opcodePlace'> } {
  const sets: ClassifierSet[] = [];
  const take = (name: string): number[] => {
    if (!existsSync(join(run, name))) return [];
    return [sets.push(decodeClassifiers(readFile(run, name), `${run}/${name}`)) - 1];
  };
  const seedPlaces = seeds.flatMap((seed) => take(`seed-${seed}.bin`));
  return { sets, places: { seedPlaces, opcodePlace: take(OPCODES).at(0) } };
}

/** Names by exact hash, and the most frequent answers, from the training side. */
async function learnAboutTraining(
  dataset: Dataset,
  model: FirstModel,
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

async function* also(
  programs: AsyncIterable<LabelledProgram>,
  visit: (program: LabelledProgram) => void,
): AsyncGenerator<LabelledProgram> {
  for await (const program of programs) {
    visit(program);
    yield program;
  }
}
