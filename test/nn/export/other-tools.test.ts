/**
 * Exported models in the hands of others: onnx itself (Debian's) checks them and infers their types, jax-js, which
 * shares no code with ONNX Runtime, runs them.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { init, defaultDevice, numpy } from '@jax-js/jax';
import { ONNXModel } from '@jax-js/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportGraph, exportModel, type ExportOptions } from '../../../src/nn/export/model.ts';
import { Predictor } from '../../../src/nn/inference.ts';
import type { HostTensor } from '../../../src/nn/runtime.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { largestError } from '../import/support.ts';
import { batchOf, encoder, recurrent, trained } from './support.ts';

/** Debian's own: another on the path has not the packages of Debian. */
const PYTHON = '/usr/bin/python3';
const CHECK = join(import.meta.dirname, 'check_onnx.py');

const hasOnnx = spawnSync(PYTHON, ['-c', 'import onnx']).status === 0;

describe.skipIf(!hasOnnx)('onnx (Debian package python3-onnx)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  interface Answer {
    outputs: Record<string, [string, (string | number | null)[]]>;
    doc: string;
    metadata: Record<string, string>;
  }

  function check(options: ExportOptions): Answer {
    const file = join(folder, 'model.onnx');
    writeFileSync(file, exportModel(options));
    return JSON.parse(execFileSync(PYTHON, [CHECK, file], { encoding: 'utf8' })) as Answer;
  }

  const ELEMENTS: Partial<Record<string, string>> = { FLOAT: 'float32', INT64: 'int64' };

  it.each([
    ['float32', {}],
    ['float32, tanh', trained(encoder('geluTanh'))],
    ['recurrent', trained(recurrent)],
    ['recurrent, sizes known', { ...trained(recurrent), inputs: sizes(2, 6) }],
    ['whole numbers', { quantize: 7 }],
    ['float32, sizes known', { inputs: sizes(2, 6) }],
    ['whole numbers, sizes known', { inputs: sizes(2, 6), quantize: 7 }],
  ] as const)('finds a model valid, and its types those that we say: %s', (_, more) => {
    const options = { ...trained(), ...more };
    const inferred = check(options).outputs;
    const { outputs } = exportGraph(options);
    expect(Object.keys(inferred)).toEqual(outputs.map(({ name }) => name));
    let told = 0;
    for (const { name, dtype, shape } of outputs) {
      const [element, sizes] = inferred[name];
      expect(ELEMENTS[element], name).toBe(dtype);
      expect(sizes, name).toHaveLength(shape.length);
      sizes.forEach((size, axis) => {
        // Sizes that onnx cannot trace have no name, or one of its own making.
        if (typeof size !== 'number') return;
        expect(size, `${name} axis ${axis}`).toBe(shape[axis]);
        told++;
      });
    }
    // Widths at least.
    expect(told).toBeGreaterThanOrEqual(outputs.length - 1);
  });

  it('reads what the file says of itself', () => {
    const { doc, metadata } = check({ ...trained(), doc: 'Vectors of functions.', metadata: { seed: '1' } });
    expect(doc).toBe('Vectors of functions.');
    expect(metadata).toEqual({ producer: 'binscribe', opset: '17', doc, seed: '1' });
  });

  it('finds fault with a model that has one', () => {
    const file = join(folder, 'faulty.onnx');
    const bytes = Buffer.from(exportModel(trained()));
    bytes.write('Softmix', bytes.indexOf('Softmax'));
    writeFileSync(file, bytes);
    expect(spawnSync(PYTHON, [CHECK, file], { encoding: 'utf8' }).stderr).toContain('Softmix');
  });
});

describe('jax-js', () => {
  beforeAll(async () => {
    await init('wasm');
    defaultDevice('wasm');
  });

  // It takes sizes that are known (its Reshape has no 0 for a size that stays) and float32.
  it('computes what ONNX Runtime does', async () => {
    const options = { ...trained(), inputs: sizes(2, 3) };
    const predictor = await Predictor.create({ runtime: nodeRuntime({ threads: 1 }), ...options });
    const batch = batchOf(2, 3);
    const expected = await predictor.run(batch);
    await predictor.close();
    const model = new ONNXModel(Uint8Array.from(exportModel(options)));
    const feeds = Object.entries(batch).map(([name, { shape, data }]) => [
      name,
      numpy.array(Int32Array.from(data, Number), { shape: [...shape], dtype: numpy.int32 }),
    ]);
    const found = model.run(Object.fromEntries(feeds) as Parameters<typeof model.run>[0]);
    expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, array] of Object.entries(found)) {
      const tensor: HostTensor = {
        dtype: 'float32',
        shape: array.shape,
        data: Float32Array.from((await array.data()) as Float32Array),
      };
      expect(largestError(tensor, expected[name]), name).toBeLessThan(1e-5);
    }
    model.dispose();
  });
});

function sizes(batch: number, length: number): ExportOptions['inputs'] {
  const known = { dtype: 'int64', shape: [batch, length] } as const;
  return { ids: known, mask: known };
}
