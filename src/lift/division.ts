/**
 * Divisions that compilers wrote as multiplications, shifts and corrections become divisions again, where the numbers show
 * that they are ones (Granlund and Montgomery, "Division by Invariant Integers using Multiplication", 1994).
 */

import { type Blocks, mapBlocks, rewrite } from './dataflow.ts';
import { constant, type Expr, mask, same, signedValue } from './expressions.ts';
import { binary, truncate } from './integers.ts';

export function recogniseDivisions(blocks: Blocks): void {
  mapBlocks(blocks, (value) => rewrite(value, recognise));
}

function recognise(expr: Expr): Expr {
  return (
    unsignedDivision(expr) ??
    signedDivision(expr) ??
    divisionBySign(expr) ??
    byPowerOfTwo(expr) ??
    remainderByPowerOfTwo(expr) ??
    remainder(expr) ??
    expr
  );
}

interface Product {
  value: Expr;
  magic: bigint;
  /** Bits that are shifted out. */
  shift: number;
  signed: boolean;
}

/** `(x * magic) >> shift` of a product that is twice as wide as x, cut to the width of x. */
function highProduct(expr: Expr, bits: number): Product | undefined {
  let shift = 0;
  let inner = expr;
  const take = (op: 'shr' | 'sar'): boolean => {
    if (inner.kind !== 'binary' || inner.op !== op || inner.right.kind !== 'const') return false;
    shift += Number(inner.right.value);
    inner = inner.left;
    return true;
  };
  if (!take('sar')) take('shr');
  if (inner.kind === 'truncate') {
    inner = inner.value;
    if (!take('shr') && !take('sar')) return undefined;
  }
  if (inner.kind !== 'binary' || inner.op !== 'mul' || inner.right.kind !== 'const') return undefined;
  const { left, right } = inner;
  if (left.kind !== 'extend' || left.value.bits !== bits || left.bits < 2 * bits || shift < bits)
    return undefined;
  return { value: left.value, magic: right.value, shift, signed: left.signed };
}

/** The divisor for which `(x * magic) >> shift` is the quotient of all x of so many bits; undefined where there is none. */
function divisorOf(magic: bigint, shift: number, bits: number): bigint | undefined {
  if (magic <= 0n) return undefined;
  const power = 1n << BigInt(shift);
  const divisor = (power + magic - 1n) / magic;
  if (divisor < 2n) return undefined;
  const excess = magic * divisor - power;
  // The theorem asks that 0 < m*d - 2^s <= 2^(s-N), for values below 2^N.
  return excess > 0n && excess << BigInt(bits) <= power ? divisor : undefined;
}

function unsignedDivision(expr: Expr): Expr | undefined {
  const { bits } = expr;
  if (bits !== 32 && bits !== 64) return undefined;
  const product = highProduct(expr, bits);
  if (!product || product.signed) return undefined;
  const divisor = divisorOf(product.magic, product.shift, bits);
  return divisor === undefined ? undefined : binary('udiv', product.value, constant(divisor, bits));
}

/** The quotient towards zero: the shifted product, less one where x is negative. */
function signedDivision(expr: Expr): Expr | undefined {
  const { bits } = expr;
  if (expr.kind !== 'binary' || expr.op !== 'sub') return undefined;
  const { left, right } = expr;
  if (right.kind !== 'binary' || right.op !== 'sar' || right.right.kind !== 'const') return undefined;
  if (right.right.value !== BigInt(bits - 1)) return undefined;
  let found = highProduct(left, bits);
  if (!found) found = addedProduct(left, bits);
  if (!found || !found.signed || !same(found.value, right.left)) return undefined;
  // Values lie in 2^(N-1) on each side of 0.
  const divisor = divisorOf(found.magic, found.shift, bits - 1);
  return divisor === undefined ? undefined : binary('sdiv', found.value, constant(divisor, bits));
}

/** The same where the correction is added: the sign of the product is that of x. */
function divisionBySign(expr: Expr): Expr | undefined {
  const { bits } = expr;
  if (expr.kind !== 'binary' || expr.op !== 'add') return undefined;
  for (const [a, b] of [
    [expr.left, expr.right],
    [expr.right, expr.left],
  ]) {
    const [product, sign] = [highProduct(a, bits), highProduct(b, bits)];
    if (!product?.signed || !sign?.signed || sign.shift !== 2 * bits - 1) continue;
    if (product.magic !== sign.magic || !same(product.value, sign.value)) continue;
    const divisor = divisorOf(product.magic, product.shift, bits - 1);
    if (divisor !== undefined) return binary('sdiv', product.value, constant(divisor, bits));
  }
  return undefined;
}

/** A magic number of one bit more than fits: `((x * (m - 2^N)) >> N) + x) >> s`. */
function addedProduct(expr: Expr, bits: number): Product | undefined {
  let shift = 0;
  let inner = expr;
  if (inner.kind === 'binary' && inner.op === 'sar' && inner.right.kind === 'const') {
    shift = Number(inner.right.value);
    inner = inner.left;
  }
  if (inner.kind !== 'binary' || inner.op !== 'add') return undefined;
  for (const [a, b] of [
    [inner.left, inner.right],
    [inner.right, inner.left],
  ]) {
    const product = highProduct(a, bits);
    if (!product || product.shift !== bits || !product.signed || !same(product.value, b)) continue;
    const magic = signedValue(product.magic, a.kind === 'truncate' ? 2 * bits : bits) + (1n << BigInt(bits));
    return { ...product, magic, shift: bits + shift };
  }
  return undefined;
}

/** `(x + (x < 0 ? d - 1 : 0)) >> s`, in the ways in which compilers write it. */
function byPowerOfTwo(expr: Expr): Expr | undefined {
  if (expr.kind !== 'binary' || expr.op !== 'sar' || expr.right.kind !== 'const') return undefined;
  const value = roundedUp(expr.left, Number(expr.right.value));
  return value && binary('sdiv', value, constant(1n << expr.right.value, expr.bits));
}

/** x, of `x + (x < 0 ? 2^s - 1 : 0)`. */
function roundedUp(expr: Expr, shift: number): Expr | undefined {
  const { bits } = expr;
  const most = mask(shift);
  if (expr.kind === 'select') {
    const { test, yes, no } = expr;
    if (test.kind !== 'compare') return undefined;
    const isNegative = test.op === 'slt' && test.right.kind === 'const' && test.right.value === 0n;
    const isPositive = test.op === 'sle' && test.left.kind === 'const' && test.left.value === 0n;
    const [value, moved] = isNegative ? [no, yes] : isPositive ? [yes, no] : [];
    if (!value || !moved || !same(isNegative ? test.left : test.right, value)) return undefined;
    return same(moved, binary('add', value, constant(most, bits))) ? value : undefined;
  }
  if (expr.kind !== 'binary' || expr.op !== 'add') return undefined;
  const { left, right } = expr;
  for (const [value, bias] of [
    [left, right],
    [right, left],
  ]) {
    if (isBias(bias, value, shift)) return value;
  }
  return undefined;
}

/** `2^s - 1` where the value is negative, else 0. */
function isBias(bias: Expr, value: Expr, shift: number): boolean {
  const { bits } = value;
  if (bias.kind !== 'binary' || bias.op !== 'shr' || bias.right.kind !== 'const') return false;
  if (bias.right.value !== BigInt(bits - shift)) return false;
  if (shift === 1 && same(bias.left, value)) return true;
  const { left } = bias;
  return (
    left.kind === 'binary' &&
    left.op === 'sar' &&
    left.right.kind === 'const' &&
    left.right.value === BigInt(bits - 1) &&
    same(left.left, value)
  );
}

/** `((x + bias) & (2^s - 1)) - bias`. */
function remainderByPowerOfTwo(expr: Expr): Expr | undefined {
  if (expr.kind !== 'binary' || expr.op !== 'sub') return undefined;
  const { left, right, bits } = expr;
  if (left.kind !== 'binary' && left.kind !== 'extend') return undefined;
  if (left.kind === 'extend') {
    if (left.signed || left.value.bits === 1) return undefined;
    const shift = left.value.bits;
    const inner = left.value;
    const candidates = right.kind === 'binary' ? signBase(right) : undefined;
    if (!candidates) return undefined;
    return same(inner, truncate(binary('add', candidates, right), shift)) && isBias(right, candidates, shift)
      ? binary('srem', candidates, constant(1n << BigInt(shift), bits))
      : undefined;
  }
  if (left.op !== 'and' || left.right.kind !== 'const') return undefined;
  const shift = left.right.value.toString(2).length;
  if (left.right.value !== mask(shift)) return undefined;
  const value = roundedUp(left.left, shift);
  return value && isBias(right, value, shift)
    ? binary('srem', value, constant(1n << BigInt(shift), bits))
    : undefined;
}

/** Of a bias the value that it is of. */
function signBase({ op, left }: Extract<Expr, { kind: 'binary' }>): Expr | undefined {
  if (op !== 'shr') return undefined;
  return left.kind === 'binary' && left.op === 'sar' ? left.left : left;
}

/** `x - x / d * d`. */
function remainder(expr: Expr): Expr | undefined {
  if (expr.kind !== 'binary' || expr.op !== 'sub') return undefined;
  const { left, right } = expr;
  if (right.kind !== 'binary' || right.op !== 'mul' || right.right.kind !== 'const') return undefined;
  const quotient = right.left;
  if (quotient.kind !== 'binary' || (quotient.op !== 'sdiv' && quotient.op !== 'udiv')) return undefined;
  if (!same(quotient.left, left) || !same(quotient.right, right.right)) return undefined;
  return binary(quotient.op === 'sdiv' ? 'srem' : 'urem', left, right.right);
}
