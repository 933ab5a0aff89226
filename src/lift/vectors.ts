/**
 * Packed instructions, lane by lane: a vector register is two halves of 64 bits, and each lane is computed as C would
 * compute one value. The text is long, and right.
 */

import type { Operand } from '../binary/instruction.ts';
import { constant, type Expr, type FloatOp } from './expressions.ts';
import { binary, extend, truncate } from './integers.ts';
import { asBits, asFloat } from './rebuild.ts';
import { compare, select } from './truths.ts';
import type { BlockWriter } from './semantics.ts';

/** Lanes of both halves, the lowest first. */
function lanesOf(writer: BlockWriter, operand: Operand, bits: number): Expr[] {
  return [...split(writer.read(operand), bits), ...split(writer.readHigh(operand), bits)];
}

function split(half: Expr, bits: number): Expr[] {
  return Array.from({ length: 64 / bits }, (_, i) =>
    truncate(binary('shr', half, constant(i * bits, 8)), bits),
  );
}

function join(lanes: readonly Expr[]): Expr {
  return lanes
    .map((lane, i) => binary('shl', extend(lane, 64, false), constant(i * lane.bits, 8)))
    .reduce((all, lane) => binary('or', all, lane));
}

function put(writer: BlockWriter, to: Operand, lanes: readonly Expr[]): void {
  const half = lanes.length / 2;
  writer.writeVector(to, join(lanes.slice(0, half)), join(lanes.slice(half)));
}

const WIDTHS: Readonly<Record<string, number>> = { b: 8, w: 16, d: 32, q: 64 };

type Lane = (left: Expr, right: Expr) => Expr;

const all = (test: Expr, bits: number): Expr => select(test, constant(-1, bits), constant(0, bits));

const INTEGER: Readonly<Record<string, Lane>> = {
  padd: (a, b) => binary('add', a, b),
  psub: (a, b) => binary('sub', a, b),
  pmull: (a, b) => binary('mul', a, b),
  pmulh: (a, b) => upperProduct(a, b, true),
  pmulhu: (a, b) => upperProduct(a, b, false),
  pcmpeq: (a, b) => all(compare('eq', a, b), a.bits),
  pcmpgt: (a, b) => all(compare('slt', b, a), a.bits),
  pminu: (a, b) => select(compare('ult', a, b), a, b),
  pmaxu: (a, b) => select(compare('ult', b, a), a, b),
  pmins: (a, b) => select(compare('slt', a, b), a, b),
  pmaxs: (a, b) => select(compare('slt', b, a), a, b),
  psubus: (a, b) => select(compare('ult', b, a), binary('sub', a, b), constant(0, a.bits)),
};

function upperProduct(a: Expr, b: Expr, signed: boolean): Expr {
  const { bits } = a;
  const product = binary('mul', extend(a, 2 * bits, signed), extend(b, 2 * bits, signed));
  return truncate(binary('shr', product, constant(bits, 8)), bits);
}

const SHIFTS = { psll: 'shl', psrl: 'shr', psra: 'sar' } as const;

/** @returns whether a rule is about it */
export function vectorInstruction(writer: BlockWriter, name: string, operands: readonly Operand[]): boolean {
  const [to, from, control] = operands;
  if (to === undefined) return false;
  const packed = /^(p[a-z]+?)([bwdq])$/.exec(name);
  const lane = packed ? INTEGER[packed[1]] : undefined;
  if (packed && lane) {
    const bits = WIDTHS[packed[2]];
    const right = lanesOf(writer, from, bits);
    put(
      writer,
      to,
      lanesOf(writer, to, bits).map((left, i) => lane(left, right[i])),
    );
    return true;
  }
  if (packed && packed[1] in SHIFTS && from.kind === 'immediate') {
    const bits = WIDTHS[packed[2]];
    const op = SHIFTS[packed[1] as keyof typeof SHIFTS];
    const count = op === 'sar' ? Math.min(from.value, bits - 1) : from.value;
    const move = (left: Expr): Expr =>
      count >= bits ? constant(0, bits) : binary(op, left, constant(count, 8));
    put(writer, to, lanesOf(writer, to, bits).map(move));
    return true;
  }
  const floats = /^(add|sub|mul|div)(ps|pd)$/.exec(name);
  if (floats) {
    const bits = floats[2] === 'ps' ? 32 : 64;
    const right = lanesOf(writer, from, bits);
    const operate = (left: Expr, i: number): Expr =>
      asBits({
        kind: 'float',
        op: floats[1] as FloatOp,
        bits,
        operands: [asFloat(left), asFloat(right[i])],
      });
    put(writer, to, lanesOf(writer, to, bits).map(operate));
    return true;
  }
  const isMask = /^cmp(ps|pd)$/.test(name) && control?.kind === 'immediate';
  const op = isMask ? (['feq', 'flt', 'fle'] as const)[control.value] : undefined;
  if (op) {
    const bits = name === 'cmpps' ? 32 : 64;
    const right = lanesOf(writer, from, bits);
    const test = (left: Expr, i: number): Expr => compare(op, asFloat(left), asFloat(right[i]));
    put(
      writer,
      to,
      lanesOf(writer, to, bits).map((left, i) => all(test(left, i), bits)),
    );
    return true;
  }
  return shuffle(writer, name, to, from, control) || other(writer, name, to, from);
}

/** Instructions that put lanes elsewhere. */
function shuffle(
  writer: BlockWriter,
  name: string,
  to: Operand,
  from: Operand,
  control: Operand | undefined,
): boolean {
  const unpack = /^p?unpck([lh])(bw|wd|dq|qdq|ps|pd)$/.exec(name);
  if (unpack) {
    const bits = { bw: 8, wd: 16, dq: 32, qdq: 64, ps: 32, pd: 64 }[unpack[2]]!;
    const [left, right] = [lanesOf(writer, to, bits), lanesOf(writer, from, bits)];
    const start = unpack[1] === 'h' ? left.length / 2 : 0;
    const lanes = left.slice(start, start + left.length / 2).flatMap((lane, i) => [lane, right[start + i]]);
    put(writer, to, lanes);
    return true;
  }
  const order = control?.kind === 'immediate' ? control.value : undefined;
  const chosen = (i: number): number => ((order ?? 0) >> (2 * i)) & 3;
  if (name === 'pshufd' && order !== undefined) {
    const lanes = lanesOf(writer, from, 32);
    put(
      writer,
      to,
      lanes.map((_, i) => lanes[chosen(i)]),
    );
    return true;
  }
  if (name === 'shufps' && order !== undefined) {
    const [left, right] = [lanesOf(writer, to, 32), lanesOf(writer, from, 32)];
    put(
      writer,
      to,
      left.map((_, i) => (i < 2 ? left : right)[chosen(i)]),
    );
    return true;
  }
  if (name === 'pinsrw' && order !== undefined) {
    const value = truncate(writer.read(from, 16), 16);
    put(
      writer,
      to,
      lanesOf(writer, to, 16).map((lane, i) => (i === (order & 7) ? value : lane)),
    );
    return true;
  }
  if (name === 'pextrw' && order !== undefined) {
    writer.write(to, extend(lanesOf(writer, from, 16)[order & 7], 32, false));
    return true;
  }
  if (name === 'shufpd' && order !== undefined) {
    const [left, right] = [lanesOf(writer, to, 64), lanesOf(writer, from, 64)];
    put(writer, to, [left[order & 1], right[(order >> 1) & 1]]);
    return true;
  }
  if ((name === 'pshuflw' || name === 'pshufhw') && order !== undefined) {
    const lanes = lanesOf(writer, from, 16);
    const start = name === 'pshufhw' ? 4 : 0;
    put(
      writer,
      to,
      lanes.map((lane, i) => (i >= start && i < start + 4 ? lanes[start + chosen(i - start)] : lane)),
    );
    return true;
  }
  if ((name === 'psrldq' || name === 'pslldq') && from.kind === 'immediate') {
    const lanes = lanesOf(writer, to, 8);
    const by = name === 'psrldq' ? from.value : -from.value;
    put(
      writer,
      to,
      lanes.map((_, i) => lanes[i + by] ?? constant(0, 8)),
    );
    return true;
  }
  return false;
}

function other(writer: BlockWriter, name: string, to: Operand, from: Operand): boolean {
  const low = writer.read.bind(writer);
  switch (name) {
    case 'movlps':
    case 'movlpd':
      writer.write(to, writer.read(from));
      return true;
    case 'movhps':
    case 'movhpd':
      if (to.kind === 'memory') writer.store(writer.address(to), writer.readHigh(from));
      else writer.writeVector(to, low(to), low(from));
      return true;
    case 'movhlps':
      writer.writeVector(to, writer.readHigh(from), writer.readHigh(to));
      return true;
    case 'movlhps':
      writer.writeVector(to, low(to), low(from));
      return true;
    case 'cvtps2pd': {
      const lanes = split(low(from), 32).map((lane) =>
        asBits({ kind: 'toFloat', bits: 64, value: asFloat(lane) }),
      );
      writer.writeVector(to, lanes[0], lanes[1]);
      return true;
    }
    case 'cvtpd2ps': {
      const lanes = [low(from), writer.readHigh(from)].map((lane) =>
        asBits({ kind: 'toFloat', bits: 32, value: asFloat(lane) }),
      );
      writer.writeVector(to, join(lanes), constant(0, 64));
      return true;
    }
    case 'cvttps2dq':
      put(
        writer,
        to,
        lanesOf(writer, from, 32).map((lane) => ({ kind: 'toInt', bits: 32, value: asFloat(lane) })),
      );
      return true;
    case 'cvtdq2ps':
      put(
        writer,
        to,
        lanesOf(writer, from, 32).map((value) => asBits({ kind: 'toFloat', bits: 32, value })),
      );
      return true;
    case 'pmuludq':
    case 'pmuldq': {
      const wide = (operand: Operand): Expr[] =>
        lanesOf(writer, operand, 32)
          .filter((_, i) => i % 2 === 0)
          .map((lane) => extend(lane, 64, name === 'pmuldq'));
      const right = wide(from);
      put(
        writer,
        to,
        wide(to).map((left, i) => binary('mul', left, right[i])),
      );
      return true;
    }
    case 'pmovmskb': {
      const signs = lanesOf(writer, from, 8).map((lane, i) =>
        binary('shl', extend(binary('shr', lane, constant(7, 8)), 32, false), constant(i, 8)),
      );
      writer.write(
        to,
        signs.reduce((sum, one) => binary('or', sum, one)),
      );
      return true;
    }
    default:
      return false;
  }
}
