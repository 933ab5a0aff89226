/**
 * From what a training has learned to a model: the network as a file, the known functions with their vectors, and
 * what makes probabilities honest, all from packages that the network has not learned from.
 */

import {
  exportEncoder,
  type EncoderInput,
  type EncoderOutput,
  EncoderSession,
} from '../../models/encoder/encode.ts';
import { type EncoderFiles, writeEncoder } from '../../models/encoder/folder.ts';
import { MOST_FOUND, similar, type Style, type Temperatures } from '../../models/encoder/model.ts';
import { NearestVectors } from '../../models/encoder/nearest.ts';
import { reachOf, TYPE_CLASSES } from '../../models/encoder/network.ts';
import { NO_TYPE } from '../../models/encoder/training.ts';
import type { ModelOrigin } from '../../models/document.ts';
import { isSeenIn } from '../../models/known/index.ts';
import { fitTemperature } from '../../models/linear/temperature.ts';
import { type Found, nameCandidates } from '../../models/names.ts';
import type { Runtime } from '../../nn/runtime.ts';
import { LABELS } from '../classifiers.ts';
import { type HeldOutName, nameThreshold, trainNames } from '../naming.ts';
import type { EncoderExample, EncoderExamples } from './examples.ts';
import type { CollectedFunctions } from './known.ts';
import type { EncoderRecipe } from './recipe.ts';

export interface FinishOptions {
  readonly recipe: EncoderRecipe;
  /** What was learned, by name. */
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly learned: EncoderExamples;
  readonly collected: CollectedFunctions;
  /** Of the validation packages, unlike any that was learned from. */
  readonly unseen: readonly EncoderExample[];
  readonly runtime: Runtime;
  readonly description: string;
  readonly origin: ModelOrigin;
  readonly progress: (done: number, total: number) => void;
}

/** @returns name → contents of the model's files */
export async function finishEncoder(options: FinishOptions): Promise<Map<string, Uint8Array>> {
  const { recipe, parameters, learned, collected, unseen, runtime, progress } = options;
  const network = exportEncoder(recipe.network, parameters);
  const reach = reachOf(recipe.network);
  const session = await EncoderSession.open(runtime, network, reach);
  const { known, inputs } = collected;
  const total = unseen.length + inputs.length;
  const temperatures = temperaturesOf(unseen, await session.encode(unseen, (done) => progress(done, total)));
  const vectors = await vectorsOf(session, inputs, (done) => progress(unseen.length + done, total));
  await session.close();

  const heldOut = await heldOutNames(collected, vectors, new Set(recipe.validation), recipe, runtime);
  const linear = trainNames(heldOut, recipe.names.penalty);
  const files: EncoderFiles = {
    floor: recipe.floor,
    longest: recipe.network.longest,
    labels: LABELS,
    priors: { compiler: sharesOf(learned, 'compiler'), optimization: sharesOf(learned, 'optimization') },
    temperatures,
    known,
    names: {
      linear,
      similarity: recipe.names.similarity,
      threshold: nameThreshold(heldOut, linear, recipe.names.precision),
    },
    network,
    reach,
    vectors,
  };
  return writeEncoder(files, options.description, options.origin);
}

/** Of each label, as the training drew them: a function counts once, however many builds it has. */
function sharesOf({ examples, builds }: EncoderExamples, style: Style): number[] {
  const shares = LABELS[style].map(() => 0);
  for (const own of builds) for (const i of own) shares[examples[i][style]] += 1 / own.length / builds.length;
  return shares;
}

function temperaturesOf(
  examples: readonly EncoderExample[],
  outputs: readonly EncoderOutput[],
): Temperatures {
  const fit = (scores: readonly Float32Array[], truth: readonly number[]): number =>
    scores.length === 0
      ? 1
      : fitTemperature(
          scores.map((one) => Float64Array.from(one)),
          truth,
        );
  const of = (name: 'compiler' | 'optimization' | 'arguments'): number =>
    fit(
      outputs.map((output) => output[name]),
      examples.map((example) => example[name]),
    );
  const typed = examples.flatMap(({ types }, i) =>
    types.flatMap((type, k) => (type === NO_TYPE ? [] : [{ type, scores: typeScores(outputs[i], k) }])),
  );
  return {
    compiler: of('compiler'),
    optimization: of('optimization'),
    arguments: of('arguments'),
    types: fit(
      typed.map(({ scores }) => scores),
      typed.map(({ type }) => type),
    ),
  };
}

function typeScores({ types }: EncoderOutput, parameter: number): Float32Array {
  return types.subarray(parameter * TYPE_CLASSES.length, (parameter + 1) * TYPE_CLASSES.length);
}

/** [functions, size], flat. */
async function vectorsOf(
  session: EncoderSession,
  inputs: readonly EncoderInput[],
  progress: (done: number) => void,
): Promise<Float32Array> {
  const outputs = await session.encode(inputs, progress);
  const size = outputs.length === 0 ? 1 : outputs[0].vector.length;
  const vectors = new Float32Array(inputs.length * size);
  outputs.forEach(({ vector }, i) => vectors.set(vector, i * size));
  return vectors;
}

/** Functions of the validation packages, looked up among those of the others. */
async function heldOutNames(
  { known, functions }: CollectedFunctions,
  vectors: Float32Array,
  validation: ReadonlySet<string>,
  { names }: EncoderRecipe,
  runtime: Runtime,
): Promise<HeldOutName[]> {
  const accept = (origin: number): boolean => !validation.has(known.origins[origin].package);
  const entries = Array.from({ length: known.entries }, (_, entry) => entry).filter((entry) =>
    isSeenIn(known, entry, accept),
  );
  if (entries.length === 0) return [];
  const size = vectors.length / known.entries;
  const vectorOf = (entry: number): Float32Array => vectors.subarray(entry * size, (entry + 1) * size);
  const index = new Float32Array(entries.length * size);
  entries.forEach((entry, i) => index.set(vectorOf(entry), i * size));
  const nearest = await NearestVectors.open(runtime, index, size, MOST_FOUND);
  const asked = functions.filter((one) => validation.has(one.package));
  const hits = await nearest.search(asked.map(({ entry }) => vectorOf(entry)));
  await nearest.close();
  const others = new Set(entries);
  return asked.map(({ entry, name, length }, i) => {
    const found: Found[] = others.has(entry) ? [{ entry, similarity: 1, match: 'normalized' }] : [];
    const near = hits[i].map((hit) => ({ ...hit, entry: entries[hit.entry] }));
    found.push(...similar(near, entry, names.similarity));
    return { truth: name, candidates: nameCandidates(known, found, length, accept) };
  });
}
