/** Operations on each element by itself, operands broadcast as in NumPy. */

import { broadcast, expectFloats, sameShape } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, noGradient, type Backward, type Operation, type Tensor } from '../tensor.ts';
import { showType, type DType } from '../types.ts';
import { unbroadcast } from './broadcast.ts';
import { scalar } from './source.ts';

export type Operand = Tensor | number;

const tensor = (value: Operand): Tensor => (typeof value === 'number' ? scalar(value) : value);

function sameType(name: string, a: Tensor, b: Tensor): void {
  if (a.dtype !== b.dtype) {
    throw new ShapeError(`${name}: operands of one type expected, got ${showType(a)} and ${showType(b)}`);
  }
}

/** A gradient rule for two operands, before the sums that broadcasting asks for. */
type BinaryRule = (gradient: Tensor, a: Tensor, b: Tensor, y: Tensor) => [Tensor | null, Tensor | null];

function binary(name: string, onnx: string, rule: BinaryRule | null, result?: DType): Operation {
  return {
    name,
    infer([a, b]) {
      sameType(name, a, b);
      // What holds or not is compared and joined, never ordered or reckoned with.
      if (name !== 'equal' && (a.dtype === 'bool') !== (name === 'and')) {
        throw new ShapeError(`${name}: ${name === 'and' ? 'bool' : 'numbers'} expected, got ${showType(a)}`);
      }
      return [{ dtype: result ?? a.dtype, shape: broadcast(a.shape, b.shape) }];
    },
    lower({ emit, inputs, outputs }) {
      emit.node(onnx, inputs, outputs);
    },
    gradient({ inputs: [a, b], outputs: [y], gradients: [dy] }: Backward<object>) {
      if (!rule || !dy) return [null, null];
      const [da, db] = rule(dy, a, b, y);
      return [da && unbroadcast(da, a), db && unbroadcast(db, b)];
    },
  };
}

export const addOperation = binary('add', 'Add', (dy) => [dy, dy]);
export const subOperation = binary('sub', 'Sub', (dy) => [dy, neg(dy)]);
export const mulOperation = binary('mul', 'Mul', (dy, a, b) => [mul(dy, b), mul(dy, a)]);
export const divOperation = binary('div', 'Div', (dy, _a, b, y) => {
  const da = div(dy, b);
  return [da, neg(mul(da, y))];
});
/** Where both are equal, the first takes the whole gradient. */
export const maximumOperation = binary('maximum', 'Max', (dy, a, b) => {
  const first = cast(greaterOrEqual(a, b), 'float32');
  return [mul(dy, first), mul(dy, sub(1, first))];
});
/** Where both are equal, the first takes the whole gradient. */
export const minimumOperation = binary('minimum', 'Min', (dy, a, b) => {
  const first = cast(greaterOrEqual(b, a), 'float32');
  return [mul(dy, first), mul(dy, sub(1, first))];
});
export const greaterOperation = binary('greater', 'Greater', null, 'bool');
export const greaterOrEqualOperation = binary('greaterOrEqual', 'GreaterOrEqual', null, 'bool');
export const equalOperation = binary('equal', 'Equal', null, 'bool');
export const andOperation = binary('and', 'And', null, 'bool');

const applyBinary =
  (operation: Operation) =>
  (a: Operand, b: Operand): Tensor =>
    apply(operation, [tensor(a), tensor(b)], {});

export const add = applyBinary(addOperation);
export const sub = applyBinary(subOperation);
export const mul = applyBinary(mulOperation);
export const div = applyBinary(divOperation);
export const maximum = applyBinary(maximumOperation);
export const minimum = applyBinary(minimumOperation);
export const greater = applyBinary(greaterOperation);
export const greaterOrEqual = applyBinary(greaterOrEqualOperation);
/** Equal in every bit; meant for whole numbers. */
export const equal = applyBinary(equalOperation);
export const and = applyBinary(andOperation);

/** The gradient, given the input `x` and the output `y`. */
type UnaryRule = (gradient: Tensor, x: Tensor, y: Tensor) => Tensor;

function unary(name: string, onnx: string, rule: UnaryRule): Operation {
  return {
    name,
    infer([x]) {
      expectFloats(name, [x]);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    lower({ emit, inputs, outputs }) {
      emit.node(onnx, inputs, outputs);
    },
    gradient({ inputs: [x], outputs: [y], gradients: [dy] }) {
      return [dy && rule(dy, x, y)];
    },
  };
}

export const negOperation = unary('neg', 'Neg', (dy) => neg(dy));
export const expOperation = unary('exp', 'Exp', (dy, _x, y) => mul(dy, y));
export const logOperation = unary('log', 'Log', (dy, x) => div(dy, x));
export const sqrtOperation = unary('sqrt', 'Sqrt', (dy, _x, y) => div(mul(dy, 0.5), y));
export const absOperation = unary('abs', 'Abs', (dy, x) => mul(dy, sign(x)));
export const signOperation: Operation = { ...unary('sign', 'Sign', (dy) => dy), gradient: noGradient };
export const tanhOperation = unary('tanh', 'Tanh', (dy, _x, y) => mul(dy, sub(1, mul(y, y))));
export const sigmoidOperation = unary('sigmoid', 'Sigmoid', (dy, _x, y) => mul(dy, mul(y, sub(1, y))));
export const reluOperation = unary('relu', 'Relu', (dy, _x, y) => mul(dy, cast(greater(y, 0), 'float32')));
export const erfOperation = unary('erf', 'Erf', (dy, x) =>
  mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
);
/** log(1 + e^x), which does not overflow. */
export const softplusOperation = unary('softplus', 'Softplus', (dy, x) => mul(dy, sigmoid(x)));
/**
 * x times the normal distribution function of x, exactly (Hendrycks and Gimpel 2016). Its derivative is the
 * distribution function plus x times the density.
 */
export const geluOperation = unary('gelu', 'Gelu', (dy, x) => {
  const distribution = add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5);
  const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return mul(dy, add(distribution, mul(x, density)));
});
/** The same with the distribution function approximated by tanh: GPT-2's, and of T5 from version 1.1 on. */
export const geluTanhOperation: Operation = {
  ...unary('geluTanh', 'Gelu', (dy, x) => {
    const [rate, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
    const squared = mul(x, x);
    const t = tanh(mul(mul(x, rate), add(mul(squared, cubic), 1)));
    const slope = mul(add(mul(squared, 3 * cubic), 1), rate);
    const bend = mul(mul(x, sub(1, mul(t, t))), slope);
    return mul(dy, mul(add(add(t, 1), bend), 0.5));
  }),
  lower({ emit, inputs, outputs }) {
    emit.node('Gelu', inputs, outputs, { approximate: { string: 'tanh' } });
  },
};

const applyUnary =
  (operation: Operation) =>
  (x: Tensor): Tensor =>
    apply(operation, [x], {});

export const neg = applyUnary(negOperation);
export const exp = applyUnary(expOperation);
export const log = applyUnary(logOperation);
export const sqrt = applyUnary(sqrtOperation);
export const abs = applyUnary(absOperation);
export const sign = applyUnary(signOperation);
export const tanh = applyUnary(tanhOperation);
export const sigmoid = applyUnary(sigmoidOperation);
export const relu = applyUnary(reluOperation);
export const erf = applyUnary(erfOperation);
export const softplus = applyUnary(softplusOperation);
export const gelu = applyUnary(geluOperation);
export const geluTanh = applyUnary(geluTanhOperation);

export const square = (x: Tensor): Tensor => mul(x, x);

export const castOperation: Operation<{ to: DType }> = {
  name: 'cast',
  infer: ([x], { to }) => [{ dtype: to, shape: x.shape }],
  lower({ emit, inputs, outputs, attributes }) {
    emit.node('Cast', inputs, outputs, { to: { int: emit.typeCode(attributes.to) } });
  },
  gradient({ inputs: [x], attributes, gradients: [dy] }) {
    return [x.dtype === 'float32' && attributes.to === 'float32' ? dy : null];
  },
};

export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : apply(castOperation, [x], { to });
}

export const whereOperation: Operation = {
  name: 'where',
  infer([condition, a, b]) {
    if (condition.dtype !== 'bool') throw new ShapeError(`where: bool expected, got ${showType(condition)}`);
    sameType('where', a, b);
    return [{ dtype: a.dtype, shape: broadcast(condition.shape, broadcast(a.shape, b.shape)) }];
  },
  lower({ emit, inputs, outputs }) {
    emit.node('Where', inputs, outputs);
  },
  gradient({ inputs: [condition, a, b], gradients: [dy] }) {
    if (!dy || dy.dtype !== 'float32') return [null, null, null];
    return [null, unbroadcast(where(condition, dy, 0), a), unbroadcast(where(condition, 0, dy), b)];
  },
};

/** `a` where the condition holds, else `b`. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return apply(whereOperation, [condition, tensor(a), tensor(b)], {});
}

export const addNOperation: Operation = {
  name: 'addN',
  infer(inputs) {
    expectFloats('addN', inputs);
    for (const x of inputs) {
      if (!sameShape(x.shape, inputs[0].shape)) {
        throw new ShapeError(`addN: one shape expected, got ${inputs.map(showType).join(', ')}`);
      }
    }
    return [{ dtype: 'float32', shape: inputs[0].shape }];
  },
  lower({ emit, inputs, outputs }) {
    emit.node('Sum', inputs, outputs);
  },
  gradient: ({ inputs, gradients: [dy] }) => inputs.map(() => dy),
};

/** The sum of tensors of one shape. */
export function addN(terms: readonly Tensor[]): Tensor {
  if (terms.length === 1) return terms[0];
  return terms.length === 2 ? add(terms[0], terms[1]) : apply(addNOperation, terms, {});
}
