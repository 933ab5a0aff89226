/** Cases of message passing. */

import { structure2vec } from '../../../src/nn/layers/graph.ts';
import { cast } from '../../../src/nn/ops/elementwise.ts';
import { given, normal, type Case } from '../support/check.ts';

/**
 * Three graphs in two blocks of three nodes: 2 and 1 nodes, and 2 with a place left over. How many edges there are is
 * no number to differentiate by: a node without any stands at the kink of ReLU.
 */
const inputs = {
  nodes: normal([2, 3, 2]),
  adjacency: given([2, 3, 3], [0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0], 'int64'),
  members: given([3, 6], [1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0]),
};

export const graphLayers: Readonly<Record<string, readonly Case[]>> = {
  structure2vec: [1, 2].map((depth) => ({
    name: `structure2vec, depth ${depth}`,
    inputs,
    build: ({ nodes, adjacency, members }, scope) =>
      structure2vec(
        scope,
        { nodes, adjacency: cast(adjacency, 'float32'), members },
        { size: 3, rounds: 3, depth },
      ),
  })),
};
