/**
 * Graphs of different sizes as one batch. Several small graphs share a block of nodes, so that the sum over neighbours
 * is a product of small matrices with few zeros: one large matrix for all nodes, or one for each graph as large as the
 * largest, would be zeros for the most part; and adding row by row is serial in ONNX Runtime.
 */

import { BinscribeError } from '../error.ts';
import type { HostTensors } from './runtime.ts';

export interface Graph {
  /** [nodes, width], flat. */
  readonly features: Float32Array;
  /** Pairs, flat: a node, and one of its neighbours, from which it gets a message. */
  readonly edges: ArrayLike<number>;
}

export interface PackOptions {
  /** Nodes of a block at least. It is doubled until the largest graph fits. */
  readonly block?: number;
  /** The number of blocks is a multiple of it: so few different sizes mean few compiled graphs. */
  readonly multiple?: number;
}

interface Place {
  readonly block: number;
  /** The first of its nodes within the block. */
  readonly start: number;
}

/** First fit, the largest first. */
function placesOf(sizes: readonly number[], room: number): { places: Place[]; blocks: number } {
  const filled: number[] = [];
  const places = new Array<Place>(sizes.length);
  const order = sizes.map((_, i) => i).sort((a, b) => sizes[b] - sizes[a]);
  for (const i of order) {
    const fitting = filled.findIndex((used) => used + sizes[i] <= room);
    const block = fitting < 0 ? filled.push(0) - 1 : fitting;
    places[i] = { block, start: filled[block] };
    filled[block] += sizes[i];
  }
  return { places, blocks: filled.length };
}

/**
 * @param width features of a node
 * @returns `nodes` [blocks, block, width]; `adjacency` [blocks, block, block], how often the row's node has the
 *   column's as a neighbour; `members` [graphs, blocks * block], 1 where a node is of a graph. What belongs to no graph
 *   is zeros.
 * @throws BinscribeError `usage` where features are not a whole number of nodes, or an edge leaves its graph
 */
export function packGraphs(
  graphs: readonly Graph[],
  width: number,
  { block: least = 128, multiple = 4 }: PackOptions = {},
): HostTensors {
  const sizes = graphs.map(({ features }) => features.length / width);
  if (!sizes.every(Number.isInteger)) {
    throw new BinscribeError('usage', `features of a graph are not a multiple of ${width}`);
  }
  let room = least;
  while (room < Math.max(...sizes)) room *= 2;
  const { places, blocks: used } = placesOf(sizes, room);
  const blocks = Math.ceil(used / multiple) * multiple;
  const nodes = new Float32Array(blocks * room * width);
  const adjacency = new Float32Array(blocks * room * room);
  const members = new Float32Array(graphs.length * blocks * room);
  graphs.forEach(({ features, edges }, graph) => {
    const size = sizes[graph];
    const { block, start } = places[graph];
    const first = block * room + start;
    nodes.set(features, first * width);
    members.fill(1, graph * blocks * room + first, graph * blocks * room + first + size);
    for (let i = 0; i < edges.length; i += 2) {
      const [node, neighbour] = [edges[i], edges[i + 1]];
      if (!(node >= 0 && node < size && neighbour >= 0 && neighbour < size)) {
        throw new BinscribeError('usage', `edge ${node}, ${neighbour} leaves its graph of ${size} nodes`);
      }
      adjacency[(first + node) * room + start + neighbour] += 1;
    }
  });
  return {
    nodes: { dtype: 'float32', shape: [blocks, room, width], data: nodes },
    adjacency: { dtype: 'float32', shape: [blocks, room, room], data: adjacency },
    members: { dtype: 'float32', shape: [graphs.length, blocks * room], data: members },
  };
}
