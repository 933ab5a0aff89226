/** Logistic regression against finite differences and scikit-learn (scripts/goldens/metrics.py). */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { minimise } from '../../src/models/linear/lbfgs.ts';
import { logisticLoss, logits, softmax, trainLogistic } from '../../src/models/linear/logistic.ts';
import { type SparseVector, stackRows } from '../../src/models/linear/sparse.ts';
import { fitTemperature } from '../../src/models/linear/temperature.ts';
import { Random } from '../../src/random.ts';

interface LogisticGolden {
  x: number[][];
  y: number[];
  classes: number;
  penalty: number;
  probabilities: number[][];
}

const { logistic } = JSON.parse(
  readFileSync(new URL('../metrics/goldens.json', import.meta.url), 'utf8'),
) as unknown as { logistic: LogisticGolden[] };

function sparse(row: readonly number[]): SparseVector {
  const indices = [...row.keys()].filter((i) => row[i] !== 0);
  return { indices: Uint32Array.from(indices), values: Float32Array.from(indices, (i) => row[i]) };
}

describe('logistic regression', () => {
  it('has the gradient that finite differences find', () => {
    const random = new Random(1);
    const rows = Array.from({ length: 12 }, () =>
      sparse(Array.from({ length: 5 }, () => (random.below(2) === 0 ? 0 : random.uniform() - 0.5))),
    );
    const x = stackRows(rows, 5);
    const y = rows.map(() => random.below(3));
    const weights = Float64Array.from({ length: 6 * 3 }, () => random.uniform() - 0.5);
    const gradient = new Float64Array(weights.length);
    const ignored = new Float64Array(weights.length);
    logisticLoss(x, y, 3, 0.1, weights, gradient);
    const step = 1e-5;
    weights.forEach((weight, i) => {
      const at = (value: number): number => {
        const moved = weights.slice();
        moved[i] = value;
        return logisticLoss(x, y, 3, 0.1, moved, ignored);
      };
      expect((at(weight + step) - at(weight - step)) / (2 * step)).toBeCloseTo(gradient[i], 8);
    });
  });

  it.each(logistic)(
    'finds the optimum that scikit-learn finds',
    ({ x, y, classes, penalty, probabilities }) => {
      const rows = x.map(sparse);
      const model = trainLogistic(stackRows(rows, x[0].length), y, classes, { penalty, iterations: 500 });
      rows.forEach((row, r) => {
        softmax(logits(model, row)).forEach((p, c) => expect(p).toBeCloseTo(probabilities[r][c], 2));
      });
    },
  );

  it('does not overflow', () => {
    expect([...softmax([1000, 0, -1000])]).toEqual([1, 0, 0]);
  });
});

describe('L-BFGS', () => {
  it("finds the bottom of Rosenbrock's valley", () => {
    const found = minimise(
      Float64Array.of(-1.2, 1),
      (at, gradient) => {
        const [a, b] = at;
        gradient[0] = -400 * a * (b - a * a) - 2 * (1 - a);
        gradient[1] = 200 * (b - a * a);
        return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
      },
      { iterations: 200, tolerance: 1e-15 },
    );
    expect(found[0]).toBeCloseTo(1, 5);
    expect(found[1]).toBeCloseTo(1, 5);
  });
});

describe('temperature', () => {
  it('finds by how much log-odds were blown up', () => {
    const random = new Random(2);
    const scores: Float64Array[] = [];
    const truth: number[] = [];
    for (let i = 0; i < 5_000; i++) {
      const honest = Float64Array.of(random.uniform() * 4 - 2, 0);
      truth.push(random.uniform() < softmax(honest)[0] ? 0 : 1);
      scores.push(honest.map((s) => s * 3));
    }
    expect(fitTemperature(scores, truth)).toBeCloseTo(3, 0);
  });
});
