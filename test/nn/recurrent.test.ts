/** The standard operator, which graphs without gradients have, against the loop, which those with gradients have. */

import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/nn/autodiff.ts';
import { gru, lstm } from '../../src/nn/layers/recurrent.ts';
import { compileGraph } from '../../src/nn/onnx/compile.ts';
import { encodeModel } from '../../src/nn/onnx/model.ts';
import { sum } from '../../src/nn/ops/broadcast.ts';
import { input } from '../../src/nn/ops/source.ts';
import { RandomStream } from '../../src/nn/random.ts';
import type { HostTensors } from '../../src/nn/runtime.ts';
import { Scope } from '../../src/nn/scope.ts';
import { evaluate } from '../../src/nn/session.ts';
import type { Tensor } from '../../src/nn/tensor.ts';
import type { Dim } from '../../src/nn/types.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { distance, norm, size } from './support/array.ts';

const runtime = nodeRuntime({ threads: 1 });
const [BATCH, LENGTH, INPUTS, SIZE] = [5, 9, 6, 4];
const random = new RandomStream(1, 'recurrent');

const floats = (shape: readonly number[]) => ({
  dtype: 'float32' as const,
  shape,
  data: Float32Array.from({ length: size(shape) }, () => random.normal()),
});

const state = floats([4, BATCH, SIZE]);
const feeds: HostTensors = {
  x: floats([BATCH, LENGTH, INPUTS]),
  lengths: { dtype: 'int32', shape: [BATCH], data: Int32Array.of(9, 3, 1, 8, 5) },
  hidden: state,
  cell: state,
};

const KINDS = { gru, lstm } as const;

/** Two layers in both directions. Sizes of axes may have names. */
function build(kind: keyof typeof KINDS, batch: Dim, length: Dim): { scope: Scope; outputs: Tensor[] } {
  const scope = new Scope(false);
  const options = {
    size: SIZE,
    layers: 2,
    bidirectional: true,
    lengths: input('lengths', [batch], 'int32'),
  };
  const [hidden, cell] = ['hidden', 'cell'].map((name) => input(name, [4, batch, SIZE]));
  const x = input('x', [batch, length, INPUTS]);
  const result = kind === 'gru' ? gru(scope, x, options, hidden) : lstm(scope, x, options, { hidden, cell });
  return { scope, outputs: Object.values(result) as Tensor[] };
}

const named = (tensors: readonly Tensor[], kind = 'output'): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`${kind}.${i}`, tensor]));

function parameters({ declarations }: Scope): HostTensors {
  const values = [...declarations.parameters].map(([name, { shape }]) => [name, floats(shape as number[])]);
  return Object.fromEntries(values) as HostTensors;
}

describe.each(['gru', 'lstm'] as const)('%s', (kind) => {
  const { scope, outputs } = build(kind, BATCH, LENGTH);
  const given = { ...feeds, ...parameters(scope) };
  const learned = [...scope.declarations.parameters.values()];
  const all = { ...named(outputs), ...named(gradients(sum(outputs[0]), learned), 'gradient') };

  it('is one operator a layer and direction where no gradient is wanted, a loop where one is', () => {
    const types = (targets: Record<string, Tensor>): string[] =>
      compileGraph(targets).nodes.flatMap(({ type }) => (/^(GRU|LSTM|Scan)$/.test(type) ? [type] : []));
    expect(types(named(outputs))).toEqual(new Array(4).fill(kind.toUpperCase()));
    expect(new Set(types(all))).toEqual(new Set(['Scan']));
  });

  it('gives the same in both forms', async () => {
    const plain = await evaluate(runtime, named(outputs), given);
    const looped = await evaluate(runtime, all, given);
    for (const name of Object.keys(plain)) {
      const [a, b] = [plain[name].data, looped[name].data].map((data) => Array.from(data, Number));
      expect(distance(a, b) / norm(a)).toBeLessThan(1e-6);
    }
  });

  it('runs for all sizes in one graph', async () => {
    const flexible = build(kind, 'batch', 'length');
    const expected = await evaluate(runtime, named(outputs), given);
    const found = await evaluate(runtime, named(flexible.outputs), given);
    for (const [name, { shape, data }] of Object.entries(expected)) {
      expect(found[name].shape).toEqual(shape);
      expect(distance(Array.from(found[name].data, Number), Array.from(data, Number))).toBeLessThan(1e-6);
    }
  });

  it('is of standard operators alone in a portable graph', async () => {
    const { nodes } = compileGraph(all, { portable: true });
    expect(nodes.filter(({ domain }) => domain !== '')).toEqual([]);
    await (await runtime.open(encodeModel(compileGraph(named(outputs), { portable: true })))).close();
  });
});
