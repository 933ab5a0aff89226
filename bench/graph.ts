/**
 * `bench graph`: how long a training graph of over a thousand nodes takes to be built, and its session to start,
 * against the second and the two that we allow ourselves. There is no peer: who computes eagerly builds nothing.
 */

import { gradients } from '../src/nn/autodiff.ts';
import { transformerEncoder } from '../src/nn/layers/transformer.ts';
import { compileGraph } from '../src/nn/onnx/compile.ts';
import { encodeModel, type OnnxGraph } from '../src/nn/onnx/model.ts';
import { sum } from '../src/nn/ops/broadcast.ts';
import { square } from '../src/nn/ops/elementwise.ts';
import { input } from '../src/nn/ops/source.ts';
import { Scope } from '../src/nn/scope.ts';
import { nodeRuntime } from '../src/runtimes/node.ts';
import { medianOf, type BenchResult } from './common.ts';

const ROUNDS = 7;
const ALLOWED = { build: 1000, start: 2000 } as const;

/** Losses and gradients of a transformer of nine layers: over a thousand nodes. */
export function deepGraph(): OnnxGraph {
  const scope = new Scope(true);
  const options = { layers: 9, heads: 4, inner: 256, dropout: 0.1 };
  const x = input('x', [4, 64, 64]);
  const loss = sum(square(transformerEncoder(scope.at('encoder'), x, options)));
  const parameters = [...scope.declarations.parameters];
  const found = gradients(
    loss,
    parameters.map(([, tensor]) => tensor),
  );
  const outputs = Object.fromEntries(parameters.map(([name], i) => [`gradient.${name}`, found[i]]));
  return compileGraph({ loss, ...outputs });
}

export async function benchGraph(_: readonly string[], log: (line: string) => void): Promise<BenchResult[]> {
  const runtime = nodeRuntime();
  const times = { build: [] as number[], start: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    const graph = deepGraph();
    const bytes = encodeModel(graph);
    const built = performance.now();
    const session = await runtime.open(bytes);
    times.build.push(built - began);
    times.start.push(performance.now() - built);
    await session.close();
    log(
      `${graph.nodes.length} nodes ${round + 1}/${ROUNDS}: built in ${times.build[round].toFixed(0)} ms, ` +
        `started in ${times.start[round].toFixed(0)} ms`,
    );
  }
  return (['build', 'start'] as const).map((name) => {
    const ours = medianOf(times[name]);
    return { name, ratio: ALLOWED[name] / ours, ours, peer: ALLOWED[name], peerName: 'allowed' };
  });
}
