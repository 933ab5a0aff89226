/**
 * Expressions as C. Each text has a C type, and converted to the width of its expression it has the expression's bits; where
 * C's rules would compute something else, a cast stands. `loose`: narrower than an int, and only its low bits count.
 */

import { CannotLift } from './code.ts';
import { type CType, sameType } from './ctype.ts';
import { type Expr, isFloat } from './expressions.ts';
import {
  BINARY,
  characterOf,
  common,
  exactConstant,
  firstOfKind,
  hexadecimal,
  highShift,
  int,
  INT,
  isLarge,
  isSmall,
  numberConstant,
  POSTFIX,
  type Printed,
  promoted,
  signedIn,
  turned,
  TYPES_OF_LETTERS,
  UNARY,
  widthOf,
  wrap,
} from './printed.ts';
import { prototypeOf } from './prototypes.ts';
import { nameOf } from './registers.ts';
import type { Region } from './slots.ts';
import type { Types } from './types.ts';
import { AddressWriter } from './write-address.ts';
import { FloatWriter, reinterpreted } from './write-float.ts';

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

export class ExpressionWriter {
  private readonly types: Types;
  private readonly names: Names;
  private readonly addresses: AddressWriter;
  private readonly floats: FloatWriter;

  constructor(types: Types, names: Names) {
    this.types = types;
    this.names = names;
    this.addresses = new AddressWriter(types, names, this);
    this.floats = new FloatWriter(types, names, this);
  }

  /** A condition. */
  test(expr: Expr): string {
    return this.write(expr).text;
  }

  /** A value that is put where a type is known: C converts numbers there. */
  assigned(expr: Expr, type: CType): string {
    if (type.kind === 'float') return this.floats.write(expr, type.bits).text;
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
    const element = this.addresses.element(address, bits);
    if (element && (element.type.kind === 'float') === (wished?.kind === 'float')) return element;
    if (element && wished === undefined) return element;
    const type = wished ?? int(bits);
    // What is read in several ways is read by a type that compilers take to be any.
    const name = this.names.alias(this.names.type(type));
    return { text: `*(${name} *)${wrap(this.write(address), UNARY)}`, type };
  }

  write(expr: Expr): Printed {
    switch (expr.kind) {
      case 'const':
        return numberConstant(expr.value, expr.bits);
      case 'var': {
        const type = this.types.variable(expr.id);
        const name = { text: this.names.variable(expr.id), tight: POSTFIX, type };
        if (type.kind === 'float') return reinterpreted(name, int(expr.bits));
        return name;
      }
      case 'load': {
        const { text, type } = this.place(expr.address, expr.bits, undefined);
        const printed = { text, tight: text.startsWith('*') ? UNARY : POSTFIX, type };
        return type.kind === 'float' ? reinterpreted(printed, int(expr.bits)) : printed;
      }
      case 'binary':
        return this.binary(expr);
      case 'unary': {
        const value = this.write(expr.value);
        const wide = this.wide(value, expr.value);
        return {
          text: `~${wrap(wide, UNARY)}`,
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
        return { text: `!${wrap(this.write(expr.value), UNARY)}`, tight: UNARY, type: INT };
      case 'select':
        return this.select(expr);
      case 'float':
      case 'asFloat':
      case 'toFloat':
        return this.floats.write(expr, expr.bits);
      case 'asBits':
        return reinterpreted(this.floats.write(expr.value, expr.bits), int(expr.bits));
      case 'toInt':
        return this.cast(int(expr.bits), this.floats.write(expr.value, expr.value.bits));
      case 'call':
        return this.call(expr);
      case 'stack':
      case 'global':
        return this.addresses.address(expr);
      default:
        throw new CannotLift(`it uses ${nameOf(expr.of)} after what may have changed it`);
    }
  }

  cast(type: CType, printed: Printed): Printed {
    if (sameType(type, printed.type) && !printed.loose) return printed;
    // Of two casts of numbers the second alone cuts as much.
    const { inner } = printed;
    const isCut =
      inner?.type.kind === 'int' &&
      printed.type.kind === 'int' &&
      type.kind === 'int' &&
      type.bits <= printed.type.bits;
    const from = isCut ? inner : printed;
    if (isCut && sameType(type, from.type) && !from.loose) return from;
    return { text: `(${this.names.type(type)})${wrap(from, UNARY)}`, tight: UNARY, type, inner: from };
  }

  /** A number where a pointer might stand. */
  number(expr: Expr): Printed {
    const printed = this.write(expr);
    return printed.type.kind === 'pointer' ? this.cast(int(64), printed) : printed;
  }

  /** With the value that the bits have as a signed or unsigned number. */
  exact(expr: Expr, signed: boolean): Printed {
    const printed = this.number(expr);
    const { type } = printed;
    if (printed.literal) return exactConstant(expr.kind === 'const' ? expr.value : 0n, expr.bits, signed);
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
      return signed ? { text: `-${wrap(printed, UNARY)}`, tight: UNARY, type: INT } : printed;
    }
    if (isFloat(value)) throw new CannotLift('a float as a number');
    const printed = this.exact(value, signed);
    // A long is written as one where C would compute with ints.
    return bits > 64 ? this.cast(int(bits, signed), printed) : printed;
  }

  private binary(expr: Extract<Expr, { kind: 'binary' }>): Printed {
    const { op, left, right, bits } = expr;
    if (bits === 64 && (op === 'add' || op === 'sub') && this.addresses.isPointerSum(expr))
      return this.addresses.address(expr);
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
        text: `${wrap(unsigned, tight)} ${sign} ${wrap(by, tight + 1)}`,
        tight,
        type: promoted(unsigned.type),
        loose: bits < 32 && op === 'shl',
      };
    }
    const up = op === 'mul' && right.kind === 'const' ? highShift(right.value, bits) : undefined;
    if (up !== undefined) {
      // What goes out at the top would be an overflow, which only unsigned numbers may have.
      const value = this.cast(int(bits, false), this.number(left));
      return { text: `${wrap(value, 11)} << ${up}`, tight: 11, type: int(bits, false) };
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
    const second = isHex ? hexadecimal(right, b) : op === 'sub' ? firstOfKind(left, right, b) : b;
    const type = common(a.type, b.type);
    if (op === 'sub' && left.kind === 'const' && left.value === 0n) {
      return {
        text: `-${wrap(b, UNARY + (b.text.startsWith('-') ? 1 : 0))}`,
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
      text: `${wrap(a, Math.max(tight, inner))} ${sign} ${wrap(second, Math.max(rightTight, inner))}`,
      tight,
      type,
      loose: bits < 32,
    };
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
      [a, b] = [this.floats.write(left, left.bits), this.floats.write(right, right.bits)];
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
    return { text: `${wrap(a, tight + 1)} ${sign} ${wrap(b, tight + 1)}`, tight, type: INT };
  }

  private select({ test, yes, no, bits }: Extract<Expr, { kind: 'select' }>): Printed {
    const condition = wrap(this.write(test), 4);
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
    return { text: `${condition} ? ${wrap(a, 4)} : ${wrap(b, 3)}`, tight: 3, type };
  }

  call(expr: Extract<Expr, { kind: 'call' }>): Printed {
    const { name, args, bits, callee } = expr;
    const known = this.names.signature(name) ?? prototypeOf(name) ?? expr.signature;
    const isLoose = known === expr.signature;
    const texts = args.map((arg, i) => {
      const letter = known?.parameters[i];
      const wished = letter === undefined ? undefined : TYPES_OF_LETTERS[letter];
      if (isFloat(arg)) return this.floats.write(arg, arg.bits).text;
      if (isLoose || wished === undefined) return this.undeclared(arg);
      return wished.kind === 'pointer' && wished.to === undefined
        ? this.anyPointer(arg)
        : this.assigned(arg, wished);
    });
    const type = TYPES_OF_LETTERS[known?.result ?? 'l'] ?? INT;
    const list = texts.join(', ');
    if (callee) {
      const pointer = wrap(this.write(callee), UNARY);
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
}
