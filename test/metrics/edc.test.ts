/** Embedding Distance Correlation against SciPy's over all pairs (scripts/goldens/edc.py), and against what it means. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Edc, edc } from '../../src/metrics/edc/edc.ts';
import { alone, connected, drawGroups, type Groups, spoilGroups } from '../../src/metrics/edc/groups.ts';
import { pearson } from '../../src/metrics/edc/sampled.ts';
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

/** Draws from the standard normal distribution (Box and Muller 1958). */
function normals(random: Random): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
}

/** Outputs that follow from the inputs but for noise. */
function related(items: number, noise: number, seed: number): [Side, Side] {
  const normal = normals(new Random(seed));
  const size = 6;
  const x = Float32Array.from({ length: items * size }, normal);
  return [
    { vectors: x, size },
    { vectors: x.map((value) => value + noise * normal()), size },
  ];
}

/** Item i has the vector that item order[i] had. */
function rearranged({ vectors, size }: Side, order: ArrayLike<number>): Side {
  const rows = Array.from(order, (from) => vectors.subarray(from * size, (from + 1) * size));
  return { vectors: Float32Array.from(rows.flatMap((row) => [...row])), size };
}

const SIZE = 6;
const BUILDS = 8;

/**
 * Functions in several builds each, whose code differs a little, with one text for all of them.
 * @param follows how far a text follows from its function: 0 not at all
 */
function builds(functions: number, follows: number, seed: number): [Side, Side, Groups] {
  const normal = normals(new Random(seed));
  const [x, y]: number[][] = [[], []];
  for (let f = 0; f < functions; f++) {
    const meaning = Array.from({ length: SIZE }, normal);
    const text = meaning.map((value) => follows * value + normal());
    for (let build = 0; build < BUILDS; build++) {
      x.push(...meaning.map((value) => value + 0.4 * normal()));
      y.push(...text);
    }
  }
  const groups = Array.from({ length: functions }, (_, f) =>
    Array.from({ length: BUILDS }, (__, build) => f * BUILDS + build),
  );
  return [
    { vectors: Float32Array.from(x), size: SIZE },
    { vectors: Float32Array.from(y), size: SIZE },
    groups,
  ];
}

describe('edc', () => {
  it('is high where outputs follow, near 0 where they are shuffled, and says how sure it is', () => {
    const [x, y] = related(150, 0.5, 3);
    const good = edc(x, y, { seed: 1, resamples: 100 });
    expect(good.interval.low).toBeGreaterThan(good.null.high);
    expect(good.p).toBeLessThan(0.02);
    const mixed = rearranged(y, spoilGroups(alone(150), 150, 1, new Random(9)));
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
    const twice = order.map((item) => item - (item % 2));
    const [again, direct] = [
      summer.reordered(summer.sums(), twice),
      new PairSummer(x, rearranged(y, twice)).sums(),
    ];
    for (const name of ['pairs', 'x', 'y', 'xx', 'yy', 'xy'] as const) {
      expect(Math.abs(again[name] - direct[name]), name).toBeLessThan(1e-6 * visited.pairs);
    }
  });

  it('makes no pair of a cluster with its copy, and of its items as many as it is drawn', () => {
    const [x, y] = related(40, 0.5, 6).map(unit);
    const clusters = connected(40, [Array.from({ length: 40 }, (_, i) => (i < 30 ? `${i % 7}` : null))]);
    const clusterOf = Array.from({ length: 40 }, (_, i) => clusters.findIndex((group) => group.includes(i)));
    const times = drawGroups(clusters, 40, new Random(3));
    expect(Math.max(...times)).toBeGreaterThan(1);
    const copies = Array.from(times, (count, item) =>
      Array.from({ length: count }, (_, copy) => ({ item, copy })),
    ).flat();
    const [a, b] = [[], []] as number[][];
    const cosine = ({ vectors, size }: Side, i: number, j: number): number =>
      Array.from({ length: size }, (_, k) => vectors[i * size + k] * vectors[j * size + k]).reduce(
        (sum, value) => sum + value,
        0,
      );
    copies.forEach((one, i) =>
      copies.slice(0, i).forEach((other) => {
        const together = clusterOf[one.item] === clusterOf[other.item];
        if (together && one.copy !== other.copy) return;
        a.push(cosine(x, one.item, other.item));
        b.push(cosine(y, one.item, other.item));
      }),
    );
    const sums = new PairSummer(x, y, clusters).sums(times);
    expect(sums.pairs).toBe(a.length);
    expect(correlationOf(sums)).toBeCloseTo(pearson(Float64Array.from(a), Float64Array.from(b)), 6);
  });

  it('says how sure it is of sets whose texts repeat: 95 % of the intervals hold the truth', () => {
    const FUNCTIONS = 30;
    const SETS = 120;
    const sets = Array.from({ length: SETS }, (_, i) => builds(FUNCTIONS, 1, 1000 + i));
    const measured = sets.map(([x, y, groups], i) => {
      const options = { seed: 100 * i, resamples: 50, sampledPairs: 1, spoiled: [] };
      const whole = edc(x, y, { ...options, clusters: groups, blocks: groups });
      return { whole, single: edc(x, y, options) };
    });
    // What such sets have on average.
    const truth = measured.reduce((sum, { whole }) => sum + whole.pearson, 0) / SETS;
    const covered = (of: (sides: (typeof measured)[number]) => Edc): number =>
      measured.filter((sides) => of(sides).interval.low <= truth && truth <= of(sides).interval.high).length /
      SETS;
    expect(covered(({ whole }) => whole)).toBeGreaterThan(0.85);
    expect(covered(({ single }) => single)).toBeLessThan(0.75);
  }, 300_000);

  it('finds nothing in texts that follow from nothing, however often they repeat', () => {
    const SETS = 120;
    const falseAlarms = { whole: 0, single: 0 };
    for (let i = 0; i < SETS; i++) {
      const [x, y, groups] = builds(30, 0, 5000 + i);
      const options = { seed: 100 * i, resamples: 50, sampledPairs: 1, spoiled: [] };
      if (edc(x, y, { ...options, clusters: groups, blocks: groups }).p <= 0.05) falseAlarms.whole++;
      if (edc(x, y, options).p <= 0.05) falseAlarms.single++;
    }
    expect(falseAlarms.whole / SETS).toBeLessThan(0.1);
    expect(falseAlarms.single / SETS).toBeGreaterThan(0.9);
  }, 300_000);

  it('falls as the square of what is not spoiled, but for the part of single items', () => {
    const [x, y] = related(600, 0.3, 5);
    // Every third item is far from all others on both sides, whatever its pair.
    const far = (side: Side): Side => ({
      ...side,
      vectors: side.vectors.map((value, at) =>
        at % side.size === 0 ? (Math.floor(at / side.size) % 3 === 0 ? -3 : 3) : value,
      ),
    });
    const plain = edc(x, y, { seed: 2, resamples: 50 });
    const items = edc(far(x), far(y), { seed: 2, resamples: 50 });
    for (const { curve } of [plain, items]) {
      for (const { share, interval, expected } of curve) {
        expect(interval.low - 1e-9, String(share)).toBeLessThanOrEqual(expected);
        expect(interval.high + 1e-9, String(share)).toBeGreaterThanOrEqual(expected);
      }
    }
    expect(Math.abs(plain.firstOrder)).toBeLessThan(0.05);
    expect(items.firstOrder).toBeGreaterThan(0.15);
    const half = items.curve.find(({ share }) => share === 0.5)!;
    expect(half.square).toBeLessThan(half.interval.low);
    expect(plain.curve.at(-1)!.interval.high).toBeLessThan(0.05);
  });

  it('falls to what repetition gives where texts repeat', () => {
    const [x, y, groups] = builds(120, 1, 8);
    const { curve, null: shuffled } = edc(x, y, { seed: 2, resamples: 50, clusters: groups, blocks: groups });
    for (const { share, interval, expected } of curve) {
      expect(interval.low - 1e-9, String(share)).toBeLessThanOrEqual(expected);
      expect(interval.high + 1e-9, String(share)).toBeGreaterThanOrEqual(expected);
    }
    expect(shuffled.low).toBeGreaterThan(0.01);
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
