/** Weights of 8 bits: the numbers themselves, what they cost, and that ONNX Runtime's own quantisation does the same. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AgreementSum, quantizationCost } from '../../../src/nn/export/agreement.ts';
import { quantizeColumns, quantizeRows } from '../../../src/nn/export/int8.ts';
import { exportGraph, exportModel, type ExportOptions } from '../../../src/nn/export/model.ts';
import type { OnnxGraph } from '../../../src/nn/onnx/model.ts';
import { RandomStream } from '../../../src/nn/random.ts';
import type { HostTensor } from '../../../src/nn/runtime.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { distance, norm } from '../support/array.ts';
import { batchOf, trained } from './support.ts';

const runtime = nodeRuntime({ threads: 1 });

interface Quantized {
  bytes: number;
  outputs: Record<string, number[]>;
}

const golden = JSON.parse(readFileSync(new URL('goldens/quantized.json', import.meta.url), 'utf8')) as Record<
  'float' | 'alike' | 'default',
  Quantized
> & { weight: { values: string; scales: number[] } };
const OUTPUTS = Object.keys(golden.float.outputs);

const initializer = (graph: OnnxGraph, name: string): OnnxGraph['initializers'][number] =>
  graph.initializers.find((value) => value.name === name)!;

async function run(options: ExportOptions): Promise<Record<string, number[]>> {
  const session = await runtime.open(exportModel(options));
  const found = await session.run(batchOf(3, 12));
  await session.close();
  return Object.fromEntries(OUTPUTS.map((name) => [name, Array.from(found[name].data, Number)]));
}

const error = (found: readonly number[], expected: readonly number[]): number =>
  distance(found, expected) / norm(expected);

describe('a matrix of whole numbers', () => {
  const random = new RandomStream(1, 'matrix');
  const [rows, columns] = [5, 7];
  const data = Float32Array.from({ length: rows * columns }, () => random.normal());
  data.fill(0, 2 * columns, 3 * columns);

  it.each([
    ['rows', quantizeRows, (i: number) => Math.floor(i / columns)],
    ['columns', quantizeColumns, (i: number) => i % columns],
  ])('is within half a step of what it was, by %s', (_, quantize, group) => {
    const whole = quantize({ rows, columns, data }, 64);
    data.forEach((value, i) => {
      const scale = whole.scales[group(i)];
      expect(Math.abs(whole.data[i] * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
    });
    whole.scales.forEach((_, at) => {
      const own = [...whole.data].filter((_, i) => group(i) === at);
      const most = Math.max(...own.map(Math.abs));
      expect(most === 64 || own.every((value) => value === 0)).toBe(true);
    });
  });
});

describe('a quantised model', () => {
  const model = trained();

  it('holds the whole numbers that ONNX Runtime makes', () => {
    const graph = exportGraph({ ...model, quantize: 7 });
    const { data } = initializer(graph, 'head.output.weight.int8');
    expect(Buffer.from(data.buffer).toString('base64')).toBe(golden.weight.values);
    const scales = Array.from(initializer(graph, 'head.output.weight.scales').data, Number);
    expect(error(scales, golden.weight.scales)).toBeLessThan(1e-6);
  });

  it('is the model that the goldens were made of', async () => {
    const found = await run(model);
    for (const name of OUTPUTS) {
      expect(error(found[name], golden.float.outputs[name]), name).toBeLessThan(1e-5);
    }
    expect(exportModel(model).length).toBe(golden.float.bytes);
  });

  it('is a third as large, and loses no more than what ONNX Runtime makes of it', async () => {
    const found = { 7: await run({ ...model, quantize: 7 }), 8: await run({ ...model, quantize: 8 }) };
    for (const name of OUTPUTS) {
      const expected = golden.float.outputs[name];
      const [seven, eight] = [error(found[7][name], expected), error(found[8][name], expected)];
      // Both round, each in its own place: a tenth more is chance.
      expect(seven, name).toBeLessThan(1.1 * error(golden.alike.outputs[name], expected));
      expect(eight, name).toBeLessThan(1.1 * error(golden.default.outputs[name], expected));
    }
    const size = (bits: 7 | 8): number => exportModel({ ...model, quantize: bits }).length;
    // The table of words is there twice: it is looked up, with 8 bits, and multiplied with.
    expect(size(7)).toBeLessThan(0.36 * golden.float.bytes);
    expect(size(8)).toBeLessThan(0.31 * golden.float.bytes);
  });

  it('never clips a sum of two products in 16 bits, with 7', () => {
    const largest = (bits: 7 | 8): number => {
      const graph = exportGraph({ ...model, quantize: bits });
      const turned = new Map(graph.nodes.map(({ inputs, outputs }) => [outputs[0], inputs[0]]));
      const weights = graph.nodes.flatMap(({ type, inputs }) =>
        type === 'MatMulInteger' ? [turned.get(inputs[1]) ?? inputs[1]] : [],
      );
      return Math.max(
        ...weights.flatMap((name) => Array.from(initializer(graph, name).data, Number).map(Math.abs)),
      );
    };
    expect(2 * 255 * largest(7)).toBeLessThan(2 ** 15);
    expect(2 * 255 * largest(8)).toBeGreaterThan(2 ** 15);
  });

  it('leaves out the weights that it has whole numbers for', () => {
    const { initializers, nodes } = exportGraph({ ...model, quantize: 7 });
    const large = initializers.filter(({ dtype, data }) => dtype === 'float32' && data.length >= 1024);
    expect(large).toEqual([]);
    // Query, key and value are made of one activation.
    const count = (type: string): number => nodes.filter((node) => node.type === type).length;
    expect(count('MatMulInteger')).toBe(18);
    expect(count('DynamicQuantizeLinear')).toBe(13);
  });

  it('is measured against what it was', async () => {
    const batches = [batchOf(4, 16, 1), batchOf(2, 40, 2)];
    const cost = await quantizationCost(runtime, model, 7, batches);
    expect(cost.bytes.quantized / cost.bytes.float).toBeLessThan(0.36);
    expect(cost.outputs['there']).toEqual({ meanCosine: 1, lowestCosine: 1, sameLargest: 1, error: 0 });
    for (const name of ['hidden', 'vector', 'logits', 'words']) {
      const { meanCosine, lowestCosine, error } = cost.outputs[name];
      expect(lowestCosine, name).toBeGreaterThan(0.99);
      expect(meanCosine, name).toBeGreaterThan(0.999);
      expect(error, name).toBeLessThan(0.05);
      expect(error, name).toBeGreaterThan(0);
    }
    expect(cost.outputs['words'].sameLargest).toBeGreaterThan(0.95);
  });
});

describe('agreement', () => {
  const rows = (...data: number[]): HostTensor => ({
    dtype: 'float32',
    shape: [data.length / 2, 2],
    data: Float32Array.from(data),
  });

  it('counts rows', () => {
    const sum = new AgreementSum();
    sum.add(rows(3, 4, 1, 0), rows(3, 4, 0, 1));
    sum.add(rows(0, 0, 2, 0), rows(0, 0, 2, 0));
    const { error, ...rest } = sum.result();
    expect(rest).toEqual({ meanCosine: 0.75, lowestCosine: 0, sameLargest: 0.75 });
    expect(error).toBeCloseTo(Math.sqrt(2 / 30), 12);
  });
});
