/**
 * What pre-trained encoders make of code before they are tuned (section 4.1): whether vectors stand in clusters, which the
 * paper takes for a fault where all functions are different, whether functions that are near have like names, and how near
 * each other chosen pairs are.
 */

import type { Dataset } from '../../corpus/dataset.ts';
import { fraction } from '../../corpus/hash.ts';
import { BinscribeError } from '../../error.ts';
import { neighbourAgreement, silhouette, sphericalMeans } from '../../metrics/clusters.ts';
import { normalizeRows } from '../../metrics/edc/sums.ts';
import { dotScores } from '../../metrics/retrieval.ts';
import { identifierParts } from '../../metrics/text/words.ts';
import { ViewEncoder } from '../../models/contrabin/encode.ts';
import { layoutOf, type ViewNetwork } from '../../models/contrabin/encoder.ts';
import { maskedBatch, maskedModel, OWN_MASK } from '../../models/contrabin/masked.ts';
import { ENCODERS } from '../../models/contrabin/training.ts';
import type { Vocabulary } from '../../models/contrabin/vocabulary.ts';
import { latentSemanticVectors } from '../../models/embedders/lsa.ts';
import { adamW } from '../../nn/optimizers/adam.ts';
import { RandomStream } from '../../nn/random.ts';
import type { Runtime } from '../../nn/runtime.ts';
import { Trainer } from '../../nn/training/trainer.ts';
import { type Place, placesOf } from '../../places.ts';
import { lineCount } from '../../tokens/assembly.ts';
import type { Parameters } from '../networks/experiment.ts';
import { codedFunctions, type CodeView } from './programs.ts';
import type { EmbeddingSettings } from './study-shape.ts';

/** A function that is embedded. */
export interface EmbeddedFunction {
  readonly name: string;
  readonly code: string;
}

const COLUMNS = ['name', 'normalized_duplicate'] as const;

/**
 * All different by their normalised code.
 * @throws BinscribeError `usage` where a function that is to be followed is not there
 */
export async function embeddedFunctions(
  dataset: Dataset,
  view: CodeView,
  floor: number,
  { build, functions, followed }: EmbeddingSettings,
): Promise<EmbeddedFunction[]> {
  const wanted = new Set(followed.flat());
  const found = new Map<string, EmbeddedFunction>();
  const drawn: (EmbeddedFunction & { at: number })[] = [];
  for await (const { row, code } of codedFunctions(dataset, { view, columns: COLUMNS, split: 'test' })) {
    const { package: from, binary, name, compiler, optimization, normalized_duplicate: isDuplicate } = row;
    if (isDuplicate || `${compiler} ${optimization}` !== build || lineCount(code) < floor) continue;
    if (wanted.has(name) && !found.has(name)) found.set(name, { name, code });
    else drawn.push({ name, code, at: fraction(`embedded ${from} ${binary} ${name}`) });
  }
  const absent = [...wanted].find((name) => !found.has(name));
  if (absent !== undefined) {
    throw new BinscribeError(
      'usage',
      `followed: a function of the test side in ${build} expected, got ${absent}`,
    );
  }
  drawn.sort((a, b) => a.at - b.at);
  // In the order of the pairs: a map marks the first functions two by two.
  return [
    ...followed.flat().map((name) => found.get(name)!),
    ...drawn.slice(0, functions - 2 * followed.length),
  ];
}

/** Clusters that are looked for: the paper sees one, two and "some". */
const MOST_CLUSTERS = 10;

export interface EmbeddingReport {
  /** The number of clusters, from two on, in which they stand the clearest apart, and their silhouette. */
  readonly clusters: number;
  readonly silhouette: number;
  /** Share of nearest neighbours that are nearest by their names' words too, and what chance gives. */
  readonly agreement: number;
  readonly chance: number;
  /** Cosine of any two functions. */
  readonly meanCosine: number;
  /** Of each followed pair its cosine, and the share of all functions that are nearer to the first than the second is. */
  readonly followed: readonly { readonly cosine: number; readonly nearer: number }[];
  /** On a map, in the order of the functions. */
  readonly places: readonly Place[];
}

/** @param parameters of f_t */
export async function measureEmbeddings(
  functions: readonly EmbeddedFunction[],
  { vocabulary, limit, network }: { vocabulary: Vocabulary; limit: number; network: ViewNetwork },
  parameters: Parameters,
  { neighbours, followed }: EmbeddingSettings,
  runtime: Runtime,
): Promise<EmbeddingReport> {
  const encoder = await ViewEncoder.open(runtime, { network, path: ENCODERS.binary }, parameters);
  let pooled: Float32Array[];
  try {
    pooled = await encoder.encode(functions.map(({ code }) => vocabulary.encode(code, limit)));
  } finally {
    await encoder.close();
  }
  const size = pooled[0].length;
  const count = functions.length;
  const flat = new Float32Array(count * size);
  pooled.forEach((vector, i) => flat.set(vector, i * size));
  return report(normalizeRows(flat, size), size, functions, neighbours, followed);
}

/** What an encoder begins with that has learned nothing. */
export async function drawnParameters(
  network: ViewNetwork,
  seed: number,
  runtime: Runtime,
): Promise<Parameters> {
  // Any model of it tells its parameters, and any batch their shapes.
  const trainer = await Trainer.create(
    { runtime, model: maskedModel(network, ENCODERS.binary), optimizer: adamW({ learningRate: 1 }), seed },
    maskedBatch([[0]], 1, new RandomStream(seed, 'sample', 0), OWN_MASK, layoutOf(network)),
  );
  try {
    return new Map([...trainer.parameters()].map(([name, { data }]) => [name, data]));
  } finally {
    await trainer.close();
  }
}

function report(
  vectors: Float32Array,
  size: number,
  functions: readonly EmbeddedFunction[],
  neighbours: number,
  followed: EmbeddingSettings['followed'],
): EmbeddingReport {
  const count = functions.length;
  const score = dotScores(vectors, size);
  const names = latentSemanticVectors(
    functions.map(({ name }) => identifierParts(name)),
    { seed: 1 },
  );
  const best = clearestClusters(vectors, size);
  const scores = new Float32Array(count);
  const pairs = followed.map(([first, second]) => {
    const [one, other] = [first, second].map((name) => functions.findIndex((f) => f.name === name));
    score(one, scores);
    const nearer = scores.reduce((sum, value, i) => sum + Number(i !== one && value > scores[other]), 0);
    return { cosine: scores[other], nearer: nearer / (count - 1) };
  });
  return {
    ...best,
    agreement: neighbourAgreement(score, dotScores(names.vectors, names.size), count, neighbours),
    chance: neighbours / (count - 1),
    meanCosine: meanCosine(vectors, size),
    followed: pairs,
    places: placesOf(functions.map((_, i) => vectors.subarray(i * size, (i + 1) * size))).filter(
      (place) => place !== null,
    ),
  };
}

function clearestClusters(vectors: Float32Array, size: number): { clusters: number; silhouette: number } {
  const score = dotScores(vectors, size);
  let best = { clusters: 0, silhouette: -Infinity };
  for (let k = 2; k <= MOST_CLUSTERS; k++) {
    const clusters = sphericalMeans(vectors, size, k, 1);
    if (new Set(clusters).size < 2) continue;
    const found = silhouette(score, clusters);
    if (found > best.silhouette) best = { clusters: k, silhouette: found };
  }
  return best;
}

/** Of all pairs of two: the sum over pairs is the square of the sum, less each with itself. */
function meanCosine(vectors: Float32Array, size: number): number {
  const count = vectors.length / size;
  const sum = new Float64Array(size);
  for (let i = 0; i < vectors.length; i++) sum[i % size] += vectors[i];
  const square = sum.reduce((total, value) => total + value * value, 0);
  return (square - count) / (count * (count - 1));
}
