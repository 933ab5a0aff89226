/** Graphs in blocks against the same graphs by themselves. */

import { describe, expect, it } from 'vitest';
import { packGraphs, type Graph } from '../../src/nn/graph-batch.ts';
import { structure2vec } from '../../src/nn/layers/graph.ts';
import { input } from '../../src/nn/ops/source.ts';
import { RandomStream } from '../../src/nn/random.ts';
import type { HostTensors } from '../../src/nn/runtime.ts';
import { Scope } from '../../src/nn/scope.ts';
import { evaluate } from '../../src/nn/session.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';

const WIDTH = 3;
const random = new RandomStream(5, 'graphs');

function graphOf(nodes: number, edges: number): Graph {
  return {
    features: Float32Array.from({ length: nodes * WIDTH }, () => random.normal()),
    edges: Int32Array.from({ length: edges * 2 }, () => random.below(nodes)),
  };
}

/** Sizes of which no two fill a block; one is larger than a block, one is a single node, one has no edges. */
const graphs = [graphOf(5, 9), graphOf(19, 30), graphOf(1, 1), graphOf(4, 0), graphOf(7, 7)];

describe('packGraphs', () => {
  it('doubles the block until the largest fits, and pads their number', () => {
    const { nodes, adjacency, members } = packGraphs(graphs, WIDTH, { block: 8, multiple: 3 });
    expect(nodes.shape).toEqual([3, 32, WIDTH]);
    expect(adjacency.shape).toEqual([3, 32, 32]);
    expect(members.shape).toEqual([graphs.length, 96]);
  });

  it('keeps every node and every edge, repeated edges too', () => {
    const { nodes, adjacency, members } = packGraphs(graphs, WIDTH, { block: 8 });
    const [, room] = nodes.shape;
    graphs.forEach(({ features, edges }, graph) => {
      const row = Array.from(members.data, Number).slice(
        graph * members.shape[1],
        (graph + 1) * members.shape[1],
      );
      const first = row.indexOf(1);
      const count = features.length / WIDTH;
      expect(row.reduce((a, b) => a + b)).toBe(count);
      expect(nodes.data.slice(first * WIDTH, (first + count) * WIDTH)).toEqual(features);
      const wanted = new Array<number>(count * count).fill(0);
      for (let i = 0; i < edges.length; i += 2) wanted[edges[i] * count + edges[i + 1]]++;
      const found = wanted.map((_, i) => {
        const [node, neighbour] = [Math.floor(i / count), i % count];
        return adjacency.data[(first + node) * room + (first % room) + neighbour];
      });
      expect(found).toEqual(wanted);
    });
    const total = Array.from(adjacency.data, Number).reduce((a, b) => a + b);
    expect(total).toBe(graphs.reduce((sum, { edges }) => sum + edges.length / 2, 0));
  });

  it('refuses edges that leave their graph and features that are cut off', () => {
    const features = new Float32Array(2 * WIDTH);
    expect(() => packGraphs([{ features, edges: [0, 2] }], WIDTH)).toThrow('leaves its graph of 2 nodes');
    expect(() => packGraphs([{ features: new Float32Array(4), edges: [] }], WIDTH)).toThrow('multiple of 3');
  });
});

describe('structure2vec', () => {
  async function vectors(batch: readonly Graph[], block: number): Promise<number[][]> {
    const feeds = packGraphs(batch, WIDTH, { block, multiple: 1 });
    const scope = new Scope(false);
    const [nodes, adjacency, members] = ['nodes', 'adjacency', 'members'].map((name) =>
      input(name, feeds[name].shape),
    );
    const output = structure2vec(scope, { nodes, adjacency, members }, { size: 4, rounds: 4, depth: 2 });
    const weights: HostTensors = Object.fromEntries(
      [...scope.declarations.parameters].map(([name, { shape }]) => {
        const sizes = shape as readonly number[];
        const stream = new RandomStream(9, name);
        const data = Float32Array.from({ length: sizes[0] * sizes[1] }, () => stream.normal());
        return [name, { dtype: 'float32', shape: sizes, data }];
      }),
    );
    const result = await evaluate(nodeRuntime({ threads: 1 }), { output }, { ...feeds, ...weights });
    const values = Array.from(result['output'].data, Number);
    return batch.map((_, i) => values.slice(i * 4, (i + 1) * 4));
  }

  it('gives a graph the same vector alone, among others and in blocks of any size', async () => {
    const together = await vectors(graphs, 8);
    const wide = await vectors(graphs, 64);
    for (const [i, graph] of graphs.entries()) {
      const [alone] = await vectors([graph], 1);
      alone.forEach((value, j) => {
        expect(together[i][j]).toBeCloseTo(value, 4);
        expect(wide[i][j]).toBeCloseTo(value, 4);
      });
    }
  });
});
