import { expect, it } from 'vitest';
import { Random } from '../random.ts';
import { neighbourAgreement, silhouette, sphericalMeans } from './clusters.ts';
import { dotScores } from './retrieval.ts';

const POINTS = [
  [1, 0],
  [0.8, 0.6],
  [0.6, 0.8],
  [0, 1],
  [-0.6, 0.8],
  [-0.8, 0.6],
  [0, -1],
  [0.6, -0.8],
];
const score = dotScores(Float32Array.from(POINTS.flat()), 2);

it.each([
  [[0, 0, 0, 1, 1, 1, 2, 2], 0.7375509423773678],
  [[0, 1, 0, 1, 2, 2, 2, 0], -0.036830052578804784],
  // One is alone in its cluster.
  [[0, 0, 0, 1, 1, 1, 2, 0], 0.3678956573206633],
])('the silhouette of clusters %j is that of scikit-learn 1.9', (clusters, expected) => {
  expect(silhouette(score, clusters)).toBeCloseTo(expected, 6);
});

it('two spaces agree wholly with themselves, and as chance has it with noise', () => {
  const random = new Random(3);
  const noise = (): Float32Array => Float32Array.from({ length: 400 * 8 }, () => random.uniform() - 0.5);
  const [one, other] = [dotScores(noise(), 8), dotScores(noise(), 8)];
  expect(neighbourAgreement(one, one, 400, 10)).toBe(1);
  const found = neighbourAgreement(one, other, 400, 10);
  // 4,000 neighbours, each right with 10/399: three deviations are .0075.
  expect(Math.abs(found - 10 / 399)).toBeLessThan(0.0075);
});

it('k-means finds the directions that vectors were scattered around', () => {
  const random = new Random(5);
  const size = 16;
  const directions = Array.from({ length: 4 }, () =>
    Array.from({ length: size }, () => random.uniform() - 0.5),
  );
  const vectors = new Float32Array(200 * size);
  for (let i = 0; i < 200; i++) {
    const row = directions[i % 4].map((value) => value + 0.1 * (random.uniform() - 0.5));
    const length = Math.hypot(...row);
    vectors.set(
      row.map((value) => value / length),
      i * size,
    );
  }
  const clusters = sphericalMeans(vectors, size, 4, 1);
  expect(new Set(clusters).size).toBe(4);
  for (let i = 4; i < 200; i++) expect(clusters[i]).toBe(clusters[i % 4]);
  expect(sphericalMeans(vectors, size, 4, 1)).toEqual(clusters);
});
