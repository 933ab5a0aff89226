/** Truncated decomposition against LAPACK's in full (scripts/goldens/svd.py), and what is made of it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { latentSemanticVectors } from '../../src/models/embedders/lsa.ts';
import { stackRows } from '../../src/models/linear/sparse.ts';
import { truncatedSvd } from '../../src/models/linear/svd.ts';

interface Golden {
  matrix: number[][];
  rank: number;
  values: number[];
  gram: number[][];
}
const { cases } = JSON.parse(readFileSync(new URL('svd-goldens.json', import.meta.url), 'utf8')) as {
  cases: Golden[];
};

const sparse = (matrix: readonly number[][]) =>
  stackRows(
    matrix.map((row) => {
      const indices = Uint32Array.from(row.flatMap((value, c) => (value === 0 ? [] : [c])));
      return { indices, values: Float32Array.from(indices, (c) => row[c]) };
    }),
    matrix[0].length,
  );

describe.each(cases)('$matrix.length rows, rank $rank', ({ matrix, rank, values, gram }) => {
  const found = truncatedSvd(sparse(matrix), rank, 1);

  it('has the singular values', () => {
    expect(found.rank).toBe(rank);
    values.forEach((value, i) => expect(found.values[i]).toBeCloseTo(value, 4));
  });

  it('places rows as the singular vectors do', () => {
    gram.forEach((row, i) =>
      row.forEach((product, j) => {
        let sum = 0;
        for (let k = 0; k < rank; k++) sum += found.rows[i * rank + k] * found.rows[j * rank + k];
        expect(sum).toBeCloseTo(product, 3);
      }),
    );
  });
});

it('has no more values than the matrix has rows or columns', () => {
  const { rank, rows } = truncatedSvd(
    sparse([
      [1, 2],
      [2, 4],
      [0, 0],
    ]),
    10,
    1,
  );
  expect(rank).toBe(2);
  // Its rank is one: nothing is left for the second.
  expect(Math.abs(rows[1])).toBeLessThan(1e-5);
  expect(Array.from(rows.subarray(4))).toEqual([0, 0]);
});

describe('latent semantic analysis', () => {
  const cosine = (a: Float32Array, b: Float32Array): number => {
    const inner = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
    return inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
  };

  it('puts items of shared words together, also where the words are others', () => {
    const texts = [
      'opens a file for reading',
      'opens a stream for reading',
      'closes the stream',
      'adds two numbers',
      'adds two integers',
      'subtracts integers',
    ];
    const { vectors, size } = latentSemanticVectors(
      texts.map((text) => text.split(' ')),
      { seed: 1, size: 2 },
    );
    const place = (i: number) => vectors.subarray(i * size, (i + 1) * size);
    expect(cosine(place(0), place(1))).toBeGreaterThan(0.9);
    expect(cosine(place(3), place(4))).toBeGreaterThan(0.9);
    expect(Math.abs(cosine(place(0), place(3)))).toBeLessThan(0.2);
    // No word of the last is a word of the fourth.
    expect(cosine(place(3), place(5))).toBeGreaterThan(0.9);
  });

  it('gives zeros where nothing is shared', () => {
    expect(Array.from(latentSemanticVectors([['a'], ['b']], { seed: 1 }).vectors)).toEqual([0, 0]);
  });
});
