/** Truth values: comparisons in the width that they had in the source, `&&` and `||`, and choices by them. */

import { type CompareOp, constant, type Expr, same, signedValue } from './expressions.ts';
import { bitwise, extend } from './integers.ts';

const OPPOSITES: Partial<Record<CompareOp, { op: CompareOp; turned: boolean }>> = {
  eq: { op: 'ne', turned: false },
  ne: { op: 'eq', turned: false },
  slt: { op: 'sle', turned: true },
  sle: { op: 'slt', turned: true },
  ult: { op: 'ule', turned: true },
  ule: { op: 'ult', turned: true },
};

export function opposite(expr: Expr): Expr {
  if (expr.kind === 'opposite') return expr.value;
  if (expr.kind === 'const') return constant(1n - expr.value, 1);
  if (expr.kind === 'logic') {
    return logic(expr.op === 'and' ? 'or' : 'and', opposite(expr.left), opposite(expr.right));
  }
  if (expr.kind === 'compare') {
    const other = OPPOSITES[expr.op];
    if (other) {
      return other.turned
        ? compare(other.op, expr.right, expr.left)
        : compare(other.op, expr.left, expr.right);
    }
  }
  return { kind: 'opposite', bits: 1, value: expr };
}

export function logic(op: 'and' | 'or', left: Expr, right: Expr): Expr {
  if (left.kind === 'const') return (left.value === 1n) === (op === 'and') ? right : left;
  if (right.kind === 'const') return (right.value === 1n) === (op === 'and') ? left : right;
  const equality = orderedEquality(op, left, right) ?? orderedEquality(op, right, left);
  return equality ?? { kind: 'logic', op, bits: 1, left, right };
}

/**
 * `ucomisd` leaves equal and not comparable alike: two tests become one. See conditions.ts. What is looked for is told by
 * its form: to make opposites of whole conditions at each step doubled the time with each `&&` in a `||`.
 */
function orderedEquality(op: 'and' | 'or', test: Expr, other: Expr): Expr | undefined {
  const positive = op === 'or';
  if (!isOrdering(test, positive) || other.kind !== 'logic' || other.op !== op) return undefined;
  const [left, right] = [other.left, other.right].map((part) => {
    if (positive) return part;
    return part.kind === 'opposite' ? part.value : undefined;
  });
  if (left?.kind !== 'compare' || right?.kind !== 'compare') return undefined;
  if (left.op !== 'flt' || right.op !== 'flt') return undefined;
  if (!same(left.left, right.right) || !same(left.right, right.left)) return undefined;
  const equal = compare('feq', left.left, left.right);
  return positive ? opposite(equal) : equal;
}

/** Whether it asks if numbers cannot be compared, or else if they all can: a number that is none differs from itself. */
function isOrdering(expr: Expr, isUnordered: boolean): boolean {
  if (expr.kind === 'logic') {
    const joined = expr.op === (isUnordered ? 'or' : 'and');
    return joined && isOrdering(expr.left, isUnordered) && isOrdering(expr.right, isUnordered);
  }
  const asked = isUnordered ? (expr.kind === 'opposite' ? expr.value : undefined) : expr;
  return asked?.kind === 'compare' && asked.op === 'feq' && same(asked.left, asked.right);
}

export function select(test: Expr, yes: Expr, no: Expr): Expr {
  if (test.kind === 'const') return test.value === 1n ? yes : no;
  if (test.kind === 'opposite') return select(test.value, no, yes);
  if (same(yes, no)) return yes;
  if (yes.bits > 1 && yes.kind === 'const' && no.kind === 'const') {
    if (yes.value === 1n && no.value === 0n) return extend(test, yes.bits, false);
    if (yes.value === 0n && no.value === 1n) return extend(opposite(test), yes.bits, false);
  }
  return { kind: 'select', bits: yes.bits, test, yes, no };
}

export function compare(op: CompareOp, left: Expr, right: Expr): Expr {
  if (left.kind === 'const' && right.kind === 'const') {
    const [a, b] = [left.value, right.value];
    const [s, t] = [signedValue(a, left.bits), signedValue(b, right.bits)];
    const is = { eq: a === b, ne: a !== b, slt: s < t, sle: s <= t, ult: a < b, ule: a <= b };
    if (op in is) return constant(is[op as keyof typeof is] ? 1 : 0, 1);
  }
  if (op === 'eq' || op === 'ne') {
    const wider = lowBits(left);
    if (wider && right.kind === 'const' && right.value === 0n) {
      return compare(op, wider, constant(0, wider.bits));
    }
    if (left.kind === 'const') return compare(op, right, left);
    if (right.kind === 'const' && right.value === 0n) {
      const inner = truthOf(left);
      if (inner) return op === 'ne' ? inner : opposite(inner);
      if (left.kind === 'binary' && left.op === 'sub') return compare(op, left.left, left.right);
    }
  }
  const narrow = narrowed(op, left, right);
  return narrow ?? { kind: 'compare', op, bits: 1, left, right };
}

/** Some low bits of a value, in its whole width: `test al, 1` asks for a bit of an int. */
function lowBits(expr: Expr): Expr | undefined {
  if (expr.kind !== 'binary' || expr.op !== 'and' || expr.right.kind !== 'const') return undefined;
  const { left, right } = expr;
  return left.kind === 'truncate'
    ? bitwise('and', left.value, constant(right.value, left.value.bits))
    : undefined;
}

/** The condition whose 0 or 1 a value is. */
function truthOf(expr: Expr): Expr | undefined {
  if (expr.bits === 1) return expr;
  if (expr.kind === 'extend' && !expr.signed) return truthOf(expr.value);
  return undefined;
}

/** A comparison of extended values, in the width that they had. */
function narrowed(op: CompareOp, left: Expr, right: Expr): Expr | undefined {
  if (op.startsWith('f')) return undefined;
  const wide = left.kind === 'extend' ? left : right.kind === 'extend' ? right : undefined;
  if (wide === undefined || wide.value.bits < 8) return undefined;
  const { bits } = wide.value;
  const inner = (expr: Expr): Expr | undefined => {
    if (expr.kind === 'extend') {
      return expr.signed === wide.signed && expr.value.bits === bits ? expr.value : undefined;
    }
    if (expr.kind !== 'const') return undefined;
    const small = constant(expr.value, bits);
    return same(extend(small, expr.bits, wide.signed), expr) ? small : undefined;
  };
  const [a, b] = [inner(left), inner(right)];
  if (a === undefined || b === undefined) return undefined;
  // Zero-extended values are not negative: their order is the unsigned one; sign-extension keeps both orders.
  const orders: Partial<Record<CompareOp, CompareOp>> = { slt: 'ult', sle: 'ule' };
  return compare(wide.signed ? op : (orders[op] ?? op), a, b);
}
