/** Cases of the operations on each element by itself, by the operation's name. */

import * as ops from '../../../src/nn/ops/elementwise.ts';
import type { Tensor } from '../../../src/nn/tensor.ts';
import { given, normal, signed, uniform, whole, type Case, type Feed } from '../support/check.ts';

/** A binary operation on operands of one shape, and repeated along each kind of axis. */
function pairs(
  name: string,
  f: (a: Tensor, b: Tensor) => Tensor,
  draw: (shape: readonly number[]) => Feed = normal,
): Case[] {
  const shapes: [string, number[], number[]][] = [
    ['one shape', [2, 3], [2, 3]],
    ['a row', [2, 3], [3]],
    ['a column on the left', [2, 1], [2, 3]],
    ['both repeated', [2, 1, 3], [4, 1]],
    ['a number', [], [2, 2]],
    ['one element of rank 3', [2, 2], [1, 1, 1]],
  ];
  return shapes.map(([what, a, b]) => ({
    name: `${name}, ${what}`,
    inputs: { a: draw(a), b: draw(b) },
    build: (x) => f(x['a'], x['b']),
  }));
}

/** A comparison: exact, and no gradient through it. */
function comparison(name: string, f: (a: Tensor, b: Tensor) => Tensor): Case[] {
  return [
    {
      name: `${name} of numbers`,
      inputs: { a: given([2, 3], [1, 2, 3, 4, 5, 6]), b: given([3], [1, 3, 3]) },
      build: (x) => [f(x['a'], x['b']), ops.cast(f(x['a'], x['b']), 'float32')],
      none: ['a', 'b'],
    },
    {
      name: `${name} of whole numbers`,
      inputs: { a: whole([4, 5], 3), b: whole([5], 3) },
      build: (x) => f(x['a'], x['b']),
    },
    {
      name: `${name} of int32`,
      inputs: { a: whole([4, 5], 3, 'int32'), b: whole([5], 3, 'int32') },
      build: (x) => f(x['a'], x['b']),
    },
  ];
}

function single(
  name: string,
  f: (x: Tensor) => Tensor,
  draw: (shape: readonly number[]) => Feed = normal,
): Case[] {
  return [[3, 4], [], [2, 1, 3]].map((shape) => ({
    name: `${name} of [${shape.join(', ')}]`,
    inputs: { x: draw(shape) },
    build: ({ x }) => f(x),
  }));
}

const positive = (shape: readonly number[]): Feed => uniform(shape, 0.2, 3);
const wide = (shape: readonly number[]): Feed => uniform(shape, -6, 6);
const bits = (shape: readonly number[]): Feed => whole(shape, 2, 'bool');

export const elementwise: Readonly<Record<string, readonly Case[]>> = {
  add: pairs('add', ops.add),
  sub: pairs('sub', ops.sub),
  mul: [
    ...pairs('mul', ops.mul),
    { name: 'mul by itself', inputs: { x: normal([3]) }, build: ({ x }) => ops.square(x) },
  ],
  div: pairs('div', ops.div, signed),
  maximum: [
    ...pairs('maximum', ops.maximum),
    {
      name: 'maximum of whole numbers',
      inputs: { a: whole([5], 9), b: whole([5], 9) },
      build: (x) => ops.maximum(x['a'], x['b']),
    },
  ],
  minimum: pairs('minimum', ops.minimum),
  greater: comparison('greater', ops.greater),
  greaterOrEqual: comparison('greaterOrEqual', ops.greaterOrEqual),
  equal: [
    ...comparison('equal', ops.equal),
    {
      name: 'equal of truth values',
      inputs: { a: bits([2, 4]), b: bits([4]) },
      build: (x) => ops.equal(x['a'], x['b']),
    },
  ],
  and: [{ name: 'and', inputs: { a: bits([3, 4]), b: bits([4]) }, build: (x) => ops.and(x['a'], x['b']) }],
  neg: single('neg', ops.neg),
  exp: single('exp', ops.exp),
  log: single('log', ops.log, positive),
  sqrt: single('sqrt', ops.sqrt, positive),
  abs: single('abs', ops.abs, signed),
  sign: single('sign', ops.sign, signed).map((item) => ({ ...item, none: ['x'] })),
  tanh: single('tanh', ops.tanh),
  sigmoid: single('sigmoid', ops.sigmoid, wide),
  relu: single('relu', ops.relu, signed),
  erf: single('erf', ops.erf),
  softplus: single('softplus', ops.softplus, wide),
  gelu: [...single('gelu', ops.gelu), ...single('gelu, wide', ops.gelu, wide)],
  geluTanh: [...single('geluTanh', ops.geluTanh), ...single('geluTanh, wide', ops.geluTanh, wide)],
  cast: [
    {
      name: 'cast to whole numbers and back',
      inputs: { x: wide([3, 4]) },
      build: ({ x }) => [ops.cast(x, 'int64'), ops.cast(ops.cast(x, 'int32'), 'float32')],
      none: ['x'],
    },
    {
      name: 'cast of truth values and bytes',
      inputs: { a: bits([5]), b: whole([5], 200, 'uint8') },
      build: (x) => [ops.cast(x['a'], 'float32'), ops.cast(x['b'], 'int64'), ops.cast(x['b'], 'bool')],
    },
  ],
  where: [
    ['one shape', [2, 3], [2, 3], [2, 3]],
    ['a repeated condition', [3], [2, 3], [2, 1]],
    ['a wide condition', [4, 2, 3], [3], [2, 1]],
    ['numbers', [2, 3], [], []],
  ].map(([what, condition, a, b]) => ({
    name: `where, ${what as string}`,
    inputs: { c: bits(condition as number[]), a: normal(a as number[]), b: normal(b as number[]) },
    build: (x) => ops.where(x['c'], x['a'], x['b']),
  })),
  addN: [
    {
      name: 'addN of four, one of them twice',
      inputs: { a: normal([2, 3]), b: normal([2, 3]), c: normal([2, 3]) },
      build: (x) => ops.addN([x['a'], x['b'], x['a'], x['c']]),
    },
  ],
};
