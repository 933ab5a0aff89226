/**
 * What instructions do, as assignments to registers, memory and flags. Single instructions are in rules.ts, packed integers
 * and floats in vectors.ts. What is not known is refused.
 */

import type { Instruction, Operand } from '../binary/instruction.ts';
import { MNEMONIC_NAMES, REGISTER_NAMES } from '../binary/x86/names.ts';
import {
  type Statement,
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
  TEMPORARY,
  THREAD,
  XMM,
  XMM_HIGH,
} from './code.ts';
import { type Flags, condition } from './conditions.ts';
import { type Expr, type FloatOp, constant, load, mask, variable } from './expressions.ts';
import type { FramePointers } from './frame.ts';
import { binary, extend, truncate } from './integers.ts';
import { asBits, asFloat } from './rebuild.ts';
import { REGISTER_PARTS } from './registers.ts';
import { RULES } from './rules.ts';
import { compare, opposite, select } from './truths.ts';
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
