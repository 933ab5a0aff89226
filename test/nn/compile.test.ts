/** What the compiler makes of graphs: nothing twice, nothing for nothing, standard operators, names that fit. */

import { describe, expect, it } from 'vitest';
import { deepGraph } from '../../bench/graph.ts';
import { gradients } from '../../src/nn/autodiff.ts';
import { firstPosition, attentionPooling, maskedMax, maskedMean } from '../../src/nn/layers/pooling.ts';
import { projectionHead } from '../../src/nn/layers/heads.ts';
import { linear } from '../../src/nn/layers/linear.ts';
import { causalBiasOf, paddingBias } from '../../src/nn/layers/masks.ts';
import { learnedPositions, sinusoidalPositions } from '../../src/nn/layers/positions.ts';
import { embedding } from '../../src/nn/layers/embedding.ts';
import { selfAttentivePooling } from '../../src/nn/layers/pooling.ts';
import { transformerDecoder, transformerEncoder } from '../../src/nn/layers/transformer.ts';
import { compileGraph } from '../../src/nn/onnx/compile.ts';
import { encodeModel, type OnnxGraph } from '../../src/nn/onnx/model.ts';
import { sum } from '../../src/nn/ops/broadcast.ts';
import { add, addN, cast, exp, mul, square } from '../../src/nn/ops/elementwise.ts';
import { reshape, transpose } from '../../src/nn/ops/layout.ts';
import { softmax } from '../../src/nn/ops/softmax.ts';
import { constant, input, parameter } from '../../src/nn/ops/source.ts';
import { onesInit } from '../../src/nn/initialize.ts';
import { RandomStream } from '../../src/nn/random.ts';
import type { HostTensor } from '../../src/nn/runtime.ts';
import { Scope } from '../../src/nn/scope.ts';
import { evaluate } from '../../src/nn/session.ts';
import { applyAll, type Operation, type Tensor } from '../../src/nn/tensor.ts';
import type { Dim } from '../../src/nn/types.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';
import { elementwise } from './cases/elementwise.ts';
import { generation } from './cases/generation.ts';
import { layers } from './cases/layers.ts';
import { layouts } from './cases/layout.ts';
import { losses } from './cases/losses.ts';
import { manyToOne } from './cases/products.ts';
import { distance, norm } from './support/array.ts';

const runtime = nodeRuntime({ threads: 1 });

const types = (graph: OnnxGraph): string[] => graph.nodes.map((node) => node.type).sort();

function floats(shape: readonly number[], name = 'values'): HostTensor {
  const random = new RandomStream(1, name);
  const count = shape.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', shape, data: Float32Array.from({ length: count }, () => random.normal()) };
}

describe('the compiler', () => {
  it('computes once what is written twice', () => {
    const x = input('x', [2, 3]);
    const graph = compileGraph({ y: add(exp(mul(x, 2)), exp(mul(x, 2))) });
    expect(types(graph)).toEqual(['Add', 'Exp', 'Mul']);
    expect(graph.initializers).toHaveLength(1);
  });

  it('tells operations with other attributes apart', () => {
    const x = input('x', [2, 2]);
    expect(types(compileGraph({ y: add(softmax(x, 0), softmax(x, 1)) }))).toEqual([
      'Add',
      'Softmax',
      'Softmax',
    ]);
  });

  it('tells constants of other values or types apart', () => {
    const a = constant(Float32Array.of(1, 2), [2]);
    const b = constant(Float32Array.of(1, 2), [2]);
    const c = constant(Float32Array.of(1, 3), [2]);
    const whole = cast(constant(BigInt64Array.of(1n, 2n), [2]), 'float32');
    expect(compileGraph({ y: addN([a, b, c, whole]) }).initializers).toHaveLength(3);
  });

  it('leaves out what no output needs', () => {
    const x = input('x', [2]);
    const unused = input('unused', [2]);
    const y = mul(x, 2);
    exp(add(y, unused));
    const graph = compileGraph({ y });
    expect(types(graph)).toEqual(['Mul']);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
  });

  it('leaves out gradients that nobody asked for', () => {
    const [x, w] = [input('x', [3, 2]), parameter('w', [3, 2], onesInit)];
    const [dw] = gradients(sum(mul(x, w)), [w]);
    expect(types(compileGraph({ dw }))).toEqual(['Expand', 'Mul', 'Reshape']);
  });

  it('gives one value under two names, and inputs and constants as outputs', async () => {
    const x = input('x', [2]);
    const y = mul(x, 3);
    const outputs = { a: y, b: y, c: x, d: constant(Float32Array.of(5), [1]) };
    const results = await evaluate(runtime, outputs, {
      x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) },
    });
    expect(Object.values(results).map(({ data }) => [...data])).toEqual([[3, 6], [3, 6], [1, 2], [5]]);
  });

  it('gives no temporary the name of an input, a parameter or an output', async () => {
    const inputs = ['t0', 't1', 't3'].map((name) => input(name, [1]));
    const outputs = { t2: exp(addN(inputs)), t5: mul(inputs[0], inputs[1]) };
    const one: HostTensor = { dtype: 'float32', shape: [1], data: Float32Array.of(1) };
    const results = await evaluate(runtime, outputs, { t0: one, t1: one, t3: one });
    expect(results['t2'].data[0]).toBeCloseTo(Math.exp(3), 4);
  });

  it('refuses an output with the name of an input, and an input of two types', () => {
    const x = input('x', [2]);
    expect(() => compileGraph({ x: mul(x, 2) })).toThrow('the output x has the name of an input');
    expect(() => compileGraph({ y: mul(sum(x), sum(input('x', [3]))) })).toThrow(
      'x is declared as float32[2] and as float32[3]',
    );
  });

  it('renames what a body reads of the graph around it', () => {
    // A value that becomes an output gets that name; the body of a node beside it must follow.
    const x = input('x', [2]);
    const y = exp(x);
    const argument = input('argument', [2]);
    const captured = input('captured', [2]);
    const branch: Operation = {
      name: 'branch',
      infer: ([a]) => [a],
      lower({ emit, inputs, outputs }) {
        const names = new Map([[captured, inputs[1]]]);
        const body = emit.body({
          arguments: [argument],
          captured: names,
          results: [mul(argument, captured)],
        });
        emit.node('Loop', [inputs[0]], outputs, { body });
      },
      gradient: () => [],
    };
    const graph = compileGraph({ y, z: applyAll(branch, [x, y], {})[0] });
    const attribute = graph.nodes[1].attributes['body'];
    expect('graph' in attribute && attribute.graph.nodes[0].inputs[1]).toBe('y');
  });

  it('keeps the values of frozen parameters in the graph', async () => {
    const w = parameter('w', [2], onesInit);
    const x = input('x', [2]);
    const frozen = new Map([['w', Float32Array.of(2, 3)]]);
    const graph = compileGraph({ y: mul(x, w) }, { frozen });
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
    const feeds = { x: { dtype: 'float32', shape: [2], data: Float32Array.of(10, 100) } as const };
    const { y } = await evaluate(runtime, { y: mul(x, w) }, feeds, { frozen });
    expect([...y.data]).toEqual([20, 300]);
  });

  it('builds a graph of more than a thousand nodes, and a session of it', async ({ annotate }) => {
    const start = performance.now();
    const graph = deepGraph();
    const bytes = encodeModel(graph);
    const built = performance.now();
    const session = await runtime.open(bytes);
    const opened = performance.now();
    await session.close();
    await annotate(
      `${graph.nodes.length} nodes: ${Math.round(built - start)} ms to build, ${Math.round(opened - built)} to open`,
    );
    expect(graph.nodes.length).toBeGreaterThan(1000);
    expect(graph.nodes.length).toBeLessThan(1500);
  });
});

/** What other tools know: https://onnx.ai/onnx/operators, opset 20, as far as we use it. */
const STANDARD =
  'Abs Add And ArgMax Cast Concat CumSum Div Equal Erf Exp Expand Gather GatherElements Gelu Gemm Greater ' +
  'GreaterOrEqual Identity LayerNormalization Log LogSoftmax MatMul Max Min Mul Neg OneHot Pad Range Reciprocal ' +
  'ReduceMax ReduceMean ReduceSum Relu Reshape ScatterElements Shape Sigmoid Sign Slice Softmax Softplus Split ' +
  'Sqrt Squeeze Sub Sum Tanh TopK Transpose Unsqueeze Where';

describe('portable graphs', () => {
  const cases = [elementwise, generation, layouts, manyToOne, layers, losses].flatMap((table) =>
    Object.values(table).flat(),
  );

  it('hold standard operators alone, gradients too', () => {
    const found = new Set<string>();
    for (const { inputs, build, training = false } of cases) {
      const scope = new Scope(training);
      const x = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
      );
      const outputs = [build(x, scope)].flat() as readonly Tensor[];
      const float = outputs.filter((y) => y.dtype === 'float32').map((y) => sum(square(y)));
      const of = Object.values(x).concat(...scope.declarations.parameters.values());
      const terms =
        float.length > 0
          ? gradients(
              addN(float),
              of.filter((t) => t.dtype === 'float32'),
            )
          : [];
      const all = Object.fromEntries([...outputs, ...terms].map((tensor, i) => [`output ${i}`, tensor]));
      for (const node of compileGraph(all, { portable: true }).nodes) found.add(`${node.domain}${node.type}`);
    }
    expect([...found].filter((name) => !STANDARD.split(' ').includes(name))).toEqual([]);
  });
});

describe('graphs whose sizes are known when they run', () => {
  const width = 8;
  const options = { layers: 2, heads: 2, inner: 12 };

  /** Everything that inference takes, with sizes as numbers or as names. */
  function model(batch: Dim, length: Dim, scope: Scope): Record<string, Tensor> {
    const ids = input('ids', [batch, length], 'int64');
    const mask = input('mask', [batch, length], 'int64');
    const placed = learnedPositions(scope.at('positions'), embedding(scope.at('words'), ids, 20, width), {
      maximum: 12,
    });
    const x = sinusoidalPositions(scope, placed, { maximum: 12 });
    const encoded = transformerEncoder(scope.at('encoder'), x, options, paddingBias(mask));
    const decoded = transformerDecoder(scope.at('decoder'), x, options, {
      memory: encoded,
      bias: causalBiasOf(x),
      memoryBias: paddingBias(mask),
    });
    const attentive = selfAttentivePooling(scope.at('hops'), encoded, mask, { hidden: 4, hops: 3 });
    const flat = reshape(attentive.vectors, [batch, 3 * width]);
    return {
      decoded: linear(scope.at('words.out'), decoded, 20),
      mean: maskedMean(encoded, mask),
      max: maskedMax(encoded, mask),
      first: firstPosition(encoded),
      attention: attentionPooling(scope.at('pool'), encoded, mask),
      head: projectionHead(scope.at('head'), flat, 5),
      turned: transpose(encoded, [1, 0, 2]),
    };
  }

  const scope = new Scope(false);
  model(1, 1, scope);
  const weights = Object.fromEntries(
    [...scope.declarations.parameters].map(([name, { shape }]) => [name, floats(shape as number[], name)]),
  );

  it.each([
    [1, 1],
    [1, 7],
    [3, 4],
    [5, 12],
  ])('give for %i sequences of %i what fixed sizes give', async (batch, length) => {
    const random = new RandomStream(2, 'batch');
    const values = (draw: (i: number) => number): HostTensor => ({
      dtype: 'int64',
      shape: [batch, length],
      data: BigInt64Array.from({ length: batch * length }, (_, i) => BigInt(draw(i))),
    });
    const ids = values(() => random.below(20));
    const mask = values((i) => Number(i % length === 0 || random.below(3) > 0));
    const feeds = { ids, mask, ...weights };
    const open = await evaluate(runtime, model('batch', 'length', new Scope(false)), feeds);
    const fixed = await evaluate(runtime, model(batch, length, new Scope(false)), feeds);
    for (const [name, { shape, data }] of Object.entries(fixed)) {
      expect(open[name].shape).toEqual(shape);
      const [a, b] = [open[name].data, data].map((array) => Array.from(array, Number));
      expect(distance(a, b) / norm(b)).toBeLessThan(1e-5);
    }
  });
});
