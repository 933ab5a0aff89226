import { expect, it } from 'vitest';
import { Random } from '../../random.ts';
import { type Candidate, COMPANY_FEATURES, companyFeatures, inCompany, REACH } from './company.ts';

const random = new Random(3);
const functions: Candidate[][] = Array.from({ length: 60 }, () =>
  Array.from({ length: random.below(4) }, (_, k) => ({
    name: `n${k}`,
    score: random.uniform(),
    packages: new Set(Array.from({ length: 1 + random.below(2) }, () => `p${random.below(4)}`)),
  })),
);

it('the share of a package counts the best of each of the others within reach', () => {
  const features = companyFeatures(functions);
  functions.forEach((candidates, i) => {
    candidates.forEach(({ name, score, packages }, k) => {
      const shares = [...packages].map((one) => {
        let [sum, nearest, others] = [0, 0, 0];
        functions.forEach((other, j) => {
          if (j === i || Math.abs(j - i) > REACH) return;
          others++;
          const best = [...other].sort((a, b) => b.score - a.score).at(0);
          if (!best?.packages.has(one) || best.name === name) return;
          sum += best.score;
          nearest++;
        });
        return { share: sum / others, nearest: nearest / others };
      });
      const share = Math.max(...shares.map((one) => one.share));
      const nearest = Math.max(...shares.map((one) => one.nearest));
      const expected = [Math.log(score / (1 - score)), share, Math.sqrt(share), nearest];
      expect(expected).toHaveLength(COMPANY_FEATURES.length);
      expected.forEach((value, f) => expect(features[i][k][f]).toBeCloseTo(value, 9));
    });
  });
});

it('a function alone has no company, and a certain name stays finite', () => {
  const alone = [{ name: 'a', score: 1, packages: new Set(['p']) }];
  const [[features]] = companyFeatures([alone]);
  expect(features.slice(1)).toEqual([0, 0, 0]);
  expect(features[0]).toBeGreaterThan(10);
  expect(Number.isFinite(features[0])).toBe(true);
});

it('names are sorted by what company makes of them', () => {
  // Log-odds count nothing, the share everything: that of the others wins.
  const linear = { classes: 2, columns: 4, weights: Float64Array.from([0, 0, 0, 9, 0, 0, 0, 0, 0, 0]) };
  const of = (name: string, score: number, from: string): Candidate => ({
    name,
    score,
    packages: new Set([from]),
  });
  const [first] = inCompany(
    [[of('rare', 0.6, 'x'), of('common', 0.4, 'y')], [of('b', 0.9, 'y')], [of('c', 0.9, 'y')]],
    linear,
  );
  expect(first.map(({ name }) => name)).toEqual(['common', 'rare']);
});
