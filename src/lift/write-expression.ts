/**
 * Expressions as C. Each text has a C type, and converted to the width of its expression it has the expression's bits; where
 * C's rules would compute something else, a cast stands. `loose`: narrower than an int, and only its low bits count.
 */

import { CannotLift } from './code.ts';
import { binary, constant, type Expr, isFloat, signedValue, truncate } from './expressions.ts';
import { prototypeOf } from './prototypes.ts';
import { nameOf } from './registers.ts';
import type { Region } from './slots.ts';
import {
  addressTerms,
  type AddressTerm,
  type CType,
  sameType,
  sizeOf,
  typeName,
  type Types,
} from './types.ts';

/** What expressions refer to by name. */
export interface Names {
  variable(id: number): string;
  region(region: Region): string;
  /** A string, a function, a variable of another file, or data of this one. */
  global(address: number): { text: string; type: CType };
  /** Types of what a function takes and gives, where more is known than the C library tells. */
  signature(name: string): { parameters: string; result: string } | undefined;
  /** A type as C writes it, with stars. */
  type(type: CType): string;
  /** A name for a type by which memory is read that may have another. */
  alias(type: string): string;
  /** Notes that a header is needed. */
  calls(name: string, signature?: { parameters: string; result: string }): void;
}

export interface Printed {
  readonly text: string;
  /** How tightly C binds it: 16 for names and calls, 14 for casts, 13 for products … 3 for choices. */
  readonly tight: number;
  readonly type: CType;
  readonly loose?: boolean;
  readonly literal?: boolean;
}

const POSTFIX = 16;
const UNARY = 14;

const BINARY: Readonly<Record<string, { sign: string; tight: number }>> = {
  mul: { sign: '*', tight: 13 },
  sdiv: { sign: '/', tight: 13 },
  udiv: { sign: '/', tight: 13 },
  srem: { sign: '%', tight: 13 },
  urem: { sign: '%', tight: 13 },
  div: { sign: '/', tight: 13 },
  add: { sign: '+', tight: 12 },
  sub: { sign: '-', tight: 12 },
  shl: { sign: '<<', tight: 11 },
  shr: { sign: '>>', tight: 11 },
  sar: { sign: '>>', tight: 11 },
  slt: { sign: '<', tight: 10 },
  ult: { sign: '<', tight: 10 },
  flt: { sign: '<', tight: 10 },
  sle: { sign: '<=', tight: 10 },
  ule: { sign: '<=', tight: 10 },
  fle: { sign: '<=', tight: 10 },
  eq: { sign: '==', tight: 9 },
  ne: { sign: '!=', tight: 9 },
  feq: { sign: '==', tight: 9 },
  and: { sign: '&', tight: 8 },
  xor: { sign: '^', tight: 7 },
  or: { sign: '|', tight: 6 },
};

const int = (bits: number, signed = true): CType => ({ kind: 'int', bits, signed });
const INT = int(32);
const BYTE = int(8);

export const TYPES_OF_LETTERS: Readonly<Record<string, CType>> = {
  b: BYTE,
  i: INT,
  u: int(32, false),
  l: int(64),
  z: int(64, false),
  s: { kind: 'pointer', to: BYTE },
  p: { kind: 'pointer', to: undefined },
  d: { kind: 'float', bits: 64 },
  f: { kind: 'float', bits: 32 },
};

export class ExpressionWriter {
  private readonly types: Types;
  private readonly names: Names;

  constructor(types: Types, names: Names) {
    this.types = types;
    this.names = names;
  }

  /** A condition. */
  test(expr: Expr): string {
    return this.write(expr).text;
  }

  /** A value that is put where a type is known: C converts numbers there. */
  assigned(expr: Expr, type: CType): string {
    if (type.kind === 'float') return this.float(expr, type.bits).text;
    if (type.kind === 'pointer') return this.pointer(expr, type).text;
    // C cuts what is too wide where it is assigned.
    const whole = expr.kind === 'truncate' && type.bits <= expr.bits ? expr.value : expr;
    const printed = this.write(whole);
    if (printed.type.kind === 'pointer') return this.cast(int(64), printed).text;
    if (expr.kind === 'const' && type.bits === 8) return characterOf(expr.value) ?? printed.text;
    // A wider type takes over what a narrower one holds.
    return printed.loose && type.bits > expr.bits ? this.exact(expr, type.signed).text : printed.text;
  }

  /** What an assignment writes to. @returns with its type, of `bits` where nothing else is known */
  place(address: Expr, bits: number, wished: CType | undefined): { text: string; type: CType } {
    const element = this.element(address, bits);
    if (element && (element.type.kind === 'float') === (wished?.kind === 'float')) return element;
    if (element && wished === undefined) return element;
    const type = wished ?? int(bits);
    // What is read in several ways is read by a type that compilers take to be any.
    const name = this.names.alias(this.names.type(type));
    return { text: `*(${name} *)${this.wrap(this.write(address), UNARY)}`, type };
  }

  write(expr: Expr): Printed {
    switch (expr.kind) {
      case 'const':
        return this.constant(expr.value, expr.bits);
      case 'var': {
        const type = this.types.variable(expr.id);
        const name = { text: this.names.variable(expr.id), tight: POSTFIX, type };
        if (type.kind === 'float') return this.reinterpreted(name, int(expr.bits));
        return name;
      }
      case 'load': {
        const { text, type } = this.place(expr.address, expr.bits, undefined);
        const printed = { text, tight: text.startsWith('*') ? UNARY : POSTFIX, type };
        return type.kind === 'float' ? this.reinterpreted(printed, int(expr.bits)) : printed;
      }
      case 'binary':
        return this.binary(expr);
      case 'unary': {
        const value = this.write(expr.value);
        const wide = this.wide(value, expr.value);
        return {
          text: `~${this.wrap(wide, UNARY)}`,
          tight: UNARY,
          type: promoted(wide.type),
          loose: expr.bits < 32,
        };
      }
      case 'extend':
        return this.extended(expr);
      case 'truncate': {
        const value = this.number(expr.value);
        if (expr.bits < 32) return { ...value, loose: true };
        return this.cast(int(expr.bits, expr.bits < 32), value);
      }
      case 'compare':
        return this.compare(expr);
      case 'logic': {
        const tight = expr.op === 'and' ? 5 : 4;
        const side = (one: Expr): string => {
          const printed = this.write(one);
          // Compilers warn where `&&` stands in `||` without parentheses.
          return printed.tight < tight || (printed.tight === 5 && tight === 4)
            ? `(${printed.text})`
            : printed.text;
        };
        return {
          text: `${side(expr.left)} ${expr.op === 'and' ? '&&' : '||'} ${side(expr.right)}`,
          tight,
          type: INT,
        };
      }
      case 'opposite':
        return { text: `!${this.wrap(this.write(expr.value), UNARY)}`, tight: UNARY, type: INT };
      case 'select':
        return this.select(expr);
      case 'float':
      case 'asFloat':
      case 'toFloat':
        return this.float(expr, expr.bits);
      case 'asBits':
        return this.reinterpreted(this.float(expr.value, expr.bits), int(expr.bits));
      case 'toInt':
        return this.cast(int(expr.bits), this.float(expr.value, expr.value.bits));
      case 'call':
        return this.call(expr);
      case 'stack':
      case 'global':
        return this.address(expr);
      default:
        throw new CannotLift(`it uses ${nameOf(expr.of)} after what may have changed it`);
    }
  }

  private wrap(printed: Printed, tight: number): string {
    return printed.tight < tight ? `(${printed.text})` : printed.text;
  }

  private cast(type: CType, printed: Printed): Printed {
    if (sameType(type, printed.type) && !printed.loose) return printed;
    return { text: `(${this.names.type(type)})${this.wrap(printed, UNARY)}`, tight: UNARY, type };
  }

  private constant(value: bigint, bits: number): Printed {
    const signed = signedValue(value, bits);
    if (bits <= 32) {
      const text = signed === -(2n ** 31n) ? '(-2147483647 - 1)' : String(signed);
      return {
        text,
        tight: signed < 0n && !text.startsWith('(') ? UNARY : POSTFIX,
        type: INT,
        literal: true,
      };
    }
    if (BigInt.asIntN(32, signed) === signed && signed !== -(2n ** 31n)) {
      return { text: String(signed), tight: signed < 0n ? UNARY : POSTFIX, type: INT, literal: true };
    }
    if (BigInt.asIntN(64, signed) !== signed) throw new CannotLift('a number of more than 64 bits');
    if (signed === -(2n ** 63n))
      return { text: '(-9223372036854775807L - 1)', tight: POSTFIX, type: int(64) };
    const text =
      bits === 64 && (signed > 2n ** 40n || signed < -(2n ** 40n))
        ? `0x${value.toString(16)}UL`
        : `${signed}L`;
    const type = int(64, !text.endsWith('UL'));
    return { text, tight: text.startsWith('-') ? UNARY : POSTFIX, type, literal: true };
  }

  /** A number where a pointer might stand. */
  private number(expr: Expr): Printed {
    const printed = this.write(expr);
    return printed.type.kind === 'pointer' ? this.cast(int(64), printed) : printed;
  }

  /** With the value that the bits have as a signed or unsigned number. */
  private exact(expr: Expr, signed: boolean): Printed {
    const printed = this.number(expr);
    const { type } = printed;
    if (printed.literal) {
      const value = signed
        ? signedValue(expr.kind === 'const' ? expr.value : 0n, expr.bits)
        : expr.kind === 'const'
          ? expr.value
          : 0n;
      if (value >= -(2n ** 31n) + 1n && value < 2n ** 31n) {
        return { text: String(value), tight: value < 0n ? UNARY : POSTFIX, type: INT, literal: true };
      }
      const suffix = expr.bits === 64 ? (signed ? 'L' : 'UL') : signed ? '' : 'u';
      return {
        text: `${value}${suffix}`,
        tight: value < 0n ? UNARY : POSTFIX,
        type: int(expr.bits, signed),
        literal: true,
      };
    }
    if (expr.bits === 1) return printed;
    if (type.kind === 'int' && !printed.loose) {
      if (type.signed === signed) return printed;
      // What was extended by zeros is not negative.
      if (signed && type.bits < expr.bits) return printed;
    }
    return this.cast(int(expr.bits, signed), printed);
  }

  /** In a type of the expression's own width at least. */
  private wide(printed: Printed, expr: Expr): Printed {
    if (printed.type.kind === 'pointer') return this.cast(int(64), printed);
    if (printed.type.kind !== 'int' || expr.bits <= 32 || printed.type.bits >= expr.bits) return printed;
    return this.cast(int(expr.bits), printed);
  }

  private extended({ value, signed, bits }: Extract<Expr, { kind: 'extend' }>): Printed {
    if (value.bits === 1) {
      const printed = this.write(value);
      return signed ? { text: `-${this.wrap(printed, UNARY)}`, tight: UNARY, type: INT } : printed;
    }
    if (isFloat(value)) throw new CannotLift('a float as a number');
    const printed = this.exact(value, signed);
    // A long is written as one where C would compute with ints.
    return bits > 64 ? this.cast(int(bits, signed), printed) : printed;
  }

  private binary(expr: Extract<Expr, { kind: 'binary' }>): Printed {
    const { op, left, right, bits } = expr;
    if (bits === 64 && (op === 'add' || op === 'sub') && this.isPointerSum(expr)) return this.address(expr);
    const { sign, tight } = BINARY[op];
    if (op === 'shl' || op === 'shr' || op === 'sar') {
      const value = op === 'shl' ? this.number(left) : this.exact(left, op === 'sar');
      const wide = bits > 32 ? this.wide(value, left) : value;
      const first = wide.literal && bits > 32 ? { ...wide, text: `${wide.text}L` } : wide;
      const unsigned =
        op === 'shr' && first.type.kind === 'int' && first.type.signed
          ? this.cast(int(bits, false), first)
          : first;
      const by = right.kind === 'const' ? { text: String(right.value), tight: POSTFIX } : this.number(right);
      return {
        text: `${this.wrap(unsigned, tight)} ${sign} ${this.wrapPlain(by, tight + 1)}`,
        tight,
        type: promoted(unsigned.type),
        loose: bits < 32 && op === 'shl',
      };
    }
    const up = op === 'mul' && right.kind === 'const' ? highShift(right.value, bits) : undefined;
    if (up !== undefined) {
      // What goes out at the top would be an overflow, which only unsigned numbers may have.
      const value = this.cast(int(bits, false), this.number(left));
      return { text: `${this.wrap(value, 11)} << ${up}`, tight: 11, type: int(bits, false) };
    }
    const isDivision = op === 'sdiv' || op === 'udiv' || op === 'srem' || op === 'urem';
    const signed = op === 'sdiv' || op === 'srem';
    const side = (one: Expr): Printed => (isDivision ? this.exact(one, signed) : this.number(one));
    let [a, b] = [side(left), side(right)];
    if (bits > 32 && widthOf(a) < bits && widthOf(b) < bits) {
      if (a.literal) b = this.wide(b, right);
      else a = this.cast(int(bits, signedIn(a)), a);
    }
    if (op === 'mul' && right.kind === 'const' && isLarge(right.value, bits) && signedIn(a)) {
      // Hashes wrap around, which only unsigned numbers do.
      a = this.cast(int(bits, false), a);
    }
    if (op === 'udiv' || op === 'urem') {
      if (signedIn(a) && signedIn(b)) a = this.cast(int(bits, false), a);
    }
    const isHex = (op === 'and' || op === 'or' || op === 'xor') && right.kind === 'const' && right.value > 9n;
    const second = isHex ? hexadecimal(right, b) : b;
    const type = common(a.type, b.type);
    if (op === 'sub' && left.kind === 'const' && left.value === 0n) {
      return {
        text: `-${this.wrap(b, UNARY + (b.text.startsWith('-') ? 1 : 0))}`,
        tight: UNARY,
        type,
        loose: bits < 32,
      };
    }
    const isAssociative = op === 'add' || op === 'and' || op === 'or' || op === 'xor';
    const rightTight = isAssociative && right.kind === 'binary' && right.op === op ? tight : tight + 1;
    // Of bits and sums in one expression people forget the order.
    const inner = op === 'and' || op === 'or' || op === 'xor' ? 13 : 0;
    return {
      text: `${this.wrap(a, Math.max(tight, inner))} ${sign} ${this.wrap(second, Math.max(rightTight, inner))}`,
      tight,
      type,
      loose: bits < 32,
    };
  }

  private wrapPlain({ text, tight }: { text: string; tight: number }, least: number): string {
    return tight < least ? `(${text})` : text;
  }

  private compare(expr: Extract<Expr, { kind: 'compare' }>): Printed {
    const isTurned =
      expr.left.kind === 'const' || (expr.left.kind === 'asFloat' && expr.left.value.kind === 'const');
    const printed = this.compared(expr);
    // People name the variable first.
    return isTurned && expr.right.kind !== 'const' ? turned(printed) : printed;
  }

  private compared({ op, left, right }: Extract<Expr, { kind: 'compare' }>): Printed {
    const { sign, tight } = BINARY[op];
    let [a, b]: [Printed, Printed] = [
      { text: '', tight, type: INT },
      { text: '', tight, type: INT },
    ];
    if (op.startsWith('f')) {
      [a, b] = [this.float(left, left.bits), this.float(right, right.bits)];
    } else if (op === 'eq' || op === 'ne' || op.startsWith('u')) {
      [a, b] = [this.write(left), this.write(right)];
      const isPointer = a.type.kind === 'pointer' || b.type.kind === 'pointer';
      if (isPointer) {
        const type = a.type.kind === 'pointer' ? a.type : b.type;
        [a, b] = [this.pointer(left, type), this.pointer(right, type)];
      } else if (op.startsWith('u')) {
        [a, b] = [this.exact(left, false), this.exact(right, false)];
        if (signedIn(a) && signedIn(b) && left.bits >= 32 && !(isSmall(a) || isSmall(b))) {
          a = this.cast(int(left.bits, false), a);
        }
        if (a.literal !== true && signedIn(a)) a = isSmall(a) ? a : this.cast(int(left.bits, false), a);
      } else if (left.bits < 32) {
        const signed = a.literal ? signedIn(b) : signedIn(a);
        [a, b] = [this.exact(left, signed), this.exact(right, signed)];
      } else if (left.bits > 32 && widthOf(a) < 64 && widthOf(b) < 64) {
        // Both were extended, one by its sign: each keeps its value in the wider type.
        a = this.cast(int(64), a);
      }
    } else {
      [a, b] = [this.exact(left, true), this.exact(right, true)];
    }
    if (left.bits === 8 && right.kind === 'const') {
      b = { ...b, text: characterOf(right.value) ?? b.text };
    }
    return { text: `${this.wrap(a, tight + 1)} ${sign} ${this.wrap(b, tight + 1)}`, tight, type: INT };
  }

  private select({ test, yes, no, bits }: Extract<Expr, { kind: 'select' }>): Printed {
    const condition = this.wrap(this.write(test), 4);
    let [a, b] = [this.write(yes), this.write(no)];
    let { type } = a;
    if (isFloat(yes)) type = { kind: 'float', bits };
    else if (a.type.kind === 'pointer' || b.type.kind === 'pointer') {
      type = a.type.kind === 'pointer' ? a.type : b.type;
      [a, b] = [this.pointer(yes, type), this.pointer(no, type)];
    } else {
      const signed = a.literal ? signedIn(b) : signedIn(a);
      [a, b] = [this.exact(yes, signed), this.exact(no, signed)];
      if (bits > 32 && widthOf(a) < bits && widthOf(b) < bits) a = this.cast(int(bits, signed), a);
      type = common(a.type, b.type);
    }
    return { text: `${condition} ? ${this.wrap(a, 4)} : ${this.wrap(b, 3)}`, tight: 3, type };
  }

  /** A value of floating point; what is not one is taken bit by bit. */
  private float(expr: Expr, bits: number): Printed {
    const type: CType = { kind: 'float', bits };
    if (expr.kind === 'asFloat') return this.float(expr.value, bits);
    if (expr.kind === 'asBits') return this.float(expr.value, bits);
    if (expr.kind === 'const') return floatConstant(expr.value, bits);
    if (expr.kind === 'var') {
      const own = this.types.variable(expr.id);
      const name = { text: this.names.variable(expr.id), tight: POSTFIX, type: own };
      return own.kind === 'float' && own.bits === bits ? name : this.reinterpreted(name, type);
    }
    if (expr.kind === 'load') {
      const place = this.place(expr.address, bits, type);
      return { text: place.text, tight: place.text.startsWith('*') ? UNARY : POSTFIX, type };
    }
    if (expr.kind === 'select') {
      const [a, b] = [this.float(expr.yes, bits), this.float(expr.no, bits)];
      const condition = this.wrap(this.write(expr.test), 4);
      return { text: `${condition} ? ${this.wrap(a, 4)} : ${this.wrap(b, 3)}`, tight: 3, type };
    }
    if (expr.kind === 'toFloat') {
      const value = isFloat(expr.value)
        ? this.float(expr.value, expr.value.bits)
        : this.exact(expr.value, true);
      return { text: `(${typeName(type)})${this.wrap(value, UNARY)}`, tight: UNARY, type };
    }
    if (expr.kind === 'float') return this.floatOperation(expr, type);
    if (expr.kind === 'call' && expr.float) return this.call(expr);
    return this.reinterpreted(this.number(expr), type);
  }

  private floatOperation({ op, operands, bits }: Extract<Expr, { kind: 'float' }>, type: CType): Printed {
    const values = operands.map((one) => this.float(one, bits));
    if (op === 'neg') return { text: `-${this.wrap(values[0], UNARY + 1)}`, tight: UNARY, type };
    if (op === 'abs' || op === 'sqrt') {
      const name = `${op === 'abs' ? 'fabs' : 'sqrt'}${bits === 32 ? 'f' : ''}`;
      this.names.calls(name);
      return { text: `${name}(${values[0].text})`, tight: POSTFIX, type };
    }
    const { sign, tight } = BINARY[op];
    return {
      text: `${this.wrap(values[0], tight)} ${sign} ${this.wrap(values[1], tight + 1)}`,
      tight,
      type,
    };
  }

  /** The same bits as another type: a union does that in C. */
  private reinterpreted({ text, type: from }: Printed, to: CType): Printed {
    const [a, b] = [typeName(from), typeName(to)].map((name) => (name.endsWith('*') ? name : `${name} `));
    return { text: `((union { ${a}from; ${b}to; }){ ${text} }).to`, tight: POSTFIX, type: to };
  }

  private call(expr: Extract<Expr, { kind: 'call' }>): Printed {
    const { name, args, bits, callee } = expr;
    const known = this.names.signature(name) ?? prototypeOf(name) ?? expr.signature;
    const isLoose = known === expr.signature;
    const texts = args.map((arg, i) => {
      const letter = known?.parameters[i];
      const wished = letter === undefined ? undefined : TYPES_OF_LETTERS[letter];
      if (isFloat(arg)) return this.float(arg, arg.bits).text;
      if (isLoose || wished === undefined) return this.undeclared(arg);
      return wished.kind === 'pointer' && wished.to === undefined
        ? this.anyPointer(arg)
        : this.assigned(arg, wished);
    });
    const type = TYPES_OF_LETTERS[known?.result ?? 'l'] ?? INT;
    const list = texts.join(', ');
    if (callee) {
      const pointer = this.wrap(this.write(callee), UNARY);
      return { text: `((long (*)())${pointer})(${list})`, tight: POSTFIX, type };
    }
    this.names.calls(name, expr.signature);
    return {
      text: `${name}(${list})`,
      tight: POSTFIX,
      type: name.startsWith('__builtin') ? int(bits) : type,
    };
  }

  /** To a function without a prototype nothing is converted: a long has to be one, unless it is a small number. */
  private undeclared(arg: Expr): string {
    const printed = this.write(arg);
    const isWide =
      arg.bits <= 32 || widthOf(printed) > 32 || (printed.literal && !printed.text.startsWith('-'));
    return isWide ? printed.text : this.cast(int(64), printed).text;
  }

  /** `void *` takes every pointer. */
  private anyPointer(expr: Expr): string {
    const printed = this.write(expr);
    return printed.type.kind === 'pointer' || printed.literal
      ? printed.text
      : this.cast({ kind: 'pointer', to: undefined }, printed).text;
  }

  private pointer(expr: Expr, type: CType): Printed {
    const printed = this.write(expr);
    if (printed.literal && printed.text === '0') return printed;
    if (expr.kind === 'call' && printed.type.kind === 'pointer' && printed.type.to === undefined)
      return printed;
    return this.cast(type, printed);
  }

  private isPointerSum(expr: Expr): boolean {
    const base = this.types.base(expr);
    if (base === undefined) return false;
    // The difference of two pointers is a number.
    const isSubtracted = addressTerms(expr).some(
      ({ expr: one, factor }) =>
        factor < 0n && one.kind === 'var' && this.types.variable(one.id).kind === 'pointer',
    );
    return !isSubtracted && this.write(base).type.kind === 'pointer';
  }

  /** An address as a pointer with an offset. */
  private address(expr: Expr): Printed {
    const parts = this.baseOf(expr);
    if (!parts) throw new CannotLift('an address outside of the frame');
    const { base, rest } = parts;
    if (rest.length === 0) return base;
    const size = elementSize(base.type);
    const index = this.index(rest, size);
    if (index !== undefined) {
      const [sign, text] =
        index.text.startsWith('-') && index.tight >= 13
          ? ['-', index.text.slice(1)]
          : ['+', this.wrapPlain(index, 13)];
      return { text: `${this.wrap(base, 12)} ${sign} ${text}`, tight: 12, type: base.type };
    }
    const bytes = this.cast({ kind: 'pointer', to: undefined }, base);
    const offset = this.index(rest, 1)!;
    return {
      text: `${this.wrap(bytes, 12)} + ${this.wrapPlain(offset, 13)}`,
      tight: 12,
      type: { kind: 'pointer', to: undefined },
    };
  }

  private baseOf(address: Expr): { base: Printed; rest: AddressTerm[] } | undefined {
    const base = this.types.base(address);
    if (base === undefined) return undefined;
    const terms = addressTerms(address);
    const at = terms.findIndex(({ expr, factor }) => expr === base && factor === 1n);
    const rest = terms.filter((_, i) => i !== at);
    if (base.kind === 'stack') {
      const region = this.types.regionAt(base.offset);
      if (!region) return undefined;
      const offset = base.offset - region.offset;
      if (offset !== 0) rest.push({ expr: constant(offset, 64), factor: 1n });
      const to = this.types.region(region);
      return {
        base: { text: this.names.region(region), tight: POSTFIX, type: { kind: 'pointer', to } },
        rest: merged(rest),
      };
    }
    if (base.kind === 'global') {
      const { text, type } = this.names.global(base.address);
      return { base: { text, tight: POSTFIX, type }, rest };
    }
    return { base: this.write(base), rest };
  }

  /** An offset in elements; undefined where it is no whole number of them. */
  private index(rest: readonly AddressTerm[], size: number): { text: string; tight: number } | undefined {
    let sum: Expr = constant(0, 64);
    for (const { expr, factor } of rest) {
      const by = BigInt(size);
      const whole = expr.kind === 'const' ? signedValue(expr.value, 64) * factor : factor;
      if (whole % by !== 0n) return undefined;
      const part =
        expr.kind === 'const' ? constant(whole / by, 64) : binary('mul', expr, constant(whole / by, 64));
      sum = binary('add', sum, part);
    }
    return this.number(this.indexed(sum));
  }

  /** In an index an int is as good as the long that it becomes, since it does not overflow. */
  private indexed(sum: Expr): Expr {
    const terms = addressTerms(sum);
    const isSigned = ({ expr }: AddressTerm): boolean =>
      expr.kind === 'const'
        ? BigInt.asIntN(32, signedValue(expr.value, 64)) === signedValue(expr.value, 64)
        : expr.kind === 'extend' && expr.signed && expr.value.bits === 32;
    return terms.length > 1 && terms.every(isSigned) ? truncate(sum, 32) : sum;
  }

  /** `p[i]` or `*p`, where the pointer's type fits. */
  private element(address: Expr, bits: number): { text: string; type: CType } | undefined {
    const parts = this.baseOf(address);
    if (!parts || parts.base.type.kind !== 'pointer') return undefined;
    const { base, rest } = parts;
    if (address.kind === 'global' && this.isNamedVariable(address.address)) {
      const { text, type } = this.names.global(address.address);
      return { text, type };
    }
    const type = base.type.kind === 'pointer' ? (base.type.to ?? BYTE) : BYTE;
    if (8 * sizeOf(type) !== bits) return undefined;
    if (rest.length === 0) {
      if (address.kind === 'stack') return { text: `${base.text}[0]`, type };
      return base.text.startsWith('&')
        ? { text: base.text.slice(1), type }
        : { text: `*${this.wrap(base, UNARY)}`, type };
    }
    const index = this.index(rest, sizeOf(type));
    return index && { text: `${this.wrap(base, POSTFIX)}[${index.text}]`, type };
  }

  private isNamedVariable(address: number): boolean {
    return (
      !this.names.global(address).text.startsWith('&') &&
      /^std(in|out|err)$/.test(this.names.global(address).text)
    );
  }
}

const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '==': '==', '!=': '!=' };

/** `0 < x` as `x > 0`. */
function turned(printed: Printed): Printed {
  const match = /^(-?[\w.]+) (<=|<|==|!=) (.*)$/s.exec(printed.text);
  if (!match) return printed;
  const [, left, sign, right] = match;
  return { ...printed, text: `${right} ${TURNED[sign]} ${left}` };
}

function merged(rest: AddressTerm[]): AddressTerm[] {
  const constants = rest.filter(({ expr }) => expr.kind === 'const');
  if (constants.length < 2) return rest;
  const total = constants.reduce(
    (sum, { expr, factor }) => sum + (expr.kind === 'const' ? signedValue(expr.value, 64) * factor : 0n),
    0n,
  );
  const others = rest.filter(({ expr }) => expr.kind !== 'const');
  return total === 0n ? others : [...others, { expr: constant(total, 64), factor: 1n }];
}

function elementSize(type: CType): number {
  return type.kind === 'pointer' && type.to ? sizeOf(type.to) : 1;
}

function widthOf({ type, literal }: Printed): number {
  if (type.kind === 'pointer') return 64;
  return literal && type.bits === 32 ? 32 : type.bits;
}

function signedIn({ type }: Printed): boolean {
  return type.kind === 'int' && (type.signed || type.bits < 32);
}

/** It becomes an int without loss, whatever its sign. */
function isSmall({ type, literal, text }: Printed): boolean {
  return (
    type.kind === 'int' && ((type.bits < 32 && !type.signed) || (literal === true && !text.startsWith('-')))
  );
}

/** A factor with which nearly all numbers overflow. */
function isLarge(factor: bigint, bits: number): boolean {
  const value = signedValue(factor, bits);
  const size = value < 0n ? -value : value;
  return bits >= 32 && bits <= 64 && size >= 1n << BigInt(bits / 2);
}

/** By how much a product with a large power of two shifts. */
function highShift(factor: bigint, bits: number): number | undefined {
  const by = factor.toString(2).length - 1;
  return bits >= 32 && bits <= 64 && by >= bits / 2 && factor === 1n << BigInt(by) ? by : undefined;
}

function promoted(type: CType): CType {
  return type.kind === 'int' && type.bits < 32 ? INT : type;
}

/** C's usual conversions, of integers. */
function common(a: CType, b: CType): CType {
  const [left, right] = [promoted(a), promoted(b)];
  if (left.kind !== 'int' || right.kind !== 'int') return left;
  if (left.bits !== right.bits) return left.bits > right.bits ? left : right;
  return { ...left, signed: left.signed && right.signed };
}

function characterOf(value: bigint): string | undefined {
  const code = Number(value);
  if (code < 32 || code > 126) return code === 10 ? "'\\n'" : undefined;
  const character = String.fromCharCode(code);
  return character === "'" || character === '\\' ? `'\\${character}'` : `'${character}'`;
}

function hexadecimal(expr: Expr, printed: Printed): Printed {
  if (expr.kind !== 'const' || signedValue(expr.value, expr.bits) < 0n || !printed.literal) return printed;
  return { ...printed, text: `0x${expr.value.toString(16)}${printed.text.endsWith('L') ? 'L' : ''}` };
}

/** @param width in bits */
export function floatConstant(bits: bigint, width: number): Printed {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits, true);
  const value = width === 64 ? view.getFloat64(0, true) : view.getFloat32(0, true);
  const type: CType = { kind: 'float', bits: width };
  const suffix = width === 32 ? 'f' : '';
  if (Number.isNaN(value)) {
    return { text: `__builtin_nan${suffix}("")`, tight: POSTFIX, type };
  }
  if (!Number.isFinite(value)) {
    return { text: `${value < 0 ? '-' : ''}__builtin_inf${suffix}()`, tight: UNARY, type };
  }
  let text = String(value);
  if (width === 32) {
    for (let digits = 1; digits <= 9; digits++) {
      text = String(Number(value.toPrecision(digits)));
      if (Math.fround(Number(text)) === value) break;
    }
  }
  if (Object.is(value, -0)) text = '-0';
  if (!/[.e]/.test(text)) text += '.0';
  return { text: text + suffix, tight: text.startsWith('-') ? UNARY : POSTFIX, type };
}
