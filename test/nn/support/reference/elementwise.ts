/** Operations on each element by itself. */

import * as ops from '../../../../src/nn/ops/elementwise.ts';
import type { Operation } from '../../../../src/nn/tensor.ts';
import { at, broadcastShape, make, type NDArray } from '../array.ts';
import { reference, type Reference } from './types.ts';

function unary(operation: Operation, f: (x: number) => number): Reference {
  return reference(operation, ([x]) => ({ shape: x.shape, data: x.data.map(f) }));
}

function binary(operation: Operation, f: (a: number, b: number) => number | boolean): Reference {
  return reference(operation, ([a, b]) =>
    make(broadcastShape(a.shape, b.shape), (index) => Number(f(at(a, index), at(b, index)))),
  );
}

/**
 * The error function: for |x| < 3 the series of Abramowitz and Stegun 7.1.6, whose terms have one sign; beyond,
 * the continued fraction of its complement, 7.1.14.
 */
export function erf(x: number): number {
  const z = Math.abs(x);
  const power = Math.exp(-z * z);
  if (z >= 3) {
    let fraction = 0;
    for (let n = 60; n >= 1; n--) fraction = n / 2 / (z + fraction);
    return Math.sign(x) * (1 - power / (Math.sqrt(Math.PI) * (z + fraction)));
  }
  let term = x;
  let total = x;
  for (let n = 1; n < 100; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * power * total;
}

/** Whole numbers and truth values drop what lies behind the point. */
function converted({ shape, data }: NDArray, to: string): NDArray {
  if (to === 'float32') return { shape, data };
  return { shape, data: data.map((x) => (to === 'bool' ? Number(x !== 0) : Math.trunc(x))) };
}

export const elementwise: readonly Reference[] = [
  binary(ops.addOperation, (a, b) => a + b),
  binary(ops.subOperation, (a, b) => a - b),
  binary(ops.mulOperation, (a, b) => a * b),
  binary(ops.divOperation, (a, b) => a / b),
  binary(ops.maximumOperation, Math.max),
  binary(ops.minimumOperation, Math.min),
  binary(ops.greaterOperation, (a, b) => a > b),
  binary(ops.greaterOrEqualOperation, (a, b) => a >= b),
  binary(ops.equalOperation, (a, b) => a === b),
  binary(ops.andOperation, (a, b) => a !== 0 && b !== 0),
  unary(ops.negOperation, (x) => -x),
  unary(ops.expOperation, Math.exp),
  unary(ops.logOperation, Math.log),
  unary(ops.sqrtOperation, Math.sqrt),
  unary(ops.absOperation, Math.abs),
  unary(ops.signOperation, Math.sign),
  unary(ops.tanhOperation, Math.tanh),
  unary(ops.sigmoidOperation, (x) => 1 / (1 + Math.exp(-x))),
  unary(ops.reluOperation, (x) => Math.max(x, 0)),
  unary(ops.erfOperation, erf),
  unary(ops.softplusOperation, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  unary(ops.geluOperation, (x) => (x * (1 + erf(x / Math.SQRT2))) / 2),
  // Hendrycks and Gimpel 2016, section 2.
  unary(
    ops.geluTanhOperation,
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ),
  reference(ops.castOperation, ([x], { to }) => converted(x, to)),
  reference(ops.whereOperation, ([condition, a, b]) =>
    make(broadcastShape(condition.shape, a.shape, b.shape), (index) =>
      at(condition, index) === 0 ? at(b, index) : at(a, index),
    ),
  ),
  reference(ops.addNOperation, (terms) =>
    make(terms[0].shape, (index) => terms.reduce((total, term) => total + at(term, index), 0)),
  ),
];
