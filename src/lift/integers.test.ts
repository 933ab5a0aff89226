import { expect, it } from 'vitest';
import { constant, type Expr } from './expressions.ts';
import { bitwise } from './integers.ts';
import { compare, logic, opposite } from './truths.ts';

it('folds two numbers, where it once exchanged them without end', () => {
  for (const [op, value] of [
    ['and', 0b1000n],
    ['or', 0b1110n],
    ['xor', 0b0110n],
  ] as const) {
    expect(bitwise(op, constant(0b1100, 32), constant(0b1010, 32))).toEqual(constant(value, 32));
  }
});

it('makes the opposite of a condition of forty parts, where time once doubled with each', () => {
  const part = (n: number): Expr => compare('eq', { kind: 'undefined', bits: 32, of: n }, constant(n, 32));
  let condition = part(1);
  for (let n = 2; n <= 40; n++) condition = logic(n % 2 === 0 ? 'and' : 'or', part(n), condition);
  expect(opposite(opposite(condition))).toEqual(condition);
});
