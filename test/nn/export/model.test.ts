/** Exported models: what is in the file, and that it computes what the model does. */

import { describe, expect, it } from 'vitest';
import { BinscribeError } from '../../../src/error.ts';
import { exportGraph, exportModel } from '../../../src/nn/export/model.ts';
import { Predictor } from '../../../src/nn/inference.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { loadEncoder, loadT5 } from '../../../src/nn/import/huggingface.ts';
import { checkpoint, expectedTensors, largestError } from '../import/support.ts';
import { batchOf, drawParameters, encoder, INPUTS, recurrent, trained } from './support.ts';

const runtime = nodeRuntime({ threads: 1 });

/** Of opset 17 (https://github.com/onnx/onnx/blob/v1.12.0/docs/Operators.md), as far as inference takes them. */
const STANDARD =
  'Add Cast CumSum Div Equal Erf Expand Gather Gemm Greater Identity LayerNormalization MatMul Max Mul ReduceMax ' +
  'ReduceSum Reshape Shape Slice Softmax Squeeze Sub Tanh Transpose Unsqueeze Where';

describe('an exported model', () => {
  it.each([
    ['gelu', encoder('gelu')],
    ['geluTanh', encoder('geluTanh')],
    ['relu', encoder('relu')],
    ['recurrent', recurrent],
  ])('computes what the model does, %s', async (_, build) => {
    const model = trained(build);
    const predictor = await Predictor.create({ runtime, ...model });
    const session = await runtime.open(exportModel(model));
    for (const [batch, length] of [
      [1, 1],
      [5, 40],
    ]) {
      const [expected, found] = [
        await predictor.run(batchOf(batch, length)),
        await session.run(batchOf(batch, length)),
      ];
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const name of Object.keys(expected)) {
        expect(largestError(found[name], expected[name]), name).toBeLessThan(1e-5);
      }
    }
    await predictor.close();
    await session.close();
  });

  it('is of standard operators, its inputs and outputs named, their sizes open', () => {
    const graph = exportGraph(trained());
    const types = new Set(graph.nodes.map(({ type, domain }) => domain + type));
    expect([...types].filter((type) => !STANDARD.split(' ').includes(type))).toEqual([]);
    expect(graph.inputs).toEqual([
      { name: 'ids', dtype: 'int64', shape: ['batch', 'length'] },
      { name: 'mask', dtype: 'int64', shape: ['batch', 'length'] },
    ]);
    expect(graph.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['hidden', ['batch', 'length', 64]],
      ['vector', ['batch', 64]],
      ['largest', ['batch', 64]],
      ['attended', ['batch', 64]],
      ['words', ['batch', 'length', 300]],
      ['logits', ['batch', 10]],
      ['there', ['batch', 'length']],
    ]);
  });

  it('has neither the loss nor what only the loss needs', () => {
    // Losses are of sizes that are known.
    const ids = { dtype: 'int64', shape: [2, 5] } as const;
    const inputs = { ids, mask: ids, classes: { dtype: 'int64', shape: [2] } } as const;
    const parameters = drawParameters(encoder(), inputs);
    const graph = exportGraph({ model: encoder(), inputs, parameters, outputs: ['logits'] });
    expect(graph.inputs.map(({ name }) => name)).toEqual(['ids', 'mask']);
    expect(graph.outputs.map(({ name }) => name)).toEqual(['logits']);
    expect(graph.initializers.some(({ name }) => name.startsWith('head.'))).toBe(false);
    expect(
      exportGraph({ model: encoder(), inputs, parameters }).outputs.map(({ name }) => name),
    ).not.toContain('loss');
  });

  it('says what it cannot export', () => {
    const model = trained();
    expect(() => exportModel({ ...model, outputs: ['vectors'] })).toThrow(
      'the model gives no output vectors',
    );
    expect(() => exportModel({ ...model, parameters: new Map() })).toThrow(BinscribeError);
  });

  it.each(['t5', 't5-gated'])(
    'computes what transformers does, from a folder of Hugging Face: %s',
    async (name) => {
      const loaded = await loadT5(checkpoint(name));
      const expected = expectedTensors(name);
      const whole = (axis: string) => ({ dtype: 'int64', shape: ['batch', axis] }) as const;
      const bytes = exportModel({
        model(scope, { ids, mask, target }) {
          const memory = loaded.encode(scope, ids, mask);
          const hidden = loaded.decode(scope, { ids: target, memory, memoryMask: mask });
          return { memory, hidden, logits: loaded.logits(scope, hidden) };
        },
        inputs: { ids: whole('length'), mask: whole('length'), target: whole('written') },
        parameters: loaded.parameters,
      });
      const session = await runtime.open(bytes);
      const { ids, mask, target } = expected;
      for (const [output, found] of Object.entries(await session.run({ ids, mask, target }))) {
        expect(largestError(found, expected[output]), output).toBeLessThan(1e-4);
      }
      await session.close();
    },
  );

  it('computes what transformers does, from a folder of Hugging Face: roberta', async () => {
    const loaded = await loadEncoder(checkpoint('roberta'));
    const expected = expectedTensors('roberta');
    const bytes = exportModel({
      model: (scope, { ids, mask }) => ({ hidden: loaded.apply(scope, { ids, mask }).hidden }),
      inputs: INPUTS,
      parameters: loaded.parameters,
    });
    const session = await runtime.open(bytes);
    const { hidden } = await session.run({ ids: expected['ids'], mask: expected['mask'] });
    expect(largestError(hidden, expected['hidden'])).toBeLessThan(1e-4);
    await session.close();
  });
});
