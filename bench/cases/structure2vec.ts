/**
 * Gemini: 64 pairs of control-flow graphs, 7 features a block, vectors of 64, 5 rounds, depth 2. Sizes of graphs are
 * spread as those of functions are: half have no more than 12 blocks, a few have hundreds.
 */

import { packGraphs, type Graph } from '../../src/nn/graph-batch.ts';
import { structure2vec } from '../../src/nn/layers/graph.ts';
import { cosineSquaredError } from '../../src/nn/losses/cosine.ts';
import { split } from '../../src/nn/ops/layout.ts';
import { adamW } from '../../src/nn/optimizers/adam.ts';
import type { RandomStream } from '../../src/nn/random.ts';
import { batches, type TrainingCase } from './case.ts';

const SIZES = { pairs: 64, features: 7, size: 64, rounds: 5, depth: 2 };
const MEDIAN = 12;
/** Of the logarithm of a graph's size, and the largest there is. */
const DEVIATION = 1.1;
const LARGEST = 240;

/** Each block leads to the next, and half of them to another one too. */
function controlFlow(random: RandomStream): Graph {
  const drawn = Math.round(MEDIAN * Math.exp(DEVIATION * random.normal()));
  const count = Math.min(LARGEST, Math.max(1, drawn));
  const edges: number[] = [];
  for (let node = 0; node + 1 < count; node++) {
    edges.push(node, node + 1);
    if (random.uniform() < 0.5) edges.push(node, random.below(count));
  }
  const features = Float32Array.from({ length: count * SIZES.features }, () => Math.abs(random.normal()));
  return { features, edges };
}

export const structure2vecTrain: TrainingCase = {
  name: 'structure2vec-train',
  optimizer: adamW({ learningRate: 1e-3 }),
  sizes: SIZES,
  batches: batches('structure2vec', (random) => ({
    ...packGraphs(
      Array.from({ length: 2 * SIZES.pairs }, () => controlFlow(random)),
      SIZES.features,
    ),
    labels: {
      dtype: 'float32',
      shape: [SIZES.pairs],
      data: Float32Array.from({ length: SIZES.pairs }, () => (random.uniform() < 0.5 ? -1 : 1)),
    },
  })),
  model(scope, { nodes, adjacency, members, labels }) {
    const vectors = structure2vec(scope.at('graphs'), { nodes, adjacency, members }, SIZES);
    const [a, b] = split(vectors, [SIZES.pairs, SIZES.pairs], 0);
    return { loss: cosineSquaredError(a, b, labels) };
  },
};
