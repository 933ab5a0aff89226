/**
 * Pre-training from beginning to end (Algorithm 1): both encoders by masked tokens, the anchored one's vectors, then the
 * stages of gradual learning, each beginning where the last has ended. What is done stays done.
 */

import { maskedBatch, maskedModel } from '../../models/contrabin/masked.ts';
import { STAGES, type Stage } from '../../models/contrabin/objective.ts';
import {
  contraBinBatch,
  contraBinModel,
  ENCODERS,
  type ProgramViews,
} from '../../models/contrabin/training.ts';
import { ViewEncoder } from '../../models/contrabin/encode.ts';
import { layoutOf, type ViewNetwork } from '../../models/contrabin/encoder.ts';
import type { View } from '../../models/contrabin/views.ts';
import { maskTokensOf, type Vocabulary } from '../../models/contrabin/vocabulary.ts';
import { meanReciprocalRank, rankOf, recallAt } from '../../metrics/retrieval.ts';
import { RandomStream } from '../../nn/random.ts';
import type { HostTensor, HostTensors, Runtime } from '../../nn/runtime.ts';
import { LAST_CHECKPOINT, type FitReport } from '../../nn/training/fit.ts';
import type { TrainingSettings } from '../../nn/training/settings.ts';
import type { Store } from '../../nn/training/store.ts';
import type { Trainer } from '../../nn/training/trainer.ts';
import type { TokenTexts } from '../../tokens/bpe/token-texts.ts';
import { learned, trainOnce, type NetworkTask, type Parameters } from '../networks/experiment.ts';
import { networksOf, startOf, type Networks } from './encoders.ts';
import type { Material, Pairs, Side } from './material.ts';
import type { ContrastRecipe, PreTrainingRecipe } from './recipe.ts';

export interface PreTrainingOptions {
  readonly runtime: Runtime;
  readonly seed: number;
  /** @param folder of one training within the run */
  readonly storeOf: (folder: string) => Store;
  readonly onProgress?: (report: FitReport & { readonly folder: string }) => void;
  readonly signal?: AbortSignal;
}

/** Encoders that have learned. */
export interface PreTrained {
  /** f_t, `trained.` and so on; where views were compared also f_a, `anchored.`, and the heads, `heads.`. */
  readonly parameters: Parameters;
  /** Of each training, by its folder: figures on the validation packages. */
  readonly figures: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Encoders that learn by masked tokens, by the path of their parameters. */
export const MASKED_PATHS = ['trained', 'anchored'] as const;

/** Folder of such a training. */
export function maskedFolder(path: (typeof MASKED_PATHS)[number]): string {
  return `masked-${path}`;
}

/** @returns `null` where the signal stopped it */
export async function preTrain(
  { vocabularies, training, validation }: Material,
  recipe: PreTrainingRecipe,
  options: PreTrainingOptions,
): Promise<PreTrained | null> {
  const networks = await networksOf(recipe, vocabularies);
  const figures: Record<string, Readonly<Record<string, number>>> = {};
  const learn = async (folder: string, task: NetworkTask): Promise<Parameters | null> => {
    const { runtime, seed, storeOf, onProgress, signal } = options;
    const store = storeOf(folder);
    const found = await trainOnce(task, {
      runtime,
      seed,
      store,
      onProgress: (report) => onProgress?.({ ...report, folder }),
      ...(signal && { signal }),
    });
    if (found === null) return null;
    figures[folder] = found;
    return learned(runtime, task, store, LAST_CHECKPOINT);
  };
  let parameters: Parameters = new Map();
  for (const [path, encoder, vocabulary, texts, heldOut] of [
    ['trained', recipe.network, vocabularies.code, training.code, validation.code],
    ['anchored', recipe.anchor, vocabularies.text, training.texts, validation.texts],
  ] as const) {
    if (recipe.contrast === null && path === 'anchored') continue;
    const start = await startOf(encoder, path);
    parameters = new Map([...parameters, ...start]);
    const settings = recipe.masked[path];
    if (settings === null) continue;
    const task = maskedTask(networks[path], path, vocabulary, texts, heldOut, settings);
    const found = await learn(maskedFolder(path), { ...task, start });
    if (found === null) return null;
    parameters = new Map([...parameters, ...found]);
  }
  const { contrast } = recipe;
  if (contrast !== null) {
    const read = (side: Side, settings: ContrastRecipe): Promise<AnchoredViews> =>
      viewsOf(options.runtime, side, networks.anchored, parameters, settings);
    const learnedFrom = await read(training, contrast);
    // Judged by what people say alone.
    const judged = await read(validation, { ...contrast, named: false, uncommented: false });
    for (const stage of stagesOf(contrast)) {
      const task = contrastTask(stage, networks, contrast, learnedFrom, judged, parameters);
      const found = await learn(stage, task);
      if (found === null) return null;
      parameters = new Map([...parameters, ...found]);
    }
  }
  return { parameters, figures };
}

function maskedTask(
  network: ViewNetwork,
  path: string,
  vocabulary: Vocabulary,
  training: TokenTexts,
  validation: TokenTexts,
  settings: TrainingSettings,
): NetworkTask {
  const tokens = maskTokensOf(vocabulary);
  const masked = (texts: readonly ArrayLike<number>[], random: RandomStream): HostTensors =>
    maskedBatch(texts, vocabulary.size, random, tokens, layoutOf(network));
  const chosen = Array.from({ length: Math.min(validation.length, JUDGED) }, (_, i) => i);
  return {
    model: maskedModel(network, path),
    settings,
    data: {
      count: training.length,
      batch: (texts, _, random) =>
        masked(
          texts.map((text) => training.at(text)),
          random,
        ),
    },
    evaluate: async (trainer) => {
      let [sum, batches] = [0, 0];
      for (let from = 0; from + settings.batchSize <= chosen.length; from += settings.batchSize) {
        const texts = chosen.slice(from, from + settings.batchSize).map((text) => validation.at(text));
        // The same masks each time.
        const { loss } = await trainer.evaluate(masked(texts, new RandomStream(0, 'validation', from)));
        sum += Number(loss.data[0]);
        batches++;
      }
      return { 'loss on validation': sum / batches };
    },
    higherIsBetter: false,
  };
}

/** Texts of validation that are looked at: a checkpoint is judged in seconds. */
const JUDGED = 512;

/** The stages that a recipe has, in order: without interpolation the primary one alone. */
function stagesOf({ epochs }: ContrastRecipe): Stage[] {
  return STAGES.filter((stage) => epochs[stage] > 0);
}

/** Builds of functions, those that somebody comments first, with the views that stay as they are. */
interface AnchoredViews {
  readonly code: TokenTexts;
  readonly builds: readonly (readonly number[])[];
  /** Vectors, or tokens where the anchor learns too. */
  readonly source: readonly ArrayLike<number>[];
  /** Of the first functions. */
  readonly comment: readonly ArrayLike<number>[];
  /** Number of the package of each function. */
  readonly packages: readonly number[];
}

async function viewsOf(
  runtime: Runtime,
  { code, triples, pairs, named: all, described }: Side,
  network: ViewNetwork,
  parameters: Parameters,
  { anchored, uncommented = false, named = false, leftOut }: ContrastRecipe,
): Promise<AnchoredViews> {
  const tokensOf = (texts: TokenTexts) => Array.from({ length: texts.length }, (_, i) => texts.at(i));
  const commented = [triples, ...(named ? [all] : [])];
  // Where no source is compared, functions without one are as good.
  if (leftOut.every((view) => view === 'source')) {
    const { comments, names, builds, packages } = described;
    commented.push(
      ...[comments, ...(named ? [names] : [])].map((said) => ({
        sources: said,
        comments: said,
        builds,
        packages,
      })),
    );
  }
  const chosen: readonly Pairs[] = [...commented, ...(uncommented ? [pairs] : [])];
  const builds = chosen.flatMap((part) => part.builds);
  const packages = chosen.flatMap((part) => part.packages);
  const source = chosen.flatMap(({ sources }) => tokensOf(sources));
  const comment = commented.flatMap(({ comments }) => tokensOf(comments));
  if (!anchored) return { code, builds, packages, source, comment };
  const encoder = await ViewEncoder.open(runtime, { network, path: ENCODERS.source }, parameters);
  try {
    const [read, said] = [await encoder.encode(source), await encoder.encode(comment)];
    return { code, builds, packages, source: read, comment: said };
  } finally {
    await encoder.close();
  }
}

/** What belongs to encoders, of what contrastive learning changes. */
const ENCODER_NAMES = new RegExp(`^(?:${Object.values(ENCODERS).join('|')})\\.`);

/** An example of the training is a function, each time in some build. */
function contrastTask(
  stage: Stage,
  { trained, anchored }: Networks,
  contrast: ContrastRecipe,
  training: AnchoredViews,
  validation: AnchoredViews,
  start: Parameters,
): NetworkTask {
  const { size, dropout, objective, leftOut, epochs, encoderRate } = contrast;
  const count = stage === 'primary' ? training.builds.length : training.comment.length;
  const groups = groupsOf(training, count, contrast);
  const numbers = [...new Set(groups)].sort((a, b) => a - b);
  const isGrouped = numbers.length > 1;
  const settings = { ...contrast.training, epochs: epochs[stage], ...(isGrouped && { buckets: numbers }) };
  const model = contraBinModel({
    network: trained,
    anchor: anchored,
    anchored: contrast.anchored,
    size,
    dropout,
    objective,
  });
  const batchOf = (
    views: AnchoredViews,
    functions: readonly number[],
    random: RandomStream,
    sparing = false,
  ) =>
    contraBinBatch(
      functions.map((one) => programOf(views, one, random)),
      stage,
      functions.every((one) => one < views.comment.length) ? leftOut : ['comment'],
      contrast.anchored,
      random,
      { binary: layoutOf(trained), source: layoutOf(anchored), comment: layoutOf(anchored) },
      sparing,
    );
  return {
    model,
    settings,
    start,
    ...(encoderRate !== undefined && { groups: [{ match: ENCODER_NAMES, learningRate: encoderRate }] }),
    data: {
      count,
      batch: (functions, _, random) => batchOf(training, functions, random, true),
      ...(isGrouped && { lengthOf: (one: number) => groups[one] }),
    },
    evaluate: (trainer) => judgeViews(trainer, validation, settings.batchSize, batchOf),
    higherIsBetter: true,
  };
}

/**
 * Batches of a package, at least: what is drawn twice to fill its last one is then a small part, and no function is
 * compared with itself often.
 */
const BATCHES = 8;

/**
 * Groups of functions that batches are made of: functions with a comment, or others, because which views they have decides
 * what is compared; and where the recipe says so those of one package, the small ones together.
 * @returns the number of each function's group, from 1 on
 */
export function groupsOf(
  { packages, comment }: Pick<AnchoredViews, 'packages' | 'comment'>,
  count: number,
  { withinPackages = false, training: { batchSize } }: Pick<ContrastRecipe, 'withinPackages' | 'training'>,
): number[] {
  const groupOf = (one: number, home: number): number => 1 + 2 * home + Number(one >= comment.length);
  const own = Array.from({ length: count }, (_, one) => groupOf(one, withinPackages ? 1 + packages[one] : 0));
  const sizes = new Map<number, number>();
  for (const group of own) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return own.map((group, one) => (sizes.get(group)! < BATCHES * batchSize ? groupOf(one, 0) : group));
}

function programOf(
  { builds: all, code, source, comment }: AnchoredViews,
  one: number,
  random: RandomStream,
): ProgramViews {
  const builds = all[one];
  const binary = code.at(builds[random.below(builds.length)]);
  // Where there is no comment it is left out of the draw, and anything may stand there.
  return { source: source[one], comment: comment[one] ?? source[one], binary };
}

/** How often a binary finds its own comment and source among those of a batch of functions that training has not seen. */
async function judgeViews(
  trainer: Trainer,
  views: AnchoredViews,
  batchSize: number,
  batchOf: (views: AnchoredViews, functions: readonly number[], random: RandomStream) => HostTensors,
): Promise<Record<string, number>> {
  const ranks: Record<Exclude<View, 'binary'>, number[]> = { comment: [], source: [] };
  const count = Math.min(views.comment.length, JUDGED);
  for (let from = 0; from + batchSize <= count; from += batchSize) {
    const functions = Array.from({ length: batchSize }, (_, i) => from + i);
    const outputs = await trainer.evaluate(
      batchOf(views, functions, new RandomStream(0, 'validation', from)),
    );
    for (const view of ['comment', 'source'] as const) {
      ranks[view].push(...ranksAmong(outputs['binary'], outputs[view]));
    }
  }
  return Object.fromEntries(
    Object.entries(ranks).flatMap(([view, found]) => [
      [`${view} MRR`, meanReciprocalRank(found)],
      [`${view} recall@1`, recallAt(found, 1)],
    ]),
  );
}

/** The rank of row i of `keys` for row i of `queries`, by cosine. [batch, size] each */
function ranksAmong(queries: HostTensor, keys: HostTensor): number[] {
  const [batch, size] = queries.shape;
  const rowOf = ({ data }: HostTensor, i: number): Float32Array =>
    (data as Float32Array).subarray(i * size, (i + 1) * size);
  return Array.from({ length: batch }, (_, i) => {
    const query = rowOf(queries, i);
    const scores = Array.from({ length: batch }, (__, k) => cosine(query, rowOf(keys, k)));
    return rankOf(scores, i);
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return dot / Math.sqrt(aa * bb);
}
