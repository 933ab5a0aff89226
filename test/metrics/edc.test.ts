/** Embedding Distance Correlation against SciPy's over all pairs (scripts/goldens/edc.py), and against what it means. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { edc, spoil } from '../../src/metrics/edc/edc.ts';
import { correlationOf, normalizeRows, PairSummer, type Side } from '../../src/metrics/edc/sums.ts';
import { Random } from '../../src/random.ts';

interface Golden {
  x: number[][];
  y: number[][];
  lengths: number[];
  times: number[];
  pearson: number;
  spearman: number;
  euclidean: number;
  partial: number;
  drawn: number;
}
const { cases } = JSON.parse(readFileSync(new URL('edc-goldens.json', import.meta.url), 'utf8')) as {
  cases: Golden[];
};

const sideOf = (rows: readonly number[][]): Side => ({
  vectors: Float32Array.from(rows.flat()),
  size: rows[0].length,
});
const unit = ({ vectors, size }: Side): Side => ({ vectors: normalizeRows(vectors, size), size });

describe.each(cases)('$x.length items', ({ x, y, lengths, times, ...golden }) => {
  const [input, output] = [sideOf(x), sideOf(y)];

  it('has the figures that SciPy has over all pairs', () => {
    const found = edc(input, output, { seed: 1, resamples: 10, lengths });
    expect(found.pairs).toBe((x.length * (x.length - 1)) / 2);
    expect(found.sampledPairs).toBe(found.pairs);
    // Vectors have 24 bits.
    for (const name of ['pearson', 'spearman', 'euclidean', 'partial'] as const) {
      expect(found[name], name).toBeCloseTo(golden[name], 5);
    }
  });

  it('takes items several times and leaves out pairs of an item with its copy', () => {
    const sums = new PairSummer(unit(input), unit(output)).sums(times);
    expect(correlationOf(sums)).toBeCloseTo(golden.drawn, 5);
  });
});

/** Outputs that follow from the inputs but for noise. */
function related(items: number, noise: number, seed: number): [Side, Side] {
  const random = new Random(seed);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const size = 6;
  const x = Float32Array.from({ length: items * size }, normal);
  return [
    { vectors: x, size },
    { vectors: x.map((value) => value + noise * normal()), size },
  ];
}

describe('edc', () => {
  it('is high where outputs follow, near 0 where they are shuffled, and says how sure it is', () => {
    const [x, y] = related(150, 0.5, 3);
    const good = edc(x, y, { seed: 1, resamples: 100 });
    expect(good.interval.low).toBeGreaterThan(good.null.high);
    expect(good.p).toBeLessThan(0.02);
    const order = spoil(150, 1, 9);
    const mixed = { vectors: Float32Array.from(order).fill(0), size: y.size };
    mixed.vectors = new Float32Array(y.vectors.length);
    order.forEach((from, to) =>
      mixed.vectors.set(y.vectors.subarray(from * y.size, (from + 1) * y.size), to * y.size),
    );
    const bad = edc(x, mixed, { seed: 1, resamples: 100 });
    expect(bad.interval.low).toBeLessThan(0);
    expect(bad.interval.high).toBeGreaterThan(0);
  });

  it('is what visiting the pairs one by one gives, for more items than fit a block', () => {
    const [x, y] = related(300, 0.5, 11).map(unit);
    const random = new Random(4);
    const times = Float64Array.from({ length: 300 }, () => random.below(3));
    const order = random.shuffle(Int32Array.from({ length: 300 }, (_, i) => i));
    const cosine = ({ vectors, size }: Side, i: number, j: number): number => {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += vectors[i * size + k] * vectors[j * size + k];
      return sum;
    };
    const visited = { pairs: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
    let exchanged = 0;
    for (let i = 0; i < 300; i++) {
      for (let j = 0; j < i; j++) {
        const [w, a, b] = [times[i] * times[j], cosine(x, i, j), cosine(y, i, j)];
        visited.pairs += w;
        visited.x += w * a;
        visited.y += w * b;
        visited.xx += w * a * a;
        visited.yy += w * b * b;
        visited.xy += w * a * b;
        exchanged += a * cosine(y, order[i], order[j]);
      }
    }
    const summer = new PairSummer(x, y);
    const sums = summer.sums(times);
    for (const name of ['pairs', 'x', 'y', 'xx', 'yy', 'xy'] as const) {
      expect(Math.abs(sums[name] - visited[name]), name).toBeLessThan(1e-6 * visited.pairs);
    }
    const { xy } = summer.reordered(summer.sums(), order);
    expect(Math.abs(xy - exchanged)).toBeLessThan(1e-6 * visited.pairs);
  });

  it('falls as the square of what is not spoiled', () => {
    const [x, y] = related(600, 0.3, 5);
    for (const { share, pearson, expected } of edc(x, y, { seed: 2, resamples: 2 }).curve) {
      expect(Math.abs(pearson - expected), String(share)).toBeLessThan(0.05);
    }
  });

  it('has no figure where one side does not vary', () => {
    const [x] = related(20, 0, 7);
    const flat = { vectors: new Float32Array(20).fill(1), size: 1 };
    expect(edc(x, flat, { seed: 1, resamples: 5 }).pearson).toBeNaN();
  });

  it('refuses what has no pairs', () => {
    const two = { vectors: new Float32Array(4), size: 2 };
    expect(() => edc(two, two, { seed: 1 })).toThrow(RangeError);
    expect(() => edc(two, { vectors: new Float32Array(6), size: 2 }, { seed: 1 })).toThrow('2 items');
  });
});
