/**
 * Integers, simplified where they are made: a value of which only the low half is used is computed in that width
 * (`lea eax, [rdi+rsi]` adds two ints), sums are collected (`x*4 + x` is `x*5`).
 */

import { type BinaryOp, constant, type Expr, mask, same, signedValue } from './expressions.ts';

export function truncate(expr: Expr, bits: number): Expr {
  if (expr.bits === bits) return expr;
  switch (expr.kind) {
    case 'const':
      return constant(expr.value, bits);
    case 'undefined':
      return { ...expr, bits };
    case 'truncate':
      return truncate(expr.value, bits);
    case 'extend':
      return expr.value.bits >= bits ? truncate(expr.value, bits) : extend(expr.value, bits, expr.signed);
    case 'unary':
      return unary(expr.op, truncate(expr.value, bits));
    case 'select':
      return { ...expr, bits, yes: truncate(expr.yes, bits), no: truncate(expr.no, bits) };
    case 'binary':
      return truncatedBinary(expr, bits);
    default:
      return { kind: 'truncate', bits, value: expr };
  }
}

function truncatedBinary(expr: Extract<Expr, { kind: 'binary' }>, bits: number): Expr {
  const { op, left, right } = expr;
  if (op === 'add' || op === 'sub' || op === 'mul' || op === 'and' || op === 'or' || op === 'xor') {
    return binary(op, truncate(left, bits), truncate(right, bits));
  }
  if (op === 'shl' && right.kind === 'const') {
    return right.value < BigInt(bits)
      ? binary('shl', truncate(left, bits), constant(right.value, right.bits))
      : constant(0, bits);
  }
  if ((op === 'shr' || op === 'sar') && right.kind === 'const') {
    // Of an extended value the bits above are known.
    if (left.kind === 'extend' && left.value.bits === bits && left.signed === (op === 'sar')) {
      const most = BigInt(bits - 1);
      if (right.value <= most) return binary(op, left.value, constant(right.value, right.bits));
      return op === 'shr' ? constant(0, bits) : binary('sar', left.value, constant(most, right.bits));
    }
    // The upper of two values that were put together.
    if (left.kind === 'binary' && left.op === 'or' && right.value + BigInt(bits) <= BigInt(left.bits)) {
      const [low, high] = [binary(op, left.left, right), binary(op, left.right, right)];
      if (low.kind === 'const' || high.kind === 'const') {
        return binary('or', truncate(low, bits), truncate(high, bits));
      }
    }
  }
  return { kind: 'truncate', bits, value: expr };
}

export function extend(expr: Expr, bits: number, signed: boolean): Expr {
  if (expr.bits === bits) return expr;
  if (expr.kind === 'const') {
    return constant(signed ? signedValue(expr.value, expr.bits) : expr.value, bits);
  }
  if (expr.kind === 'undefined') return { ...expr, bits };
  if (expr.kind === 'extend' && (expr.signed === signed || !expr.signed)) {
    return extend(expr.value, bits, expr.signed);
  }
  // The sign is known to be 0.
  if (signed && isNotNegative(expr)) return extend(expr, bits, false);
  return { kind: 'extend', bits, signed, value: expr };
}

function isNotNegative(expr: Expr): boolean {
  if (expr.kind !== 'binary' || expr.right.kind !== 'const') return false;
  const { op, right } = expr;
  if (op === 'shr') return right.value > 0n;
  return op === 'and' && right.value >> BigInt(expr.bits - 1) === 0n;
}

export function unary(op: 'neg' | 'not', value: Expr): Expr {
  const { bits } = value;
  if (value.kind === 'const') return constant(op === 'neg' ? -value.value : ~value.value, bits);
  if (value.kind === 'unary' && value.op === op) return value.value;
  if (op === 'neg') return binary('sub', constant(0, bits), value);
  return { kind: 'unary', op, bits, value };
}

const FOLD: Partial<Record<BinaryOp, (a: bigint, b: bigint, bits: number) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shr: (a, b) => a >> b,
  sar: (a, b, bits) => signedValue(a, bits) >> b,
};

/** The right side of a shift is below the width; it may have a width of its own. */
export function binary(op: BinaryOp, left: Expr, right: Expr): Expr {
  const { bits } = left;
  const fold = FOLD[op];
  if (left.kind === 'const' && right.kind === 'const' && fold) {
    return constant(fold(left.value, right.value, bits), bits);
  }
  if (op === 'add' || op === 'sub' || op === 'mul') return sum(op, left, right);
  if (op === 'shl' && right.kind === 'const') {
    return sum('mul', left, constant(1n << right.value, bits));
  }
  if ((op === 'shr' || op === 'sar') && right.kind === 'const') return shifted(op, left, right);
  if (op === 'and' || op === 'or' || op === 'xor') return bitwise(op, left, right);
  return { kind: 'binary', op, bits, left, right };
}

function shifted(op: 'shr' | 'sar', left: Expr, right: Extract<Expr, { kind: 'const' }>): Expr {
  const { bits } = left;
  if (right.value === 0n) return left;
  if (left.kind === 'binary' && left.op === op && left.right.kind === 'const') {
    const both = left.right.value + right.value;
    if (both < BigInt(bits)) return { ...left, right: constant(both, right.bits) };
  }
  if (left.kind === 'extend' && !left.signed) {
    const inner = left.value;
    if (right.value >= BigInt(inner.bits)) return constant(0, bits);
    if (inner.bits > 1) return extend(binary('shr', inner, right), bits, false);
  }
  // What was put into the upper part comes down.
  if (left.kind === 'binary' && left.op === 'mul' && left.right.kind === 'const' && op === 'shr') {
    const inner = left.left;
    const up = BigInt(left.right.value.toString(2).length - 1);
    if (
      left.right.value === 1n << up &&
      inner.kind === 'extend' &&
      !inner.signed &&
      BigInt(inner.value.bits) + up <= BigInt(bits)
    ) {
      return up >= right.value
        ? sum('mul', inner, constant(1n << (up - right.value), bits))
        : shifted('shr', inner, { ...right, value: right.value - up });
    }
  }
  if (op === 'shr' && left.kind === 'binary' && left.op === 'or') {
    const parts = [left.left, left.right].map((part) => shifted(op, part, right));
    if (parts.some((part) => part.kind === 'const')) return bitwise('or', parts[0], parts[1]);
  }
  return { kind: 'binary', op, bits, left, right };
}

export function bitwise(op: 'and' | 'or' | 'xor', left: Expr, right: Expr): Expr {
  const { bits } = left;
  // Parts of an operand may both be numbers once a mask was given to each.
  if (left.kind === 'const')
    return right.kind === 'const' ? binary(op, left, right) : bitwise(op, right, left);
  if (same(left, right)) return op === 'xor' ? constant(0, bits) : left;
  if (right.kind === 'const') {
    const { value } = right;
    if (value === 0n) return op === 'and' ? right : left;
    if (value === mask(bits)) {
      return op === 'and' ? left : op === 'or' ? right : unary('not', left);
    }
    if (op === 'and') {
      const width = [8, 16, 32].find((one) => mask(one) === value);
      if (width !== undefined && width < bits) return extend(truncate(left, width), bits, false);
      if (left.kind === 'extend' && !left.signed && (value & mask(left.value.bits)) === mask(left.value.bits))
        return left;
      if (left.kind === 'extend' && !left.signed && (value & mask(left.value.bits)) === 0n)
        return constant(0, bits);
      if (left.kind === 'binary' && left.op === 'or') {
        const parts = [left.left, left.right].map((part) => bitwise('and', part, right));
        if (parts.some((part, i) => part.kind === 'const' || part === [left.left, left.right][i]))
          return bitwise('or', parts[0], parts[1]);
      }
    }
    if (left.kind === 'binary' && left.op === op && left.right.kind === 'const') {
      return bitwise(op, left.left, constant(FOLD[op]!(left.right.value, value, bits), bits));
    }
  }
  return { kind: 'binary', op, bits, left, right };
}

interface Term {
  factor: bigint;
  of: Expr;
}

/** Sums and products with constants: terms that are the same are collected. */
function sum(op: 'add' | 'sub' | 'mul', left: Expr, right: Expr): Expr {
  const { bits } = left;
  if (op === 'mul') {
    if (left.kind === 'const' && right.kind !== 'const') return sum('mul', right, left);
    if (right.kind !== 'const') return { kind: 'binary', op, bits, left, right };
    if (right.value === 0n) return right;
    const one = left.kind === 'const' ? left : undefined;
    if (one) return constant(one.value * right.value, bits);
    if (right.value === 1n) return left;
    if (left.kind === 'binary' && left.op === 'mul' && left.right.kind === 'const') {
      return sum('mul', left.left, constant(left.right.value * right.value, bits));
    }
    return { kind: 'binary', op, bits, left, right };
  }
  const terms: Term[] = [];
  let rest = collect(left, 1n, terms) + collect(right, op === 'add' ? 1n : -1n, terms);
  rest &= mask(bits);
  const open = terms.filter(({ factor }) => (factor & mask(bits)) !== 0n);
  return sumOf(open, rest, bits);
}

/** @returns the constant part */
function collect(expr: Expr, factor: bigint, terms: Term[]): bigint {
  if (expr.kind === 'const') return expr.value * factor;
  if (expr.kind === 'binary' && (expr.op === 'add' || expr.op === 'sub')) {
    return (
      collect(expr.left, factor, terms) + collect(expr.right, expr.op === 'add' ? factor : -factor, terms)
    );
  }
  if (expr.kind === 'binary' && expr.op === 'mul' && expr.right.kind === 'const') {
    addTerm(terms, expr.left, factor * signedValue(expr.right.value, expr.bits));
    return 0n;
  }
  if (expr.kind === 'stack') {
    addTerm(terms, { kind: 'stack', bits: 64, offset: 0 }, factor);
    return BigInt(expr.offset) * factor;
  }
  addTerm(terms, expr, factor);
  return 0n;
}

function addTerm(terms: Term[], of: Expr, factor: bigint): void {
  const known = terms.find((term) => same(term.of, of));
  if (known) known.factor += factor;
  else terms.push({ factor, of });
}

function sumOf(terms: readonly Term[], rest: bigint, bits: number): Expr {
  let offset = signedValue(rest, bits);
  const made: { negative: boolean; expr: Expr }[] = [];
  for (const { factor, of } of terms) {
    const value = signedValue(factor & mask(bits), bits);
    if (of.kind === 'stack' && value === 1n) {
      made.unshift({ negative: false, expr: { ...of, offset: Number(offset) } });
      offset = 0n;
      continue;
    }
    const size = value < 0n ? -value : value;
    made.push({ negative: value < 0n, expr: sum('mul', of, constant(size, bits)) });
  }
  const positive = made.findIndex(({ negative }) => !negative);
  let total: Expr;
  if (positive >= 0) [{ expr: total }] = made.splice(positive, 1);
  else {
    total = constant(offset, bits);
    offset = 0n;
    if (made.length === 0) return total;
  }
  for (const { negative, expr } of made) {
    total = { kind: 'binary', op: negative ? 'sub' : 'add', bits, left: total, right: expr };
  }
  if (offset === 0n) return total;
  return offset < 0n && offset !== -(1n << BigInt(bits - 1))
    ? { kind: 'binary', op: 'sub', bits, left: total, right: constant(-offset, bits) }
    : { kind: 'binary', op: 'add', bits, left: total, right: constant(offset, bits) };
}
