/** Expressions made anew of other parts, and floats of their bits. */

import { type Expr, load } from './expressions.ts';
import { binary, extend, truncate, unary } from './integers.ts';
import { compare, logic, opposite, select } from './truths.ts';

/** The same operation over other operands, simplified anew. */
export function rebuild(expr: Expr, change: (child: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'const':
    case 'var':
    case 'stack':
    case 'global':
    case 'undefined':
      return expr;
    case 'load':
      return load(change(expr.address), expr.bits);
    case 'binary':
      return binary(expr.op, change(expr.left), change(expr.right));
    case 'compare':
      return compare(expr.op, change(expr.left), change(expr.right));
    case 'logic':
      return logic(expr.op, change(expr.left), change(expr.right));
    case 'select':
      return select(change(expr.test), change(expr.yes), change(expr.no));
    case 'float':
      return { ...expr, operands: expr.operands.map(change) };
    case 'call':
      return {
        ...expr,
        args: expr.args.map(change),
        ...(expr.callee && { callee: change(expr.callee) }),
      };
    case 'unary':
      return unary(expr.op, change(expr.value));
    case 'extend':
      return extend(change(expr.value), expr.bits, expr.signed);
    case 'truncate':
      return truncate(change(expr.value), expr.bits);
    case 'opposite':
      return opposite(change(expr.value));
    case 'asFloat':
      return asFloat(change(expr.value));
    case 'asBits':
      return asBits(change(expr.value));
    case 'toFloat':
    default:
      return { ...expr, value: change(expr.value) };
  }
}

export function asFloat(value: Expr): Expr {
  const { bits } = value;
  if (value.kind === 'asBits') return value.value;
  if (value.kind === 'select') return select(value.test, asFloat(value.yes), asFloat(value.no));
  if (value.kind === 'binary' && value.right.kind === 'const') {
    const sign = 1n << BigInt(bits - 1);
    const operand = asFloat(value.left);
    if (value.op === 'xor' && value.right.value === sign)
      return { kind: 'float', op: 'neg', bits, operands: [operand] };
    if (value.op === 'and' && value.right.value === sign - 1n)
      return { kind: 'float', op: 'abs', bits, operands: [operand] };
  }
  return { kind: 'asFloat', bits, value };
}

export function asBits(value: Expr): Expr {
  return value.kind === 'asFloat' ? value.value : { kind: 'asBits', bits: value.bits, value };
}
