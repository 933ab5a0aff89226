/**
 * Values as machine code makes them: bits of a known width, with an operation for each meaning. What a float is stays
 * bits until an instruction says so (`asFloat`), so that nothing depends on guessed types.
 *
 * The functions that make expressions simplify them by identities that hold for all values: a value of which only the low
 * half is used is computed in that width (`lea eax, [rdi+rsi]` adds two ints), sums are collected (`x*4 + x` is `x*5`).
 */

export type BinaryOp =
  'add' | 'sub' | 'mul' | 'and' | 'or' | 'xor' | 'shl' | 'shr' | 'sar' | 'sdiv' | 'srem' | 'udiv' | 'urem';

/** Signed and unsigned; of floats `feq` and what follows, which are false where a side is not a number. */
export type CompareOp = 'eq' | 'ne' | 'slt' | 'sle' | 'ult' | 'ule' | 'feq' | 'flt' | 'fle';

export type FloatOp = 'add' | 'sub' | 'mul' | 'div' | 'neg' | 'abs' | 'sqrt';

export type Expr =
  | { readonly kind: 'const'; readonly bits: number; readonly value: bigint }
  | { readonly kind: 'var'; readonly bits: number; readonly id: number }
  | { readonly kind: 'load'; readonly bits: number; readonly address: Expr }
  | {
      readonly kind: 'binary';
      readonly op: BinaryOp;
      readonly bits: number;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'unary'; readonly op: 'neg' | 'not'; readonly bits: number; readonly value: Expr }
  | { readonly kind: 'extend'; readonly bits: number; readonly signed: boolean; readonly value: Expr }
  | { readonly kind: 'truncate'; readonly bits: number; readonly value: Expr }
  | {
      readonly kind: 'compare';
      readonly op: CompareOp;
      readonly bits: 1;
      readonly left: Expr;
      readonly right: Expr;
    }
  | {
      readonly kind: 'logic';
      readonly op: 'and' | 'or';
      readonly bits: 1;
      readonly left: Expr;
      readonly right: Expr;
    }
  /** The other truth value. */
  | { readonly kind: 'opposite'; readonly bits: 1; readonly value: Expr }
  | {
      readonly kind: 'select';
      readonly bits: number;
      readonly test: Expr;
      readonly yes: Expr;
      readonly no: Expr;
    }
  /** A float of `bits`; so are `asFloat`, `toFloat`, and calls with `float`. */
  | {
      readonly kind: 'float';
      readonly op: FloatOp;
      readonly bits: number;
      readonly operands: readonly Expr[];
    }
  | { readonly kind: 'asFloat'; readonly bits: number; readonly value: Expr }
  | { readonly kind: 'asBits'; readonly bits: number; readonly value: Expr }
  /** From a signed integer, or from a float of another width. */
  | { readonly kind: 'toFloat'; readonly bits: number; readonly value: Expr }
  /** Towards zero, signed. */
  | { readonly kind: 'toInt'; readonly bits: number; readonly value: Expr }
  | {
      readonly kind: 'call';
      readonly bits: number;
      readonly float: boolean;
      readonly name: string;
      readonly args: readonly Expr[];
      /** Where the function is called through a pointer. */
      readonly callee?: Expr;
      /** What its code tells of a function of the same file, by the letters of prototypes.ts. */
      readonly signature?: { readonly parameters: string; readonly result: string };
    }
  /** An address in the frame, by its distance from the stack pointer at entry. */
  | { readonly kind: 'stack'; readonly bits: 64; readonly offset: number }
  | { readonly kind: 'global'; readonly bits: 64; readonly address: number }
  /** What nobody has set. */
  | { readonly kind: 'undefined'; readonly bits: number; readonly of?: number };

export function mask(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}

export function constant(value: bigint | number, bits: number): Expr {
  return { kind: 'const', bits, value: BigInt(value) & mask(bits) };
}

export function signedValue(value: bigint, bits: number): bigint {
  return BigInt.asIntN(bits, value);
}

export function isFloat(expr: Expr): boolean {
  return (
    expr.kind === 'float' ||
    expr.kind === 'asFloat' ||
    expr.kind === 'toFloat' ||
    (expr.kind === 'call' && expr.float) ||
    (expr.kind === 'select' && isFloat(expr.yes))
  );
}

export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'const':
    case 'var':
    case 'stack':
    case 'global':
    case 'undefined':
      return [];
    case 'load':
      return [expr.address];
    case 'binary':
    case 'compare':
    case 'logic':
      return [expr.left, expr.right];
    case 'select':
      return [expr.test, expr.yes, expr.no];
    case 'float':
      return expr.operands;
    case 'call':
      return expr.callee ? [expr.callee, ...expr.args] : expr.args;
    case 'unary':
    case 'extend':
    case 'truncate':
    case 'opposite':
    case 'asFloat':
    case 'asBits':
    case 'toFloat':
    default:
      return [expr.value];
  }
}

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

export function visit(expr: Expr, see: (expr: Expr) => void): void {
  const open = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    see(next);
    open.push(...children(next));
  }
}

export function some(expr: Expr, is: (expr: Expr) => boolean): boolean {
  let found = false;
  visit(expr, (one) => (found ||= is(one)));
  return found;
}

export function nodes(expr: Expr): number {
  let count = 0;
  visit(expr, () => count++);
  return count;
}

/** Whether both are the same expression, without looking at what it means. */
export function same(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.bits !== b.bits) return false;
  if (a.kind === 'const') return b.kind === 'const' && a.value === b.value;
  if (a.kind === 'var') return b.kind === 'var' && a.id === b.id;
  if (a.kind === 'stack') return b.kind === 'stack' && a.offset === b.offset;
  if (a.kind === 'global') return b.kind === 'global' && a.address === b.address;
  if (a.kind === 'undefined' || a.kind === 'call') return false;
  if ('op' in a && 'op' in b && a.op !== b.op) return false;
  if (a.kind === 'extend' && b.kind === 'extend' && a.signed !== b.signed) return false;
  const [left, right] = [children(a), children(b)];
  return left.length === right.length && left.every((one, i) => same(one, right[i]));
}

export function variable(id: number, bits: number): Expr {
  return { kind: 'var', bits, id };
}

export function load(address: Expr, bits: number): Expr {
  return { kind: 'load', bits, address };
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
      return select(expr.test, truncate(expr.yes, bits), truncate(expr.no, bits));
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

function bitwise(op: 'and' | 'or' | 'xor', left: Expr, right: Expr): Expr {
  const { bits } = left;
  if (left.kind === 'const') return bitwise(op, right, left);
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

/** `ucomisd` leaves equal and not comparable alike: two tests become one. See conditions.ts. */
function orderedEquality(op: 'and' | 'or', test: Expr, other: Expr): Expr | undefined {
  const positive = op === 'or';
  if (!isUnordered(positive ? test : opposite(test))) return undefined;
  const unequal = positive ? other : opposite(other);
  if (unequal.kind !== 'logic' || unequal.op !== 'or') return undefined;
  const { left, right } = unequal;
  if (left.kind !== 'compare' || right.kind !== 'compare') return undefined;
  if (left.op !== 'flt' || right.op !== 'flt') return undefined;
  if (!same(left.left, right.right) || !same(left.right, right.left)) return undefined;
  const equal = compare('feq', left.left, left.right);
  return positive ? opposite(equal) : equal;
}

function isUnordered(expr: Expr): boolean {
  if (expr.kind === 'opposite' && expr.value.kind === 'compare') {
    return expr.value.op === 'feq' && same(expr.value.left, expr.value.right);
  }
  return expr.kind === 'logic' && expr.op === 'or' && isUnordered(expr.left) && isUnordered(expr.right);
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
