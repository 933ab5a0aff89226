/** Agreement of raters against scikit-learn and the package krippendorff (scripts/goldens/agreement.py). */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cohenKappa, type Difference, krippendorffAlpha, type Ratings } from '../../src/metrics/agreement.ts';

interface Golden {
  ratings: Ratings;
  alpha: Record<Difference, number>;
  kappa?: { none: number; quadratic: number };
}
const { cases } = JSON.parse(readFileSync(new URL('agreement-goldens.json', import.meta.url), 'utf8')) as {
  cases: Golden[];
};

describe.each(cases)('$ratings.length raters, $ratings.0.length items', ({ ratings, alpha }) => {
  it.each(['nominal', 'ordinal', 'interval'] as const)('alpha, %s', (difference) => {
    expect(krippendorffAlpha(ratings, difference)).toBeCloseTo(alpha[difference], 10);
  });

  it('counts an item twice as two items', () => {
    const times = ratings[0].map((_, i) => 1 + (i % 3));
    const copied = ratings.map((rater) =>
      rater.flatMap((value, i) => Array<typeof value>(times[i]).fill(value)),
    );
    expect(krippendorffAlpha(ratings, 'ordinal', times)).toBeCloseTo(
      krippendorffAlpha(copied, 'ordinal'),
      10,
    );
    const [[a, b], [c, d]] = [ratings, copied];
    expect(cohenKappa(a, b, 'quadratic', times)).toBeCloseTo(cohenKappa(c, d, 'quadratic'), 10);
  });
});

describe('agreement', () => {
  it.each(cases.filter(({ kappa }) => kappa))('of two is kappa', ({ ratings: [a, b], kappa }) => {
    expect(cohenKappa(a, b, 'none')).toBeCloseTo(kappa!.none, 10);
    expect(cohenKappa(a, b, 'quadratic')).toBeCloseTo(kappa!.quadratic, 10);
  });

  it('has no figure where there is nothing to disagree on', () => {
    expect(cohenKappa([3, 3], [3, 3], 'none')).toBeNaN();
    expect(cohenKappa([3, null], [null, 3], 'none')).toBeNaN();
    expect(
      krippendorffAlpha(
        [
          [1, 1],
          [1, 1],
        ],
        'ordinal',
      ),
    ).toBeNaN();
    expect(
      krippendorffAlpha(
        [
          [1, 2],
          [null, null],
        ],
        'ordinal',
      ),
    ).toBeNaN();
    expect(krippendorffAlpha([], 'ordinal')).toBeNaN();
  });
});
