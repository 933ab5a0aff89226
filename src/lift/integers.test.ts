import { expect, it } from 'vitest';
import { constant } from './expressions.ts';
import { bitwise } from './integers.ts';

it('folds two numbers, where it once exchanged them without end', () => {
  for (const [op, value] of [
    ['and', 0b1000n],
    ['or', 0b1110n],
    ['xor', 0b0110n],
  ] as const) {
    expect(bitwise(op, constant(0b1100, 32), constant(0b1010, 32))).toEqual(constant(value, 32));
  }
});
