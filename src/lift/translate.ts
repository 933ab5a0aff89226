/** From instructions to blocks of assignments: the frame, calls and flags resolved, registers still registers. */

import type { AddressSpace } from '../binary/memory.ts';
import type { FunctionBody, Instruction } from '../binary/instruction.ts';
import { neverReturns } from '../binary/sweep/noreturn.ts';
import { MNEMONIC_NAMES } from '../binary/x86/names.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import {
  ARGUMENTS,
  type Block,
  CannotLift,
  CLOBBERED,
  type Exit,
  FLOAT_ARGUMENTS,
  RAX,
  RBP,
  TEMPORARY,
  XMM,
} from './code.ts';
import { condition } from './conditions.ts';
import { asBits, asFloat, type Expr, extend, same, truncate, variable } from './expressions.ts';
import { framePointers, restoredFrom, savedAt, savedRegisters } from './frame.ts';
import { formatParameters, prototypeOf } from './prototypes.ts';
import { REGISTER_PARTS } from './registers.ts';
import { type Before, BlockWriter, type Surroundings } from './semantics.ts';

/** What goes in and out, by the letters of prototypes.ts, for calls of the function by itself. */
export interface OwnSignature {
  readonly name: string;
  readonly parameters: string;
  readonly result: string;
}

export interface Program {
  readonly memory: AddressSpace | undefined;
  readonly names: VisibleNames;
  readonly own: OwnSignature;
}

/** How sections are called that the loader writes addresses into, and nobody afterwards. */
const RELOCATED = '.data.rel.ro';

/** Bytes of a format that are looked at. */
const MOST_FORMAT = 1024;

/** Blocks by the numbers of `body.blocks`; undefined where nothing leads. @throws CannotLift */
export function translate(body: FunctionBody, program: Program): (Block | undefined)[] {
  const frames = framePointers(body);
  const saved = savedRegisters(body, frames);
  const blocks = new Array<Block | undefined>(body.blocks.length).fill(undefined);
  const before = new Array<Before | undefined>(body.blocks.length).fill(undefined);
  before[0] = { flags: undefined, known: new Map() };
  const open = [0];
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    const translator = new BlockTranslator(body, program, before[b]!, saved);
    blocks[b] = translator.block(b, frames);
    for (const next of body.blocks[b].successors) {
      const met = meet(before[next], translator.after);
      if (met === before[next]) continue;
      before[next] = met;
      open.push(next);
    }
  }
  return blocks;
}

/** What holds on both ways; the first as it is where the second adds no doubt. */
function meet(first: Before | undefined, second: Before): Before {
  if (first === undefined) return second;
  const { flags } = first;
  const agree =
    flags === undefined || (flags.kind === second.flags?.kind && flags.bits === second.flags.bits);
  const known = new Map(
    [...first.known].filter(([id, value]) => {
      const other = second.known.get(id);
      return other !== undefined && same(value, other);
    }),
  );
  if (agree && known.size === first.known.size) return first;
  return { flags: agree ? flags : undefined, known };
}

class BlockTranslator {
  private readonly body: FunctionBody;
  private readonly program: Program;
  private readonly saved: ReadonlySet<string>;
  private readonly writer: BlockWriter;
  /** Registers of arguments that were written since the last call, with their width. */
  private readonly written = new Map<number, number>();

  constructor(body: FunctionBody, program: Program, before: Before, saved: ReadonlySet<string>) {
    this.body = body;
    this.saved = saved;
    this.program = program;
    const { memory } = program;
    const surroundings: Surroundings = {
      bytes: (address, size) => memory?.slice(address, size) ?? new Uint8Array(0),
      pointerAt: (address) => {
        if (!memory?.find(address)?.name.startsWith(RELOCATED)) return undefined;
        const bytes = memory.slice(address, 8);
        if (bytes.length < 8) return undefined;
        const value = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
        const found = memory.find(value);
        return found && !found.executable ? value : undefined;
      },
      isConstant: (address) => {
        const region = memory?.find(address);
        return region !== undefined && !region.writable && !region.executable;
      },
    };
    this.writer = new BlockWriter(before, surroundings);
  }

  get after(): Before {
    return { flags: this.writer.flags, known: this.writer.known };
  }

  block(index: number, frames: ReturnType<typeof framePointers>): Block {
    const { first, count, successors } = this.body.blocks[index];
    const { writer } = this;
    for (let i = first; i < first + count; i++) {
      const instruction = this.body.instructions[i];
      const frame = frames[i];
      if (frame === undefined) throw new CannotLift('code that is not reached as it stands');
      writer.at(frame);
      const { flow } = instruction;
      if (flow === 'call' || flow === 'indirect-call') {
        if (!this.call(instruction)) return { statements: writer.statements, exit: { kind: 'stop' } };
      } else if (flow === 'next') {
        this.stackOrOther(instruction, frame.rsp, frame.rbp);
      } else {
        return { statements: writer.statements, exit: this.exit(instruction, successors, frame.rsp) };
      }
    }
    // What comes after a call that ends the code is no part of the function: the call does not come back.
    if (successors.length === 0 && this.isCalledLast(first, count)) {
      return { statements: writer.statements, exit: { kind: 'stop' } };
    }
    if (successors.length !== 1) throw new CannotLift('code that runs on past its end');
    return { statements: writer.statements, exit: { kind: 'jump', to: successors[0] } };
  }

  private stackOrOther(instruction: Instruction, rsp: number, rbp: number | undefined): void {
    const { writer } = this;
    const name = MNEMONIC_NAMES[instruction.mnemonic];
    const [operand] = instruction.operands;
    const stack = (offset: number): Expr => ({ kind: 'stack', bits: 64, offset });
    const register = operand?.kind === 'register' ? REGISTER_PARTS[operand.register] : undefined;
    const isSaved = (id: number, offset: number): boolean => this.saved.has(savedAt(id, offset));
    if (name === 'push' && register && isSaved(register.variable, rsp - 8)) return undefined;
    if (name === 'pop' && register && isSaved(register.variable, rsp)) {
      return writer.set(register.variable, { kind: 'undefined', bits: 64 });
    }
    const restored = restoredFrom(instruction, { rsp, rbp });
    if (register && restored !== undefined && isSaved(register.variable, restored)) {
      return writer.set(register.variable, { kind: 'undefined', bits: 64 });
    }
    if (name === 'leave' && rbp !== undefined && isSaved(RBP, rbp)) {
      return writer.set(RBP, { kind: 'undefined', bits: 64 });
    }
    if (name === 'push') return writer.store(stack(rsp - 8), writer.read(operand));
    if (name === 'pop') return writer.write(operand, writer.load(stack(rsp), 64));
    if (name === 'leave') return writer.set(RBP, writer.load(stack(rbp ?? 0), 64));
    writer.instruction(instruction);
    const part = operand?.kind === 'register' ? REGISTER_PARTS[operand.register] : undefined;
    if (part && (ARGUMENTS.includes(part.variable) || FLOAT_ARGUMENTS.includes(part.variable))) {
      const isWide = /sd$|pd$|movq/.test(name);
      if (name !== 'cmp' && name !== 'test' && !/^u?comis/.test(name)) {
        this.written.set(part.variable, part.bits === 128 ? (isWide ? 64 : 32) : part.bits);
      }
    }
    return undefined;
  }

  /** Whether nothing but filling comes after the last call of a block. */
  private isCalledLast(first: number, count: number): boolean {
    const { instructions } = this.body;
    let last = first + count - 1;
    while (last >= first && MNEMONIC_NAMES[instructions[last].mnemonic] === 'nop') last--;
    return last >= first && ['call', 'indirect-call'].includes(instructions[last].flow);
  }

  private exit(instruction: Instruction, next: readonly number[], rsp: number): Exit {
    const { body, writer } = this;
    const { flow, operands, mnemonic } = instruction;
    const [operand] = operands;
    switch (flow) {
      case 'return':
        if (rsp !== 0) throw new CannotLift('a return with another depth of the stack than at entry');
        return returning();
      case 'trap':
        writer.statements.push({ kind: 'do', value: callOf('__builtin_trap', [], 32) });
        return { kind: 'stop' };
      case 'jump': {
        if (next.length === 1) return { kind: 'jump', to: next[0] };
        if (rsp !== 0) throw new CannotLift('a jump out of the function with a frame');
        return this.call(instruction) ? returning() : { kind: 'stop' };
      }
      case 'branch': {
        const target = operand.kind === 'target' ? operand.address : -1;
        const yes = body.blocks.findIndex(({ start }) => start === target);
        const no = next.find((one) => body.blocks[one].start === instruction.address + instruction.length);
        if (yes < 0 || no === undefined) throw new CannotLift('a branch that leaves the function');
        const test = condition(MNEMONIC_NAMES[mnemonic].slice(1), writer.flags);
        return { kind: 'branch', test, yes, no };
      }
      case 'indirect-jump':
        if (next.length === 0 || operand.kind === 'target') {
          throw new CannotLift('a jump through a table that is not known');
        }
        return { kind: 'table', value: writer.read(operand), targets: next };
      default:
        throw new CannotLift('a block that does not end');
    }
  }

  /** @returns whether control comes back */
  private call({ operands: [operand] }: Instruction): boolean {
    const { writer, program } = this;
    const { names, own } = program;
    let name: string | undefined;
    let callee: Expr | undefined;
    const start = this.body.instructions[0].address;
    if (operand.kind === 'target') {
      name =
        operand.address === start
          ? own.name
          : (names.get(operand.address) ?? `sub_${operand.address.toString(16)}`);
    } else if (operand.kind === 'memory' && operand.ripRelative && names.has(operand.displacement)) {
      name = names.get(operand.displacement);
    } else {
      callee = writer.read(operand);
      if (callee.bits !== 64) throw new CannotLift('a call of what is no address');
    }
    const known = name === undefined ? undefined : name === own.name ? own : prototypeOf(name);
    let letters = known?.parameters ?? this.guessedParameters();
    if (known && 'format' in known && known.format) letters += this.askedBy(known.name, letters);
    const dropped = (known !== own && name !== undefined && prototypeOf(name)?.dropped) || [];
    const args = argumentsOf(letters).filter((_, i) => !dropped.includes(i));
    const result = known?.result ?? 'l';
    const call: Expr = {
      ...callOf(known?.name ?? name ?? '', args, bitsOf(result)),
      float: result === 'd' || result === 'f',
      ...(callee && { callee }),
    };
    this.leave(call, result);
    this.written.clear();
    return !neverReturns(name);
  }

  private leave(call: Extract<Expr, { kind: 'call' }>, result: string): void {
    const { writer } = this;
    const isFloat = call.float;
    if (result === 'v') writer.statements.push({ kind: 'do', value: call });
    else if (isFloat) writer.set(TEMPORARY, extend(asBits(call), 64, false));
    else writer.set(TEMPORARY, extend(call, 64, result === 'b'));
    const value = result === 'v' ? undefined : variable(TEMPORARY, 64);
    for (const id of CLOBBERED) {
      writer.set(id, id === RAX && value && !isFloat ? value : { kind: 'undefined', bits: 64 });
    }
    for (let id = XMM; id < XMM + 32; id++) {
      writer.set(id, id === XMM && value && isFloat ? value : { kind: 'undefined', bits: 64 });
    }
    writer.flags = undefined;
  }

  /** Of a function that nobody knows: the registers that were set for it, in order. */
  private guessedParameters(): string {
    let letters = '';
    for (const id of ARGUMENTS) {
      const bits = this.written.get(id);
      if (bits === undefined) break;
      letters += bits === 64 ? 'l' : 'i';
    }
    for (const id of FLOAT_ARGUMENTS) {
      const bits = this.written.get(id);
      if (bits === undefined) break;
      letters += bits === 64 ? 'd' : 'f';
    }
    return letters;
  }

  private askedBy(name: string, parameters: string): string {
    const format = this.writer.valueOf(ARGUMENTS[parameters.length - 1]);
    const { memory } = this.program;
    if (format?.kind !== 'global' || memory === undefined)
      throw new CannotLift(`a format of ${name} that is not known`);
    const bytes = memory.slice(format.address, MOST_FORMAT);
    const end = bytes.indexOf(0);
    if (end < 0) throw new CannotLift(`a format of ${name} without an end`);
    const text = String.fromCharCode(...bytes.subarray(0, end));
    const letters = formatParameters(text, name.endsWith('scanf'));
    if (letters === undefined) throw new CannotLift(`a format of ${name} that is not known`);
    return letters;
  }
}

function returning(): Exit {
  return { kind: 'return', values: [variable(RAX, 64), variable(XMM, 64)] };
}

function callOf(name: string, args: readonly Expr[], bits: number): Extract<Expr, { kind: 'call' }> {
  return { kind: 'call', bits, float: false, name, args };
}

export function bitsOf(letter: string): number {
  return { b: 8, i: 32, u: 32, f: 32, v: 32 }[letter] ?? 64;
}

/** @throws CannotLift for more arguments than registers hold */
function argumentsOf(letters: string): Expr[] {
  let [general, float] = [0, 0];
  return Array.from(letters, (letter) => {
    const isFloat = letter === 'd' || letter === 'f';
    const id = isFloat ? FLOAT_ARGUMENTS[float++] : ARGUMENTS[general++];
    if (id === undefined) throw new CannotLift('a call with arguments on the stack');
    const value = truncate(variable(id, 64), bitsOf(letter));
    return isFloat ? asFloat(value) : value;
  });
}
