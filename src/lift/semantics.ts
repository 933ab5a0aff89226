/**
 * What instructions do, as assignments to registers, memory and flags. General registers and scalar floats are here, packed
 * integers and floats in vectors.ts. What is not known is refused.
 */

import type { Instruction, Operand } from '../binary/instruction.ts';
import { MNEMONIC_NAMES, REGISTER_NAMES } from '../binary/x86/names.ts';
import {
  CannotLift,
  FLAG_LEFT,
  FLAG_RIGHT,
  RAX,
  RBP,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
  type Statement,
  TEMPORARY,
  THREAD,
  XMM,
  XMM_HIGH,
} from './code.ts';
import { condition, type Flags } from './conditions.ts';
import {
  asBits,
  asFloat,
  binary,
  type BinaryOp,
  compare,
  constant,
  type Expr,
  extend,
  type FloatOp,
  load,
  mask,
  opposite,
  select,
  truncate,
  unary,
  variable,
} from './expressions.ts';
import type { FramePointers } from './frame.ts';
import { REGISTER_PARTS } from './registers.ts';
import { vectorInstruction } from './vectors.ts';

/** Where the thread has the number that guards return addresses. */
const CANARY = 0x28;

type Memory = Extract<Operand, { kind: 'memory' }>;

/** What the code around an instruction tells of it. */
export interface Surroundings {
  /** Bytes of the file at an address; shorter where it has none. */
  bytes(address: number, size: number): Uint8Array;
  /** The address that stands there for good, where the loader put one that nobody changes. */
  pointerAt(address: number): number | undefined;
  /** Whether nothing writes there: its bytes are a constant. */
  isConstant(address: number): boolean;
}

/** What is known where a block begins, whichever way led there. */
export interface Before {
  readonly flags: Flags | undefined;
  /** Variables that hold constants and addresses. */
  readonly known: ReadonlyMap<number, Expr>;
  /** Registers of arguments that were set since the last call, with their width. */
  readonly written: ReadonlyMap<number, number>;
}

/** Collects the statements of a block, instruction after instruction. */
export class BlockWriter {
  readonly statements: Statement[] = [];
  flags: Flags | undefined;
  private readonly surroundings: Surroundings;
  private frame: FramePointers = { rsp: 0, rbp: undefined };
  /** Variables that hold what is known here: constants and addresses. */
  readonly known: Map<number, Expr>;
  /** Texts that were translated: what a message says in English, by the variable that holds what it says elsewhere. */
  readonly formats = new Map<number, Expr>();
  /** Register that holds the number that guards the return address. */
  private canary: number | undefined;
  /** Bits of rax of which rdx holds the sign, or 0 as what is above it. */
  private sign = 0;
  private zeroAbove = false;
  private current: Instruction | undefined;

  constructor({ flags, known }: Pick<Before, 'flags' | 'known'>, surroundings: Surroundings) {
    this.flags = flags;
    this.known = new Map(known);
    this.surroundings = surroundings;
  }

  set(to: number, value: Expr): void {
    this.statements.push({ kind: 'set', to, value });
    const { kind } = value;
    const copied = value.kind === 'var' ? this.known.get(value.id) : undefined;
    const isPlain = kind === 'const' || kind === 'stack' || kind === 'global' || kind === 'undefined';
    const format = value.kind === 'var' ? this.formats.get(value.id) : undefined;
    if (format) this.formats.set(to, format);
    else this.formats.delete(to);
    const seen = isPlain ? value : copied;
    if (seen) this.known.set(to, seen);
    else this.known.delete(to);
    if (to === RAX || to === RDX) {
      this.sign = 0;
      this.zeroAbove = to === RDX && kind === 'const' && value.value === 0n;
      if (to === RAX && this.valueOf(RDX)?.kind === 'const') {
        const above = this.valueOf(RDX);
        this.zeroAbove = above?.kind === 'const' && above.value === 0n;
      }
    }
  }

  store(address: Expr, value: Expr): void {
    this.statements.push({ kind: 'store', address, value });
  }

  /** The constant or address that a variable holds here, if that is known. */
  valueOf(id: number): Expr | undefined {
    return this.known.get(id);
  }

  at(frame: FramePointers): void {
    this.frame = frame;
  }

  address({ base, index, scale, displacement, ripRelative, segment }: Memory): Expr {
    if (segment !== 0 && REGISTER_NAMES[segment] !== 'fs') throw new CannotLift('memory of another segment');
    if (ripRelative) return { kind: 'global', bits: 64, address: displacement };
    let sum = constant(displacement, 64);
    if (index !== 0) sum = binary('add', binary('mul', this.register(index), constant(scale, 64)), sum);
    if (base !== 0) sum = binary('add', this.register(base), sum);
    if (segment !== 0) return binary('add', variable(THREAD, 64), sum);
    return sum.kind === 'const' ? { kind: 'global', bits: 64, address: displacement } : sum;
  }

  private register(register: number): Expr {
    const part = REGISTER_PARTS[register];
    if (part === undefined || part.bits > 64) throw new CannotLift('a register that no rule is about');
    const { variable: id, bits, shift } = part;
    if (id === RSP && bits === 64) return { kind: 'stack', bits: 64, offset: this.frame.rsp };
    if (id === RBP && bits === 64 && this.frame.rbp !== undefined) {
      return { kind: 'stack', bits: 64, offset: this.frame.rbp };
    }
    const whole = variable(id, 64);
    return truncate(shift === 0 ? whole : binary('shr', whole, constant(shift, 8)), bits);
  }

  /** @param bits of an operand in a vector register or of 16 bytes, its lowest */
  read(operand: Operand, bits = 64): Expr {
    switch (operand.kind) {
      case 'register': {
        const part = REGISTER_PARTS[operand.register];
        if (part?.bits === 128) return truncate(variable(part.variable, 64), bits);
        return this.register(operand.register);
      }
      case 'immediate':
        return Number.isSafeInteger(operand.value) ? constant(operand.value, bits) : this.wideImmediate();
      case 'memory':
        return this.load(this.address(operand), Math.min(bits, 8 * operand.size));
      default:
        return { kind: 'global', bits: 64, address: operand.address };
    }
  }

  /** Of more digits than a number has: the last bytes of the instruction. */
  private wideImmediate(): Expr {
    const { address, length } = this.current ?? { address: 0, length: 0 };
    const bytes = this.surroundings.bytes(address + length - 8, 8);
    if (bytes.length < 8) throw new CannotLift('a number of 64 bits that is not known to the last');
    return constant(numberIn(bytes), 64);
  }

  /** Memory that nothing writes is a constant. */
  load(address: Expr, bits: number): Expr {
    const pointer =
      address.kind === 'global' && bits === 64 ? this.surroundings.pointerAt(address.address) : undefined;
    if (pointer !== undefined) return { kind: 'global', bits: 64, address: pointer };
    if (address.kind === 'global' && this.surroundings.isConstant(address.address)) {
      const bytes = this.surroundings.bytes(address.address, bits / 8);
      if (bytes.length === bits / 8) {
        return constant(numberIn(bytes), bits);
      }
    }
    return load(address, bits);
  }

  /** The upper half of what is in a vector register, or of 16 bytes in memory. */
  readHigh(operand: Operand): Expr {
    if (operand.kind === 'register') {
      return variable(vectorOf(operand.register) - XMM + XMM_HIGH, 64);
    }
    if (operand.kind !== 'memory')
      throw new CannotLift('a vector that is neither in a register nor in memory');
    return this.load(this.above(operand), 64);
  }

  private above(operand: Memory): Expr {
    const address = this.address(operand);
    return address.kind === 'global'
      ? { ...address, address: address.address + 8 }
      : binary('add', address, constant(8, 64));
  }

  write(operand: Operand, value: Expr): void {
    if (operand.kind === 'memory') return this.store(this.address(operand), value);
    const part = operand.kind === 'register' ? REGISTER_PARTS[operand.register] : undefined;
    if (part === undefined) throw new CannotLift('a register that no rule is about');
    const { variable: id, bits, shift } = part;
    if (bits === 128) return this.set(id, extend(value, 64, false));
    if (id === RSP) return undefined;
    if (bits >= 32) return this.set(id, extend(value, 64, false));
    const whole = variable(id, 64);
    const kept = binary('and', whole, constant(~(mask(bits) << BigInt(shift)), 64));
    const put = binary('shl', extend(value, 64, false), constant(shift, 8));
    return this.set(id, binary('or', kept, put));
  }

  writeVector(operand: Operand, low: Expr, high: Expr): void {
    if (operand.kind === 'memory') {
      const [address, above] = [this.address(operand), this.above(operand)];
      // Both are read before either is written.
      this.set(TEMPORARY, high);
      this.store(address, low);
      this.store(above, variable(TEMPORARY, 64));
    } else if (operand.kind === 'register') {
      const id = vectorOf(operand.register);
      this.set(TEMPORARY, high);
      this.set(id, low);
      this.set(id - XMM + XMM_HIGH, variable(TEMPORARY, 64));
    }
  }

  flag(kind: Flags['kind'], left: Expr, right?: Expr): void {
    this.set(FLAG_LEFT, extend(left, 64, false));
    if (right) this.set(FLAG_RIGHT, extend(right, 64, false));
    this.flags = { kind, bits: left.bits };
  }

  /** @throws CannotLift for an instruction that no rule is about */
  instruction(instruction: Instruction): void {
    this.current = instruction;
    const name = MNEMONIC_NAMES[instruction.mnemonic];
    const { operands } = instruction;
    if (this.guards(name, operands)) return undefined;
    const rule = RULES[name];
    if (rule) return rule(this, operands, name);
    const conditional = /^(set|cmov)(\w+)$/.exec(name);
    if (conditional) return this.conditional(conditional[1], conditional[2], operands);
    const scalar = /^(add|sub|mul|div|sqrt|min|max)(ss|sd)$/.exec(name);
    if (scalar) return this.scalarFloat(scalar[1], scalar[2] === 'sd' ? 64 : 32, operands);
    if ((name === 'cmpss' || name === 'cmpsd') && operands.length === 3) {
      return this.floatMask(name === 'cmpsd' ? 64 : 32, operands);
    }
    if (/^(stos|movs|cmps|scas)[bwdq]$/.test(name) && operands.length === 2) {
      return this.string(name, instruction);
    }
    if (vectorInstruction(this, name, operands)) return undefined;
    throw new CannotLift(`the instruction ${name}`);
  }

  /** Whether it is of the check that the return address is as it was: that always finds that it is. */
  private guards(name: string, [to, from]: readonly Operand[]): boolean {
    const register = (one: Operand | undefined): number | undefined =>
      one?.kind === 'register' ? REGISTER_PARTS[one.register]?.variable : undefined;
    const isGuard = isCanary(from);
    if (name === 'mov' && isGuard && register(to) !== undefined) {
      this.set(register(to)!, constant(0, 64));
      this.canary = register(to);
      return true;
    }
    const held = this.canary;
    const holds = (one: Operand | undefined): boolean => held !== undefined && register(one) === held;
    if (name === 'mov' && to?.kind === 'memory' && holds(from)) {
      this.canary = undefined;
      return true;
    }
    if ((name === 'sub' || name === 'xor' || name === 'cmp') && (isGuard || holds(to))) {
      this.flag('difference', constant(0, 64), constant(0, 64));
      this.canary = undefined;
      return true;
    }
    if (holds(to)) this.canary = undefined;
    return false;
  }

  private conditional(what: string, code: string, operands: readonly Operand[]): void {
    const test = condition(code, this.flags);
    if (what === 'set') return this.write(operands[0], extend(test, 8, false));
    const [to, from] = operands;
    const old = this.read(to);
    return this.write(to, select(test, this.read(from, old.bits), old));
  }

  private scalarFloat(op: string, bits: number, operands: readonly Operand[]): void {
    const [to, from] = operands;
    const left = asFloat(this.read(to, bits));
    const right = asFloat(this.read(from, bits));
    let value: Expr;
    if (op === 'sqrt') value = { kind: 'float', op: 'sqrt', bits, operands: [right] };
    else if (op === 'max') value = select(compare('flt', right, left), left, right);
    else if (op === 'min') value = select(compare('flt', left, right), left, right);
    else value = { kind: 'float', op: op as FloatOp, bits, operands: [left, right] };
    this.write(to, asBits(value));
  }

  /** All bits, or none. */
  private floatMask(bits: number, [to, from, predicate]: readonly Operand[]): void {
    const left = asFloat(this.read(to, bits));
    const right = asFloat(this.read(from, bits));
    const which = predicate.kind === 'immediate' ? predicate.value : -1;
    const ops = ['feq', 'flt', 'fle'] as const;
    const op = ops.at(which % 4);
    if (which < 0 || which > 7 || op === undefined || which % 4 === 3) {
      throw new CannotLift('a comparison of what may not be comparable');
    }
    const test = compare(op, left, right);
    this.write(to, select(which < 4 ? test : opposite(test), constant(-1, bits), constant(0, bits)));
  }

  /** String instructions without an end, and with the usual prefix, whose byte is read from the file. */
  private string(name: string, { address, length }: Instruction): void {
    const bytes = this.surroundings.bytes(address, length);
    const repeated = bytes.includes(0xf3) ? 'rep' : bytes.includes(0xf2) ? 'repne' : '';
    const size = { b: 1, w: 2, d: 4, q: 8 }[name.at(-1)!]!;
    const what = name.slice(0, -1);
    const [count, to, from] = [RCX, RDI, RSI].map((id) => this.valueOf(id) ?? variable(id, 64));
    if (repeated === 'rep' && (what === 'stos' || what === 'movs')) {
      const length = binary('mul', count, constant(size, 64));
      this.set(TEMPORARY, length);
      const many = length.kind === 'const' ? length : variable(TEMPORARY, 64);
      if (what === 'movs') {
        this.call('memmove', [to, from, many]);
        this.set(RSI, binary('add', from, many));
      } else {
        const filling = this.valueOf(RAX);
        const value = filling?.kind === 'const' ? filling.value & mask(8 * size) : undefined;
        const byte = value === undefined ? undefined : value & 0xffn;
        const isEven =
          value !== undefined &&
          Array.from({ length: size }, (_, i) => (value >> BigInt(8 * i)) & 0xffn).every((b) => b === byte);
        if (size > 1 && !isEven) throw new CannotLift('memory filled with what is not one byte');
        const fill = isEven ? constant(byte ?? 0n, 32) : extend(truncate(variable(RAX, 64), 8), 32, false);
        this.call('memset', [to, fill, many]);
      }
      this.set(RDI, binary('add', to, many));
      return this.set(RCX, constant(0, 64));
    }
    if (repeated === 'repne' && what === 'scas' && size === 1) {
      const [al, limit] = [this.valueOf(RAX), this.valueOf(RCX)];
      const isLength =
        al?.kind === 'const' &&
        (al.value & 0xffn) === 0n &&
        limit?.kind === 'const' &&
        limit.value === mask(64);
      if (!isLength) throw new CannotLift('a search for a byte that is not the end of a string');
      this.set(TEMPORARY, { kind: 'call', bits: 64, float: false, name: 'strlen', args: [to] });
      this.set(RDI, binary('add', binary('add', to, variable(TEMPORARY, 64)), constant(1, 64)));
      this.set(RCX, binary('sub', constant(-2, 64), variable(TEMPORARY, 64)));
      this.flags = undefined;
      return undefined;
    }
    throw new CannotLift(`the instruction ${repeated} ${name}`.replace('  ', ' '));
  }

  private call(name: string, args: readonly Expr[]): void {
    this.statements.push({ kind: 'do', value: { kind: 'call', bits: 64, float: false, name, args } });
  }

  /** Rdx holds the sign of rax, or nothing, as division asks for. */
  extended(bits: number, signed: boolean): boolean {
    return signed ? this.sign === bits : this.zeroAbove;
  }

  signInRdx(bits: number): void {
    const value = truncate(variable(RAX, 64), bits);
    this.set(RDX, extend(binary('sar', value, constant(bits - 1, 8)), 64, false));
    this.sign = bits;
  }
}

export function isCanary(operand: Operand | undefined): boolean {
  return (
    operand?.kind === 'memory' &&
    operand.segment !== 0 &&
    operand.base === 0 &&
    operand.displacement === CANARY
  );
}

/** @throws CannotLift for registers of other widths */
function vectorOf(register: number): number {
  const part = REGISTER_PARTS[register];
  if (part?.bits !== 128) throw new CannotLift('a vector register that no rule is about');
  return part.variable;
}

function numberIn(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

type Rule = (writer: BlockWriter, operands: readonly Operand[], name: string) => void;

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

const RULES: Readonly<Record<string, Rule>> = {
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
