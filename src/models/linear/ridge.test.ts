/** Against the equations that define it, solved by elimination. */

import { expect, it } from 'vitest';
import { Random } from '../../random.ts';
import { ridge, type RidgeProblem } from './ridge.ts';
import { type SparseMatrix, stackRows } from './sparse.ts';

/** About a third of the numbers are there. */
function drawn(rows: number, columns: number, random: Random): SparseMatrix {
  return stackRows(
    Array.from({ length: rows }, () => {
      const indices = Array.from({ length: columns }, (_, i) => i).filter(() => random.uniform() < 1 / 3);
      return {
        indices: Uint32Array.from(indices),
        values: Float32Array.from(indices, () => random.uniform() - 0.5),
      };
    }),
    columns,
  );
}

function dense({ rows, columns, starts, indices, values }: SparseMatrix): number[][] {
  const found = Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
  for (let r = 0; r < rows; r++) {
    for (let i = starts[r]; i < starts[r + 1]; i++) found[r][indices[i]] = values[i];
  }
  return found;
}

/** Gauss-Jordan; the matrix is positive definite, so that no pivot is nought. */
function solve(matrix: number[][], right: number[][]): number[][] {
  const rows = matrix.map((row, i) => [...row, ...right[i]]);
  rows.forEach((row, i) => {
    const pivot = row[i];
    row.forEach((value, k) => (row[k] = value / pivot));
    rows.forEach((other, j) => {
      if (j === i) return;
      const factor = other[i];
      row.forEach((value, k) => (other[k] -= factor * value));
    });
  });
  return rows.map((row) => row.slice(matrix.length));
}

function run(problem: RidgeProblem): { solution: Float32Array; shares: number[] } {
  const steps = ridge(problem);
  const shares: number[] = [];
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) shares.push(step.value);
  return { solution: step.value, shares };
}

it("solves (X' D X + penalty) W = X' D Y", () => {
  const random = new Random(1);
  const [rows, columns, targets, penalty] = [40, 9, 5, 0.3];
  const inputs = drawn(rows, columns, random);
  const wanted = drawn(rows, targets, random);
  const weights = Array.from({ length: rows }, () => 0.5 + random.uniform());
  const [x, y] = [dense(inputs), dense(wanted)];
  const sum = (a: number, of: number[][], b: number): number =>
    x.reduce((total, row, r) => total + weights[r] * row[a] * of[r][b], 0);
  const every = <T>(count: number, of: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => of(i));
  const gram = every(columns, (a) => every(columns, (b) => sum(a, x, b) + (a === b ? penalty : 0)));
  const right = every(columns, (a) => every(targets, (b) => sum(a, y, b)));
  const { solution } = run({ inputs, targets: wanted, weights, penalty, iterations: 30 });
  solve(gram, right)
    .flat()
    .forEach((value, i) => expect(solution[i]).toBeCloseTo(value, 4));
});

it('tells how far it is, and of nothing to learn from finds nothing', () => {
  const random = new Random(2);
  const inputs = drawn(600, 3, random);
  const targets = stackRows(
    Array.from({ length: 600 }, () => ({ indices: new Uint32Array(), values: new Float32Array() })),
    2,
  );
  const { solution, shares } = run({
    inputs,
    targets,
    weights: new Float32Array(600).fill(1),
    penalty: 1,
    iterations: 2,
  });
  expect([...solution]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBeGreaterThan(0.8);
  expect(shares.at(-1)).toBeLessThan(1);
});
