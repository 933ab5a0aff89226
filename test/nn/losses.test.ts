/** What is known of losses without computing them, and numbers at the ends of float32. */

import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/nn/autodiff.ts';
import { binaryCrossEntropy } from '../../src/nn/losses/binary-cross-entropy.ts';
import { infoNCE, supervisedContrastive } from '../../src/nn/losses/contrastive.ts';
import { cosineSquaredError } from '../../src/nn/losses/cosine.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { softClip } from '../../src/nn/losses/soft-clip.ts';
import { tripletMargin } from '../../src/nn/losses/triplet.ts';
import { input } from '../../src/nn/ops/source.ts';
import { l2Normalize } from '../../src/nn/ops/vectors.ts';
import type { HostTensor } from '../../src/nn/runtime.ts';
import { evaluate } from '../../src/nn/session.ts';
import type { Tensor } from '../../src/nn/tensor.ts';
import { nodeRuntime } from '../../src/runtimes/node.ts';

const runtime = nodeRuntime({ threads: 1 });

const floats = (rows: readonly (readonly number[])[]): HostTensor => ({
  dtype: 'float32',
  shape: [rows.length, rows[0].length],
  data: Float32Array.from(rows.flat()),
});
const row = (values: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const ids = (values: readonly number[]): HostTensor => ({
  dtype: 'int64',
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** A loss and its gradients by the inputs of float32. */
async function run(
  feeds: Record<string, HostTensor>,
  build: (x: Record<string, Tensor>) => Tensor,
): Promise<{ loss: number; gradient: Record<string, number[]> }> {
  const x = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const loss = build(x);
  const names = Object.keys(x).filter((name) => x[name].dtype === 'float32');
  const found = gradients(
    loss,
    names.map((name) => x[name]),
  );
  const outputs = Object.fromEntries(names.map((name, i) => [`d ${name}`, found[i]]));
  const results = await evaluate(runtime, { loss, ...outputs }, feeds);
  return {
    loss: Number(results['loss'].data[0]),
    gradient: Object.fromEntries(names.map((name) => [name, Array.from(results[`d ${name}`].data, Number)])),
  };
}

describe('softClip', () => {
  const pair = (x: Record<string, Tensor>): Tensor => softClip(x['i'], x['t']);

  it('is log(batch) where all rows are equal', async () => {
    const same = floats(Array.from({ length: 5 }, () => [0.3, -1, 2]));
    const { loss } = await run({ i: same, t: same }, pair);
    expect(loss).toBeCloseTo(Math.log(5), 5);
  });

  it('shares the mass of a target between two equal rows', async () => {
    // Rows 0 and 1 are equal and far from row 2: targets are 1/2, 1/2, 0 and 0, 0, 1, and so is what the logits
    // say. The loss is the mean entropy, 2/3 log 2.
    const rows = floats([
      [12, 0],
      [12, 0],
      [0, 12],
    ]);
    const { loss, gradient } = await run({ i: rows, t: rows }, pair);
    expect(loss).toBeCloseTo((2 / 3) * Math.log(2), 5);
    expect(Math.max(...gradient['i'].map(Math.abs))).toBeLessThan(1e-4);
  });

  it('stays finite for vectors of width 256 after a layer norm, and longer ones', async () => {
    for (const length of [1, 30]) {
      const rows = (sign: number): HostTensor =>
        floats(
          [0, 1, 2].map((i) => Array.from({ length: 256 }, (_, j) => length * sign * ((i * j) % 3) - 1)),
        );
      const { loss, gradient } = await run({ i: rows(1), t: rows(-1) }, pair);
      expect(Number.isFinite(loss)).toBe(true);
      expect(Object.values(gradient).flat().every(Number.isFinite)).toBe(true);
    }
  });
});

describe('crossEntropy', () => {
  it('is log(classes) for equal logits, whatever is ignored or smoothed', async () => {
    const feeds = { x: floats([0, 5, -3].map((v) => [v, v, v, v])), y: ids([1, -100, 3]) };
    for (const labelSmoothing of [0, 0.1]) {
      const { loss, gradient } = await run(feeds, ({ x, y }) =>
        crossEntropy(x, y, { labelSmoothing, ignoreIndex: -100 }),
      );
      expect(loss).toBeCloseTo(Math.log(4), 5);
      expect(gradient['x'].slice(4, 8)).toEqual([0, 0, 0, 0]);
    }
  });

  it('is 0 with gradients of 0 where everything is ignored', async () => {
    const feeds = { x: floats([[1, 2]]), y: ids([-100]) };
    const { loss, gradient } = await run(feeds, ({ x, y }) => crossEntropy(x, y, { ignoreIndex: -100 }));
    expect([loss, ...gradient['x']].map(Math.abs)).toEqual([0, 0, 0]);
  });

  it('is linear in logits that are very large', async () => {
    const feeds = { x: floats([[1e4, -1e4]]), y: ids([1]) };
    const { loss, gradient } = await run(feeds, ({ x, y }) => crossEntropy(x, y));
    expect(loss).toBe(2e4);
    expect(gradient['x']).toEqual([1, -1]);
  });
});

describe('binaryCrossEntropy', () => {
  it('neither overflows nor cancels', async () => {
    const feeds = { x: row([100, -100, 1e4, -1e4]), y: row([1, 0, 0, 1]) };
    const { loss, gradient } = await run(feeds, ({ x, y }) => binaryCrossEntropy(x, y));
    expect(loss).toBe(5e3);
    const expected = [0, 0, 0.25, -0.25];
    gradient['x'].forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
  });
});

describe('contrastive losses', () => {
  it('infoNCE is log(batch) where all are equal, and 0 where pairs stand apart', async () => {
    const equal = floats([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect((await run({ a: equal, b: equal }, ({ a, b }) => infoNCE(a, b))).loss).toBeCloseTo(Math.log(3), 5);
    const apart = floats([
      [1, 0],
      [0, 1],
    ]);
    expect((await run({ a: apart, b: apart }, ({ a, b }) => infoNCE(a, b))).loss).toBeCloseTo(0, 5);
  });

  it('supervisedContrastive is log(batch - 1) where all are equal, and 0 where each is alone', async () => {
    const z = floats(Array.from({ length: 4 }, () => [1, 2]));
    const loss = async (labels: readonly number[]): Promise<number> =>
      (await run({ z, y: ids(labels) }, ({ z, y }) => supervisedContrastive(z, y))).loss;
    expect(await loss([7, 7, 7, 7])).toBeCloseTo(Math.log(3), 5);
    expect(await loss([7, 7, 3, 1])).toBeCloseTo(Math.log(3), 5);
    expect(Math.abs(await loss([1, 2, 3, 4]))).toBe(0);
  });
});

describe('vectors of zeros and equal vectors', () => {
  it('have finite gradients', async () => {
    const feeds = {
      a: floats([
        [0, 0],
        [1, 2],
      ]),
      b: floats([
        [1, 1],
        [1, 2],
      ]),
      y: row([1, -1]),
    };
    for (const build of [
      ({ a, b, y }: Record<string, Tensor>) => cosineSquaredError(a, b, y),
      ({ a, b }: Record<string, Tensor>) => tripletMargin(a, b, a),
      ({ a, b }: Record<string, Tensor>) => infoNCE(l2Normalize(a), b),
    ]) {
      const { loss, gradient } = await run(feeds, build);
      expect(Number.isFinite(loss)).toBe(true);
      expect(Object.values(gradient).flat().every(Number.isFinite)).toBe(true);
    }
  });
});
