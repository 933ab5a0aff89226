/** What single instructions do, by their names: general registers and scalar floats. */

import type { Operand } from '../binary/instruction.ts';
import { CannotLift, RAX, RCX, RDX, TEMPORARY } from './code.ts';
import { condition } from './conditions.ts';
import { type BinaryOp, type Expr, constant, mask, variable } from './expressions.ts';
import { binary, extend, truncate, unary } from './integers.ts';
import { asBits, asFloat } from './rebuild.ts';
import { REGISTER_PARTS } from './registers.ts';
import type { BlockWriter } from './semantics.ts';
import { compare } from './truths.ts';

export type Rule = (writer: BlockWriter, operands: readonly Operand[], name: string) => void;

function arithmetic(op: BinaryOp): Rule {
  return (writer, [to, from]) => {
    const left = writer.read(to);
    const right = writer.read(from, left.bits);
    const value = binary(op, left, right);
    if (op === 'sub') writer.flag('difference', left, right);
    else if (op === 'add') writer.flag('sum', value, right);
    // As comparing with 0 leaves them: no carry, no overflow.
    else writer.flag('difference', value, constant(0, value.bits));
    writer.write(to, value);
  };
}

function step(op: 'add' | 'sub'): Rule {
  return (writer, [to]) => {
    const left = writer.read(to);
    const one = constant(1, left.bits);
    const value = binary(op, left, one);
    if (op === 'sub') writer.flag('difference', left, one);
    else writer.flag('shift', value);
    writer.write(to, value);
  };
}

function shift(op: 'shl' | 'shr' | 'sar'): Rule {
  return (writer, [to, by]) => {
    const left = writer.read(to);
    if (by === undefined || by.kind === 'immediate') {
      const count = (by?.value ?? 1) & (left.bits === 64 ? 63 : 31);
      if (count === 0) return;
      if (count >= left.bits) throw new CannotLift('a shift by more than the width');
      const value = binary(op, left, constant(count, 8));
      writer.flag('shift', value);
      writer.write(to, value);
    } else {
      // The flags stay where the count is 0, which nobody asks for.
      writer.flags = undefined;
      writer.write(to, binary(op, left, truncate(variable(RCX, 64), 32)));
    }
  };
}

function rotate(left: boolean): Rule {
  return (writer, [to, by]) => {
    const value = writer.read(to);
    if (by !== undefined && by.kind !== 'immediate') throw new CannotLift('a rotation by what is computed');
    const count = (by?.value ?? 1) & (value.bits - 1);
    if (count === 0) return;
    const up = left ? count : value.bits - count;
    writer.flags = undefined;
    writer.write(
      to,
      binary('or', binary('shl', value, constant(up, 8)), binary('shr', value, constant(value.bits - up, 8))),
    );
  };
}

function divide(signed: boolean): Rule {
  return (writer, [by]) => {
    const divisor = writer.read(by);
    const { bits } = divisor;
    if (bits < 32 || !writer.extended(bits, signed)) {
      throw new CannotLift('a division of a number that is wider than its divisor');
    }
    const value = truncate(variable(RAX, 64), bits);
    writer.set(TEMPORARY, extend(binary(signed ? 'sdiv' : 'udiv', value, divisor), 64, false));
    writer.set(RDX, extend(binary(signed ? 'srem' : 'urem', value, divisor), 64, false));
    writer.set(RAX, variable(TEMPORARY, 64));
    writer.flags = undefined;
  };
}

/** The product of rax in twice the width; of 64 bits the upper half is not told. */
function multiply(signed: boolean): Rule {
  return (writer, operands) => {
    writer.flags = undefined;
    if (operands.length > 1) {
      const [to, a, b] = operands;
      const { bits } = writer.read(to);
      const left = writer.read(b === undefined ? to : a, bits);
      return writer.write(to, binary('mul', left, writer.read(b ?? a, bits)));
    }
    const factor = writer.read(operands[0]);
    const { bits } = factor;
    if (bits === 16) throw new CannotLift('a product of 16 bits');
    if (bits === 8) {
      const product = binary(
        'mul',
        extend(truncate(variable(RAX, 64), 8), 16, signed),
        extend(factor, 16, signed),
      );
      const kept = binary('and', variable(RAX, 64), constant(~mask(16), 64));
      return writer.set(RAX, binary('or', kept, extend(product, 64, false)));
    }
    const double = 2 * bits;
    const value = truncate(variable(RAX, 64), bits);
    const product: Expr = binary('mul', extend(value, double, signed), extend(factor, double, signed));
    const upper = truncate(binary('shr', product, constant(bits, 8)), bits);
    writer.set(TEMPORARY, extend(truncate(product, bits), 64, false));
    writer.set(RDX, extend(upper, 64, false));
    return writer.set(RAX, variable(TEMPORARY, 64));
  };
}

function withCarry(op: 'add' | 'sub'): Rule {
  return (writer, [to, from]) => {
    const left = writer.read(to);
    const carry = extend(condition('b', writer.flags), left.bits, false);
    const value = binary(op, binary(op, left, writer.read(from, left.bits)), carry);
    writer.flags = undefined;
    writer.write(to, value);
    const after = writer.read(to);
    writer.flag('shift', after);
  };
}

function widen(signed: boolean): Rule {
  return (writer, [to, from]) => writer.write(to, extend(writer.read(from), writer.read(to).bits, signed));
}

/** cdqe and its like: a part of rax in twice the width. */
function widenRax(bits: number): Rule {
  return (writer) => {
    const value = extend(truncate(variable(RAX, 64), bits), 2 * bits, true);
    const kept = binary('and', variable(RAX, 64), constant(~mask(2 * bits), 64));
    writer.set(RAX, bits === 8 ? binary('or', kept, extend(value, 64, false)) : extend(value, 64, false));
  };
}

const move: Rule = (writer, [to, from]) => {
  const bits = to.kind === 'memory' ? 8 * to.size : writer.read(to).bits;
  writer.write(to, writer.read(from, bits));
};

/** Of scalars: a load clears what is above, a copy between registers does not, which is not told. */
function moveScalar(bits: number): Rule {
  return (writer, [to, from]) => {
    if (to.kind === 'memory') return writer.store(writer.address(to), writer.read(from, bits));
    writer.write(to, writer.read(from, bits));
    if (from.kind === 'memory' && REGISTER_PARTS[(to as { register: number }).register]?.bits === 128) {
      writer.writeVector(to, writer.read(to), constant(0, 64));
    }
    return undefined;
  };
}

/** movd and movq: between general and vector registers, and memory. */
function moveBits(bits: number): Rule {
  return (writer, [to, from]) => {
    const value = writer.read(from, bits);
    if (to.kind === 'memory') return writer.store(writer.address(to), value);
    const isVector = to.kind === 'register' && REGISTER_PARTS[to.register]?.bits === 128;
    return isVector
      ? writer.writeVector(to, extend(value, 64, false), constant(0, 64))
      : writer.write(to, value);
  };
}

const moveVector: Rule = (writer, [to, from]) => {
  writer.writeVector(to, writer.read(from), writer.readHigh(from));
};

/** Bit operations of vector registers, floats' or integers'. */
function vectorBits(change: (left: Expr, right: Expr) => Expr): Rule {
  return (writer, [to, from]) => {
    const high = change(writer.readHigh(to), writer.readHigh(from));
    writer.writeVector(to, change(writer.read(to), writer.read(from)), high);
  };
}

/** @param source bits of the operand: an integer's register or memory tells its own */
function convert(kind: 'toFloat' | 'toInt', bits: number, source?: number): Rule {
  return (writer, [to, from]) => {
    if (kind === 'toInt') {
      const value = asFloat(writer.read(from, source));
      writer.write(to, { kind, bits: writer.read(to).bits, value });
    } else {
      const value = source === undefined ? writer.read(from) : asFloat(writer.read(from, source));
      writer.write(to, asBits({ kind, bits, value }));
    }
  };
}

function compareFloats(bits: number): Rule {
  return (writer, [a, b]) => writer.flag('floats', writer.read(a, bits), writer.read(b, bits));
}

const nothing: Rule = () => undefined;

function bits(name: string): Rule {
  return (writer, [to, from]) => {
    const value = writer.read(from);
    const wide = value.bits === 64;
    writer.flag('carry', extend(compare('eq', value, constant(0, value.bits)), 8, false));
    const call: Expr = {
      kind: 'call',
      bits: 32,
      float: false,
      name: `__builtin_${name === 'bsr' ? 'clz' : name}${wide ? 'l' : ''}`,
      args: [value],
    };
    const result = name === 'bsr' ? binary('xor', call, constant(value.bits - 1, 32)) : call;
    writer.write(to, extend(result, value.bits, false));
  };
}

/** A bit goes into the carry, and is turned, cleared or set. */
function changeBit(op: 'xor' | 'and' | 'or'): Rule {
  return (writer, [to, by]) => {
    if (to.kind === 'memory') throw new CannotLift('a bit in memory');
    const value = writer.read(to);
    const { bits } = value;
    const at = truncate(binary('and', writer.read(by, bits), constant(bits - 1, bits)), 32);
    const bit = binary('shl', constant(1, bits), at);
    writer.flag('carry', binary('and', binary('shr', value, at), constant(1, bits)));
    writer.write(to, binary(op, value, op === 'and' ? unary('not', bit) : bit));
  };
}

export const RULES: Readonly<Record<string, Rule>> = {
  nop: nothing,
  endbr64: nothing,
  pause: nothing,
  mov: move,
  movabs: move,
  movzx: widen(false),
  movsx: widen(true),
  movsxd: widen(true),
  cbw: widenRax(8),
  cwde: widenRax(16),
  cdqe: widenRax(32),
  cdq: (writer) => writer.signInRdx(32),
  cqo: (writer) => writer.signInRdx(64),
  lea: (writer, [to, from]) => {
    if (from.kind !== 'memory') throw new CannotLift('lea of no memory');
    writer.write(to, truncate(writer.address(from), writer.read(to).bits));
  },
  add: arithmetic('add'),
  sub: arithmetic('sub'),
  and: arithmetic('and'),
  or: arithmetic('or'),
  xor: arithmetic('xor'),
  adc: withCarry('add'),
  sbb: withCarry('sub'),
  inc: step('add'),
  dec: step('sub'),
  neg: (writer, [to]) => {
    const value = writer.read(to);
    writer.flag('difference', constant(0, value.bits), value);
    writer.write(to, unary('neg', value));
  },
  not: (writer, [to]) => writer.write(to, unary('not', writer.read(to))),
  shl: shift('shl'),
  sal: shift('shl'),
  shr: shift('shr'),
  sar: shift('sar'),
  rol: rotate(true),
  ror: rotate(false),
  imul: multiply(true),
  mul: multiply(false),
  idiv: divide(true),
  div: divide(false),
  cmp: (writer, [a, b]) => {
    const left = writer.read(a);
    writer.flag('difference', left, writer.read(b, left.bits));
  },
  test: (writer, [a, b]) => {
    const left = writer.read(a);
    const value = binary('and', left, writer.read(b, left.bits));
    writer.flag('difference', value, constant(0, value.bits));
  },
  bt: (writer, [a, b]) => {
    const value = writer.read(a);
    if (a.kind === 'memory') throw new CannotLift('a bit in memory');
    const at = truncate(binary('and', writer.read(b, value.bits), constant(value.bits - 1, value.bits)), 32);
    writer.flag('carry', binary('and', binary('shr', value, at), constant(1, value.bits)));
  },
  btc: changeBit('xor'),
  btr: changeBit('and'),
  bts: changeBit('or'),
  xchg: (writer, [a, b]) => {
    const [left, right] = [writer.read(a), writer.read(b)];
    if (a.kind === 'memory' || b.kind === 'memory') throw new CannotLift('an exchange with memory');
    if (same(a, b)) return;
    writer.set(TEMPORARY, extend(left, 64, false));
    writer.write(a, right);
    writer.write(b, truncate(variable(TEMPORARY, 64), left.bits));
  },
  bswap: (writer, [to]) => {
    const value = writer.read(to);
    const name = `__builtin_bswap${value.bits}`;
    writer.write(to, { kind: 'call', bits: value.bits, float: false, name, args: [value] });
  },
  bsr: bits('bsr'),
  bsf: bits('ctz'),
  tzcnt: bits('ctz'),
  popcnt: bits('popcount'),
  movss: moveScalar(32),
  movsd: moveScalar(64),
  movd: moveBits(32),
  movq: moveBits(64),
  movaps: moveVector,
  movapd: moveVector,
  movups: moveVector,
  movupd: moveVector,
  movdqa: moveVector,
  movdqu: moveVector,
  ...Object.fromEntries(
    (['and', 'or', 'xor'] as const).flatMap((op) =>
      [`${op}ps`, `${op}pd`, `p${op}`].map((name) => [
        name,
        vectorBits((left, right) => binary(op, left, right)),
      ]),
    ),
  ),
  ...Object.fromEntries(
    ['andnps', 'andnpd', 'pandn'].map((name) => [
      name,
      vectorBits((left, right) => binary('and', unary('not', left), right)),
    ]),
  ),
  ucomiss: compareFloats(32),
  comiss: compareFloats(32),
  ucomisd: compareFloats(64),
  comisd: compareFloats(64),
  cvtss2sd: convert('toFloat', 64, 32),
  cvtsd2ss: convert('toFloat', 32, 64),
  cvtsi2ss: convert('toFloat', 32),
  cvtsi2sd: convert('toFloat', 64),
  cvttss2si: convert('toInt', 0, 32),
  cvttsd2si: convert('toInt', 0, 64),
};

function same(a: Operand, b: Operand): boolean {
  return a.kind === 'register' && b.kind === 'register' && a.register === b.register;
}
