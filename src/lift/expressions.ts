/**
 * Values as machine code makes them: bits of a known width, with an operation for each meaning. What a float is stays
 * bits until an instruction says so (`asFloat`), so that nothing depends on guessed types.
 *
 * The functions that make expressions, in integers.ts and truths.ts, simplify them by identities that hold for all values.
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
