/** Message passing on graphs: structure2vec (Dai et al. 2016), in the form of Gemini (Xu et al. 2017, section 3.2). */

import { xavier } from '../initialize.ts';
import { add, relu, tanh } from '../ops/elementwise.ts';
import { reshape } from '../ops/layout.ts';
import { matmul } from '../ops/matmul.ts';
import type { Scope } from '../scope.ts';
import { expectRank, expectShape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { linear } from './linear.ts';

/** A batch of graphs: see `graph-batch.ts`. */
export interface GraphTensors {
  /** Features: [blocks, block, inputs]. */
  readonly nodes: Tensor;
  /** [blocks, block, block]. */
  readonly adjacency: Tensor;
  /** [graphs, blocks * block]. */
  readonly members: Tensor;
}

export interface Structure2vecOptions {
  /** Width of a node's vector and of a graph's. Gemini has 64. */
  readonly size: number;
  /** How far messages go, T. Gemini has 5. */
  readonly rounds: number;
  /** Layers of what a sum of messages goes through, n. Gemini has 2. */
  readonly depth: number;
}

/** Linear layers without biases, ReLU between them: of zeros it makes zeros. */
function messageNetwork(scope: Scope, x: Tensor, { size, depth }: Structure2vecOptions): Tensor {
  let y = x;
  for (let i = 0; i < depth; i++) {
    y = linear(scope.at(i), i === 0 ? y : relu(y), size, { bias: false, initializer: xavier });
  }
  return y;
}

/**
 * Vectors of graphs. A node starts with zeros; in each round it becomes tanh(W x + s(sum of its neighbours)), for s a
 * small network. A graph's vector is the sum of its nodes', projected.
 * @returns [graphs, size]
 */
export function structure2vec(
  scope: Scope,
  { nodes, adjacency, members }: GraphTensors,
  options: Structure2vecOptions,
): Tensor {
  return scope.layer('structure2vec', () => {
    expectRank(nodes, 3, 'nodes');
    const [blocks, block] = nodes.shape;
    expectShape(adjacency, [blocks, block, block], 'adjacency');
    const own = linear(scope.at('node'), nodes, options.size, { bias: false, initializer: xavier });
    // The first round's messages are all zeros.
    let states = tanh(own);
    for (let i = 1; i < options.rounds; i++) {
      const heard = messageNetwork(scope.at('message'), matmul(adjacency, states), options);
      states = tanh(add(own, heard));
    }
    const total = matmul(members, reshape(states, [members.shape[1], options.size]));
    return linear(scope.at('output'), total, options.size, { bias: false, initializer: xavier });
  });
}
