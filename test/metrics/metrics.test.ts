/** Metrics against scikit-learn's values (scripts/goldens/metrics.py). */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrap, quantile } from '../../src/metrics/bootstrap.ts';
import {
  brier,
  equalMassBins,
  equalWidthBins,
  expectedCalibrationError,
} from '../../src/metrics/calibration.ts';
import {
  accuracy,
  confusionMatrix,
  macroF1,
  macroPrecisionRecall,
} from '../../src/metrics/classification.ts';
import {
  classRetrieval,
  dotScores,
  meanReciprocalRank,
  rankOf,
  recallAt,
  retrieveClasses,
} from '../../src/metrics/retrieval.ts';
import { Random } from '../../src/random.ts';

interface Goldens {
  classification: {
    truth: number[];
    predicted: number[];
    weights: number[];
    classes: number;
    accuracy: number;
    macroF1: number;
    weightedAccuracy: number;
    confusion: number[];
  }[];
  calibration: { scores: number[]; right: number[]; brier: number; equalWidth10: number }[];
}

const goldens = JSON.parse(
  readFileSync(new URL('goldens.json', import.meta.url), 'utf8'),
) as unknown as Goldens;

describe('classification', () => {
  it('has the means over classes of the example in scikit-learn’s documentation', () => {
    // precision_recall_fscore_support of cat, dog, pig, cat, dog, pig against cat, pig, dog, cat, cat, dog.
    const { precision, recall } = macroPrecisionRecall(
      confusionMatrix([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1], 3),
      3,
    );
    expect(precision).toBeCloseTo(2 / 9, 12);
    expect(recall).toBeCloseTo(1 / 3, 12);
    // A class that is true nowhere has no mean to be in.
    expect(macroPrecisionRecall(confusionMatrix([0, 0], [0, 1], 2), 2)).toEqual({
      precision: 1,
      recall: 0.5,
    });
  });

  it.each(goldens.classification)('agrees with scikit-learn on $classes classes', (golden) => {
    const { truth, predicted, weights, classes } = golden;
    const confusion = confusionMatrix(truth, predicted, classes);
    expect([...confusion]).toEqual(golden.confusion);
    expect(accuracy(confusion, classes)).toBeCloseTo(golden.accuracy, 12);
    expect(macroF1(confusion, classes)).toBeCloseTo(golden.macroF1, 12);
    const weighted = confusionMatrix(truth, predicted, classes, weights);
    expect(accuracy(weighted, classes)).toBeCloseTo(golden.weightedAccuracy, 12);
  });
});

describe('calibration', () => {
  it.each(goldens.calibration)('agrees with scikit-learn', ({ scores, right, ...golden }) => {
    expect(brier(scores, right)).toBeCloseTo(golden.brier, 12);
    expect(expectedCalibrationError(equalWidthBins(scores, right, 10))).toBeCloseTo(golden.equalWidth10, 12);
  });

  it('puts each score into one bin, and finds honest scores honest', () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(score, { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (scores, bins) => {
        const right = scores.map(() => 1);
        for (const binned of [equalWidthBins(scores, right, bins), equalMassBins(scores, right, bins)]) {
          expect(binned.reduce((sum, { count }) => sum + count, 0)).toBe(scores.length);
          const mean = scores.reduce((sum, s) => sum + s, 0) / scores.length;
          expect(expectedCalibrationError(binned)).toBeCloseTo(1 - mean, 9);
        }
      }),
    );
  });
});

describe('retrieval', () => {
  it('counts ranks', () => {
    expect(recallAt([1, 0, 3, 1], 1)).toBe(0.5);
    expect(meanReciprocalRank([1, 0, 2, 4])).toBeCloseTo((1 + 0 + 0.5 + 0.25) / 4, 12);
    expect(meanReciprocalRank([1, 20], 10)).toBe(0.5);
  });

  it('gives equals the worst of their ranks', () => {
    expect(rankOf([3, 2, 2, 1], 1)).toBe(3);
    expect(rankOf([0, 0, 0], 0)).toBe(3);
  });

  /** The example of CodeXGLUE's POJ-104: classes {0, 1, 2} and {3, 4, 5}, and what is retrieved for each. */
  const EXAMPLE = [
    [3, 2],
    [0, 4],
    [0, 1],
    [4, 2],
    [1, 5],
    [4, 3],
  ];

  it('gives the MAP@R of CodeXGLUE’s example', () => {
    const found = EXAMPLE.map((items, query) =>
      classRetrieval(items.map((item) => Math.floor(item / 3) === Math.floor(query / 3))),
    );
    const mean = (of: (one: (typeof found)[number]) => number) =>
      found.reduce((sum, one) => sum + of(one), 0) / found.length;
    expect(mean((one) => one.averagePrecision)).toBeCloseTo(0.5833, 4);
    // Its evaluator counts what the two sets share.
    expect(mean((one) => one.recall)).toBeCloseTo(0.6667, 4);
    expect(mean((one) => one.precisionOfHits)).toBeCloseTo((0.5 + 1 + 1 + 1 + 0.5 + 1) / 6, 12);
  });

  it('retrieves by the dot product', () => {
    const degrees = [0, 10, 50, 22, 61, 70];
    const vectors = Float32Array.from(
      degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
    );
    const found = retrieveClasses(dotScores(vectors, 2), ['a', 'a', 'a', 'b', 'b', 'b']);
    // Nearest to 0 are 10 and 22, to 10 0 and 22, to 50 61 and 70, to 22 10 and 0, to 61 70 and 50, to 70 61 and 50.
    expect(found.map((one) => one!.averagePrecision)).toEqual([0.5, 0.5, 0, 0, 0.5, 0.5]);
  });

  it('finds nothing where all vectors are the same, and asks for nothing that is alone', () => {
    const found = retrieveClasses(dotScores(new Float32Array(14).fill(1), 2), [1, 1, 2, 2, 2, 2, 3]);
    expect(found.map((one) => one?.recall ?? null)).toEqual([0, 0, 0, 0, 0, 0, null]);
  });
});

describe('bootstrap', () => {
  const mean =
    (values: readonly number[]) =>
    (weights: Float64Array): number => {
      let sum = 0;
      let all = 0;
      values.forEach((value, i) => {
        sum += weights[i] * value;
        all += weights[i];
      });
      return sum / all;
    };

  it('finds the standard error of a mean', () => {
    const random = new Random(7);
    const values = Array.from({ length: 400 }, () => random.uniform());
    const { low, high } = bootstrap(400, (i) => i, mean(values), { seed: 1, resamples: 2000 });
    // A uniform number has the variance 1/12; 95 % lie within 1.96 standard errors.
    const expected = 2 * 1.96 * Math.sqrt(1 / 12 / 400);
    expect(high - low).toBeGreaterThan(expected * 0.9);
    expect(high - low).toBeLessThan(expected * 1.1);
  });

  it('is wider over clusters of equal items, by the root of their size', () => {
    const random = new Random(8);
    const values = Array.from({ length: 100 }, () => random.uniform()).flatMap((v) => [v, v, v, v]);
    const width = (cluster: (i: number) => number): number => {
      const { low, high } = bootstrap(400, cluster, mean(values), { seed: 1, resamples: 2000 });
      return high - low;
    };
    expect(width((i) => i >> 2) / width((i) => i)).toBeCloseTo(2, 0);
  });

  it('gives the same interval for the same seed', () => {
    const values = [1, 2, 3, 4, 5];
    const run = (seed: number) => bootstrap(5, (i) => i, mean(values), { seed });
    expect(run(3)).toEqual(run(3));
  });

  it('interpolates quantiles as numpy does', () => {
    // numpy.quantile([1, 2, 4, 8], [0, .1, .5, .9, 1])
    expect([0, 0.1, 0.5, 0.9, 1].map((q) => quantile([1, 2, 4, 8], q))).toEqual([
      1, 1.3, 3, 6.800000000000001, 8,
    ]);
  });
});

describe('Random', () => {
  it('is even and reproducible', () => {
    const random = new Random(5);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.below(10)]++;
    // Chi-squared with 9 degrees of freedom: 27.9 is exceeded once in a thousand.
    expect(counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
    expect(new Random(5).uint32()).toBe(new Random(5).uint32());
    expect(new Random(5).uint32()).not.toBe(new Random(6).uint32());
  });
});
