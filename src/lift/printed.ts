/** Texts of expressions with their C types, and what C's rules make of these. */

import { CannotLift } from './code.ts';
import type { CType } from './ctype.ts';
import { type Expr, signedValue } from './expressions.ts';

export interface Printed {
  readonly text: string;
  /** How tightly C binds it: 16 for names and calls, 14 for casts, 13 for products … 3 for choices. */
  readonly tight: number;
  readonly type: CType;
  readonly loose?: boolean;
  readonly literal?: boolean;
  /** Of a cast what is cast. */
  readonly inner?: Printed;
}

export const POSTFIX = 16;
export const UNARY = 14;

export const BINARY: Readonly<Record<string, { sign: string; tight: number }>> = {
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

export const int = (bits: number, signed = true): CType => ({ kind: 'int', bits, signed });
export const INT = int(32);
export const BYTE = int(8);

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

export const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '==': '==', '!=': '!=' };

/** `0 < x` as `x > 0`. */
export function turned(printed: Printed): Printed {
  const match = /^(-?[\w.]+) (<=|<|==|!=) (.*)$/s.exec(printed.text);
  if (!match) return printed;
  const [, left, sign, right] = match;
  return { ...printed, text: `${right} ${TURNED[sign]} ${left}` };
}

export function widthOf({ type, literal }: Printed): number {
  if (type.kind === 'pointer') return 64;
  return literal && type.bits === 32 ? 32 : type.bits;
}

export function signedIn({ type }: Printed): boolean {
  return type.kind === 'int' && (type.signed || type.bits < 32);
}

/** It becomes an int without loss, whatever its sign. */
export function isSmall({ type, literal, text }: Printed): boolean {
  return (
    type.kind === 'int' && ((type.bits < 32 && !type.signed) || (literal === true && !text.startsWith('-')))
  );
}

/** A factor with which nearly all numbers overflow. */
export function isLarge(factor: bigint, bits: number): boolean {
  const value = signedValue(factor, bits);
  const size = value < 0n ? -value : value;
  return bits >= 32 && bits <= 64 && size >= 1n << BigInt(bits / 2);
}

/** By how much a product with a large power of two shifts. */
export function highShift(factor: bigint, bits: number): number | undefined {
  const by = factor.toString(2).length - 1;
  return bits >= 32 && bits <= 64 && by >= bits / 2 && factor === 1n << BigInt(by) ? by : undefined;
}

export function promoted(type: CType): CType {
  return type.kind === 'int' && type.bits < 32 ? INT : type;
}

/** C's usual conversions, of integers. */
export function common(a: CType, b: CType): CType {
  const [left, right] = [promoted(a), promoted(b)];
  if (left.kind !== 'int' || right.kind !== 'int') return left;
  if (left.bits !== right.bits) return left.bits > right.bits ? left : right;
  return { ...left, signed: left.signed && right.signed };
}

export function characterOf(value: bigint): string | undefined {
  const code = Number(value);
  if (code < 32 || code > 126) return code === 10 ? "'\\n'" : undefined;
  const character = String.fromCharCode(code);
  return character === "'" || character === '\\' ? `'\\${character}'` : `'${character}'`;
}

/** Characters from which others are counted: digits and letters. */
const FIRST_OF_KIND: readonly bigint[] = [48n, 65n, 97n];

/** `c - '0'` */
export function firstOfKind(left: Expr, right: Expr, printed: Printed): Printed {
  const isCharacter = left.bits === 8 || (left.kind === 'extend' && left.value.bits === 8);
  if (!isCharacter || right.kind !== 'const' || !FIRST_OF_KIND.includes(right.value)) return printed;
  return { ...printed, text: characterOf(right.value) ?? printed.text };
}

export function hexadecimal(expr: Expr, printed: Printed): Printed {
  if (expr.kind !== 'const' || signedValue(expr.value, expr.bits) < 0n || !printed.literal) return printed;
  return { ...printed, text: `0x${expr.value.toString(16)}${printed.text.endsWith('L') ? 'L' : ''}` };
}

/** @throws CannotLift where it has more than 64 bits */
export function numberConstant(value: bigint, bits: number): Printed {
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
  if (signed === -(2n ** 63n)) return { text: '(-9223372036854775807L - 1)', tight: POSTFIX, type: int(64) };
  const text =
    bits === 64 && (signed > 2n ** 40n || signed < -(2n ** 40n)) ? `0x${value.toString(16)}UL` : `${signed}L`;
  const type = int(64, !text.endsWith('UL'));
  return { text, tight: text.startsWith('-') ? UNARY : POSTFIX, type, literal: true };
}

/** With the value that the bits have as a signed or unsigned number. */
export function exactConstant(content: bigint, bits: number, signed: boolean): Printed {
  const value = signed ? signedValue(content, bits) : content;
  const tight = value < 0n ? UNARY : POSTFIX;
  if (value >= -(2n ** 31n) + 1n && value < 2n ** 31n) {
    return { text: String(value), tight, type: INT, literal: true };
  }
  const suffix = bits === 64 ? (signed ? 'L' : 'UL') : signed ? '' : 'u';
  return { text: `${value}${suffix}`, tight, type: int(bits, signed), literal: true };
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

/** With parentheses where it binds less than so. */
export function wrap({ text, tight }: { text: string; tight: number }, least: number): string {
  return tight < least ? `(${text})` : text;
}
