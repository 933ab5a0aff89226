/** `binscribe evaluate` of an encoder: the models of all its seeds and of a baseline, on the same test functions. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset } from '../../corpus/dataset.ts';
import { BinscribeError } from '../../error.ts';
import { loadModel } from '../../models/folder.ts';
import type { KnowingModel } from '../../models/inspection.ts';
import { findByHash } from '../../models/known/index.ts';
import { nodeRuntime } from '../../runtimes/node.ts';
import {
  checkEvaluated,
  type Evaluation,
  figureSets,
  judgeOrbit,
  learnAboutTraining,
  POOL_SEEDS,
  readClassifiers,
  readFile,
  SEED,
  type EvaluateOptions,
} from '../evaluate.ts';
import type { FigureContext } from '../figures.ts';
import { judge, type Told } from '../judge.ts';
import { type LabelledProgram, labelledPrograms } from '../labelled.ts';
import { trainingFolder } from '../networks/experiment.ts';
import { MODEL_FOLDER, type NetworkManifest, readNetworkManifest } from '../networks/run-folder.ts';
import { OPCODE_PAIRS, pairVector } from '../opcode-pairs.ts';
import { type Comparison, dot, questionsFor, RetrievalTask } from '../retrieval.ts';
import { bestSeed } from './export.ts';
import { modelRival, rememberingLast, type Rival } from '../rivals.ts';
import { readRun } from '../run.ts';

/**
 * @param options.baseline run of the model `first` on the same data set, whose answers stand beside
 * @throws BinscribeError: `missing` without a run or its models, `usage` where the data set or the baseline is another
 */
export async function evaluateEncoder(run: string, options: EvaluateOptions): Promise<Evaluation> {
  const manifest = readNetworkManifest(run);
  const { recipe } = manifest;
  const dataset = openDataset(options.dataset ?? recipe.dataset);
  const datasetHash = checkEvaluated(options, recipe.dataset, manifest.dataset, run);
  const models = await openSeeds(run, manifest);
  const best = bestSeed(manifest);
  const rivals: Rival[] = models.map((model, i) => modelRival(`seed ${recipe.seeds[i]}`, model));
  const seedPlaces = models.map((_, i) => i);
  const baselines: Record<string, number> = {};
  const first = options.baseline === undefined ? null : await openBaseline(options.baseline, datasetHash);
  if (first) {
    baselines['first model'] = rivals.push(modelRival('first model', first.model)) - 1;
    const linear = readClassifiers(first.run, []);
    for (const [name, place] of Object.entries(linear.places.baselines)) {
      baselines[name] = rivals.push(linear.rivals[place]) - 1;
    }
  }
  const model = models[best];
  const { knowledge, majority } = await learnAboutTraining(dataset, model);
  const context: FigureContext = { seed: SEED, majority, seedPlaces, baselines };
  const comparisons: Comparison<never>[] = [
    ...models.map((_, i) => ({ name: `seed ${recipe.seeds[i]}`, similarity: dot })),
    ...(first ? [OPCODE_PAIRS] : []),
  ];
  const retrieval = new RetrievalTask(questionsFor('gcc-12', 'clang-19'), comparisons, recipe.floor);
  const vectors =
    (task: RetrievalTask) =>
    (program: LabelledProgram, { answers }: Told): void =>
      task.add(program, (i) => [
        ...models.map((_, seed) => answers[seed][i].vector),
        ...(first ? [pairVector(first.model.known, program.functions[i].body)] : []),
      ]);
  const judging = { model, threshold: model.nameThreshold, rivals, knowledge };
  const rows = dataset.manifest.counts.test.rows;
  const judged = await judge(labelledPrograms(dataset, 'test'), {
    ...judging,
    observe: vectors(retrieval),
    progress: (done) => options.progress('judging', done, rows),
  });
  const evaluation: Evaluation = {
    schema: 1,
    run: { name: recipe.name, model: model.card.id, recipe },
    dataset: {
      name: dataset.manifest.name,
      manifest: datasetHash,
      test: dataset.manifest.packages
        .filter(({ split }) => split === 'test')
        .map(({ name, version }) => `${name} ${version}`),
    },
    sets: figureSets(judged, context, recipe.floor),
    retrieval: retrieval.figures(POOL_SEEDS),
  };
  if (options.orbit !== undefined) {
    const task = new RetrievalTask(questionsFor('gcc', 'clang'), comparisons, recipe.floor);
    const isKnown = (hash: string): boolean => findByHash(model.known, hash) >= 0;
    evaluation.orbit = {
      ...(await judgeOrbit(options.orbit, isKnown, context, recipe.floor, {
        ...judging,
        observe: vectors(task),
        progress: options.progress,
      })),
      retrieval: task.figures(POOL_SEEDS),
    };
  }
  return evaluation;
}

async function openSeeds(run: string, { recipe }: NetworkManifest): Promise<KnowingModel[]> {
  const runtime = nodeRuntime();
  const models: KnowingModel[] = [];
  for (const seed of recipe.seeds) {
    const folder = join(run, trainingFolder(0, 1, seed), MODEL_FOLDER);
    if (!existsSync(folder)) {
      throw new BinscribeError('missing', `${folder}: no model here`, {
        hint: 'A run with a grid has none: train the chosen settings by themselves.',
      });
    }
    models.push(
      rememberingLast(await loadModel((name) => readFile(folder, name), folder, { runtime: () => runtime })),
    );
  }
  return models;
}

async function openBaseline(run: string, dataset: string): Promise<{ run: string; model: KnowingModel }> {
  const manifest = readRun(run);
  if (manifest.dataset.manifest !== dataset) {
    throw new BinscribeError(
      'usage',
      `${run}: a baseline of the same data set expected (manifest ${dataset}), got one of ${manifest.dataset.manifest}`,
      { hint: 'Train recipes/baseline.json, or another recipe of the model `first`, on that data set.' },
    );
  }
  return { run, model: await loadModel((name) => readFile(run, name), run) };
}
