/** Streams of random numbers and the dropout masks drawn from them. */

import { describe, expect, it } from 'vitest';
import { fanIn, normal, xavier } from '../../src/nn/initialize.ts';
import { RandomStream } from '../../src/nn/random.ts';

function mask(seed: number, name: string, step: number, rate: number, count = 1e6): Float32Array {
  const values = new Float32Array(count);
  new RandomStream(seed, name, step).mask(values, rate);
  return values;
}

describe('dropout masks', () => {
  it.each([0.1, 0.3, 0.5, 0.9])('of %f have that share of zeros and keep the mean', (rate) => {
    const values = mask(1, 'mask.0', 1, rate);
    const zeros = values.filter((value) => value === 0).length / values.length;
    // The share is a whole number of 256ths; five deviations of a million draws are .0025.
    expect(Math.abs(zeros - rate)).toBeLessThan(1 / 512 + 0.0025);
    const kept = values.find((value) => value !== 0) ?? 0;
    expect(kept).toBeCloseTo(1 / (1 - Math.round(rate * 256) / 256), 6);
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    expect(Math.abs(mean - 1)).toBeLessThan(0.0025 * kept);
  });

  it('are the same for the same seed, name and step, and others for another', () => {
    const first = mask(1, 'mask.0', 1, 0.5, 1000);
    expect(mask(1, 'mask.0', 1, 0.5, 1000)).toEqual(first);
    for (const other of [
      mask(2, 'mask.0', 1, 0.5, 1000),
      mask(1, 'mask.1', 1, 0.5, 1000),
      mask(1, 'mask.0', 2, 0.5, 1000),
    ]) {
      const same = other.filter((value, i) => value === first[i]).length;
      // Five deviations around a half.
      expect(Math.abs(same - 500)).toBeLessThan(80);
    }
  });

  it('fill what is no multiple of four, and drop nothing at rate 0', () => {
    expect([...mask(1, 'mask.0', 1, 0, 7)]).toEqual(Array(7).fill(1));
    expect(mask(1, 'mask.0', 1, 0.5, 7).every((value) => value === 0 || value === 2)).toBe(true);
  });

  it('do not repeat along rows or columns', () => {
    const width = 64;
    const values = mask(3, 'mask.0', 1, 0.5, width * 4096);
    for (const lag of [1, 2, 3, 4, width]) {
      let same = 0;
      for (let i = lag; i < values.length; i++) if (values[i] === values[i - lag]) same++;
      expect(Math.abs(same / values.length - 0.5)).toBeLessThan(0.005);
    }
  });
});

describe('streams', () => {
  it('start elsewhere for each of many names and steps', () => {
    const starts = new Set<string>();
    for (let layer = 0; layer < 100; layer++) {
      for (let step = 0; step < 100; step++) {
        const random = new RandomStream(1, `encoder.${layer}.weight`, step);
        starts.add(`${random.uint32()} ${random.uint32()}`);
      }
    }
    expect(starts.size).toBe(10_000);
  });

  it('draw a normal distribution', () => {
    const random = new RandomStream(1, 'normal');
    const values = Float64Array.from({ length: 200_000 }, () => random.normal());
    const moment = (power: number): number =>
      values.reduce((total, value) => total + value ** power, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.02);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
  });
});

describe('initial values', () => {
  const drawn = (fill: typeof xavier, shape: readonly number[]): Float32Array => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    fill(values, shape, new RandomStream(1, 'weight'));
    return values;
  };
  const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

  it('lie within the bounds of their papers', () => {
    const glorot = largest(drawn(xavier, [200, 100]));
    expect(glorot).toBeLessThanOrEqual(Math.sqrt(6 / 300));
    expect(glorot).toBeGreaterThan(0.99 * Math.sqrt(6 / 300));
    const linear = largest(drawn(fanIn, [100, 300]));
    expect(linear).toBeLessThanOrEqual(0.1);
    expect(linear).toBeGreaterThan(0.099);
    const bert = drawn(normal(0.02), [10_000]);
    const variance = bert.reduce((total, value) => total + value ** 2, 0) / bert.length;
    expect(Math.sqrt(variance)).toBeCloseTo(0.02, 3);
  });
});
