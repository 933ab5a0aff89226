/** From instructions to blocks of assignments: the frame, calls and flags resolved, registers still registers. */

import type { AddressSpace } from '../binary/memory.ts';
import type { FunctionBody, Instruction, Operand } from '../binary/instruction.ts';
import { neverReturns } from '../binary/sweep/noreturn.ts';
import { MNEMONIC_NAMES } from '../binary/x86/names.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import {
  ARGUMENTS,
  type Block,
  CannotLift,
  CALLEE_SAVED,
  CLOBBERED,
  type Exit,
  FLOAT_ARGUMENTS,
  RAX,
  RBP,
  TEMPORARY,
  THREAD,
  XMM,
} from './code.ts';
import { argumentsOf, bitsOf, CallArguments, callOf } from './call-arguments.ts';
import { condition } from './conditions.ts';
import { type Expr, same, variable } from './expressions.ts';
import { extend } from './integers.ts';
import { asBits } from './rebuild.ts';
import type { Callee, Callees } from './callees.ts';
import { framePointers, restoredFrom, savedAt, savedRegisters } from './frame.ts';
import { prototypeOf } from './prototypes.ts';
import { REGISTER_PARTS } from './registers.ts';
import { type Before, BlockWriter, isCanary, type Surroundings } from './semantics.ts';

/** What goes in and out, by the letters of prototypes.ts, for calls of the function by itself. */
export interface OwnSignature {
  readonly name: string;
  readonly parameters: string;
  readonly result: string;
}

export interface Program {
  readonly memory: AddressSpace | undefined;
  readonly names: VisibleNames;
  /** Other functions of the file. */
  readonly callees: Callees | undefined;
  readonly own: OwnSignature;
}

/** What the caller has in other registers than those of arguments means nothing here. */
const UNSET: ReadonlyMap<number, Expr> = new Map(
  [RAX, 10, 11, ...CALLEE_SAVED].map((of) => [of, { kind: 'undefined', bits: 64, of }]),
);

/** How sections are called that the loader writes addresses into, and nobody afterwards. */
const RELOCATED = '.data.rel.ro';

/** Blocks by the numbers of `body.blocks`; undefined where nothing leads. @throws CannotLift */
export function translate(body: FunctionBody, program: Program): (Block | undefined)[] {
  const frames = framePointers(body);
  const saved = savedRegisters(body, frames);
  // Behind the blocks of the function, for each that may leave it by a branch, what happens there.
  const blocks = new Array<Block | undefined>(2 * body.blocks.length).fill(undefined);
  const room = new Set<number>();
  const before = new Array<Before | undefined>(body.blocks.length).fill(undefined);
  before[0] = { flags: undefined, known: UNSET, written: new Map() };
  const open = [0];
  for (let b = open.pop(); b !== undefined; b = open.pop()) {
    const translator = new BlockTranslator(body, program, before[b]!, saved, room);
    blocks[b] = translator.block(b, frames);
    blocks[body.blocks.length + b] = translator.leaving;
    for (const next of body.blocks[b].successors) {
      const met = meet(before[next], translator.after);
      if (met === before[next]) continue;
      before[next] = met;
      open.push(next);
    }
  }
  const usesThread = body.instructions.some(({ operands }) =>
    operands.some((one) => one.kind === 'memory' && one.segment !== 0 && !isCanary(one)),
  );
  if (usesThread) {
    const value = callOf('__builtin_thread_pointer', [], 64);
    blocks[0]!.statements.unshift({ kind: 'set', to: THREAD, value });
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
      if (other?.kind === 'undefined') return value.kind === 'undefined';
      return other !== undefined && same(value, other);
    }),
  );
  const written = new Map<number, number>();
  for (const [id, bits] of first.written) {
    const other = second.written.get(id);
    if (other !== undefined) written.set(id, Math.max(bits, other));
  }
  const isSame =
    known.size === first.known.size &&
    written.size === first.written.size &&
    [...written].every(([id, bits]) => first.written.get(id) === bits);
  if (agree && isSame) return first;
  return { flags: agree ? flags : undefined, known, written };
}

class BlockTranslator {
  private readonly body: FunctionBody;
  private readonly program: Program;
  private readonly saved: ReadonlySet<string>;
  /** Places in the frame that were made by pushing what nobody has set. */
  private readonly room: Set<number>;
  private readonly writer: BlockWriter;
  /** See `Before`. */
  private readonly written: Map<number, number>;
  private readonly given: CallArguments;
  private rsp = 0;
  /** What happens where the block's branch leaves the function: another is called last. */
  leaving: Block | undefined;

  constructor(
    body: FunctionBody,
    program: Program,
    before: Before,
    saved: ReadonlySet<string>,
    room: Set<number>,
  ) {
    this.body = body;
    this.saved = saved;
    this.room = room;
    this.program = program;
    this.written = new Map(before.written);
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
    this.given = new CallArguments(this.writer, memory, this.written);
  }

  get after(): Before {
    return { flags: this.writer.flags, known: this.writer.known, written: this.written };
  }

  block(index: number, frames: ReturnType<typeof framePointers>): Block {
    const { first, count, successors } = this.body.blocks[index];
    const { writer } = this;
    for (let i = first; i < first + count; i++) {
      const instruction = this.body.instructions[i];
      const frame = frames[i];
      if (frame === undefined) throw new CannotLift('code that is not reached as it stands');
      writer.at(frame);
      this.rsp = frame.rsp;
      const { flow } = instruction;
      if (flow === 'call' || flow === 'indirect-call') {
        if (!this.call(instruction)) return { statements: writer.statements, exit: { kind: 'stop' } };
      } else if (flow === 'next') {
        this.stackOrOther(instruction, frame.rsp, frame.rbp);
      } else {
        return { statements: writer.statements, exit: this.exit(index, instruction, successors) };
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
    // What nobody has set is pushed to make room, or for the caller.
    if (name === 'push' && register && writer.valueOf(register.variable)?.kind === 'undefined') {
      this.room.add(rsp - 8);
      return undefined;
    }
    if (name === 'pop' && register && this.room.has(rsp)) {
      return writer.set(register.variable, { kind: 'undefined', bits: 64, of: register.variable });
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

  private exit(index: number, instruction: Instruction, next: readonly number[]): Exit {
    const { body, writer, rsp } = this;
    const { flow, operands, mnemonic } = instruction;
    const [operand] = operands;
    const target = operand?.kind === 'target' ? operand.address : -1;
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
        const yes = body.blocks.findIndex(({ start }) => start === target);
        const no = next.find((one) => body.blocks[one].start === instruction.address + instruction.length);
        if (no === undefined) throw new CannotLift('a branch that leaves the function');
        const test = condition(MNEMONIC_NAMES[mnemonic].slice(1), writer.flags);
        if (yes >= 0) return { kind: 'branch', test, yes, no };
        if (rsp !== 0) throw new CannotLift('a jump out of the function with a frame');
        const elsewhere = new BlockTranslator(body, this.program, this.after, this.saved, this.room);
        const returns = elsewhere.call(instruction);
        this.leaving = {
          statements: elsewhere.writer.statements,
          exit: returns ? returning() : { kind: 'stop' },
        };
        return { kind: 'branch', test, yes: body.blocks.length + index, no };
      }
      case 'indirect-jump':
        if (next.length === 0 && rsp === 0 && this.isPointer(operand)) {
          return this.call(instruction) ? returning() : { kind: 'stop' };
        }
        if (next.length === 0 || operand.kind === 'target') {
          throw new CannotLift('a jump through a table that is not known');
        }
        return { kind: 'table', value: writer.read(operand), targets: next };
      default:
        throw new CannotLift('a block that does not end');
    }
  }

  /** Whether a jump there is a call through a pointer: tables have an index. */
  private isPointer(operand: Operand): boolean {
    if (operand.kind === 'memory') return operand.index === 0;
    const part = operand.kind === 'register' ? REGISTER_PARTS[operand.register] : undefined;
    return this.body.instructions.every(({ operands: [to, from], mnemonic }) => {
      if (to?.kind !== 'register' || REGISTER_PARTS[to.register]?.variable !== part?.variable) return true;
      const name = MNEMONIC_NAMES[mnemonic];
      if (name === 'add' || name === 'movsxd') return false;
      return name !== 'mov' || from.kind !== 'memory' || from.index === 0;
    });
  }

  /** @returns whether control comes back */
  private call({ operands: [operand], flow }: Instruction): boolean {
    const { writer, program } = this;
    const { names, own, callees } = program;
    let local: Callee | undefined;
    let name: string | undefined;
    let callee: Expr | undefined;
    const start = this.body.instructions[0].address;
    if (operand.kind === 'target') {
      name =
        operand.address === start
          ? own.name
          : (names.get(operand.address) ?? `sub_${operand.address.toString(16)}`);
      if (operand.address !== start) local = callees?.at(operand.address);
    } else if (operand.kind === 'memory' && operand.ripRelative && names.has(operand.displacement)) {
      name = names.get(operand.displacement);
    } else {
      callee = writer.read(operand);
      if (callee.bits !== 64) throw new CannotLift('a call of what is no address');
    }
    const known = name === undefined ? undefined : name === own.name ? own : prototypeOf(name);
    let letters = known?.parameters ?? (local ? this.given.ofCallee(local.parameters) : this.given.guessed());
    if (known && 'format' in known && known.format) letters += this.given.byFormat(known.name, letters);
    const dropped = (known !== own && name !== undefined && prototypeOf(name)?.dropped) || [];
    // Above the return address where the function jumps there.
    const stacked = flow === 'call' || flow === 'indirect-call' ? this.rsp : this.rsp + 8;
    const args = argumentsOf(letters, stacked).filter((_, i) => !dropped.includes(i));
    const result = known?.result ?? local?.result ?? 'l';
    const call: Extract<Expr, { kind: 'call' }> = {
      ...callOf(known?.name ?? name ?? '', args, bitsOf(result)),
      float: result === 'd' || result === 'f',
      ...(callee && { callee }),
      ...(!known && { signature: { parameters: letters, result: result === 'v' ? 'l' : result } }),
    };
    this.leave(call, result, local?.changes);
    this.written.clear();
    return !neverReturns(name) && local?.returns !== false;
  }

  /** @param changes registers that the function may change; undefined for all that any may */
  private leave(
    call: Extract<Expr, { kind: 'call' }>,
    result: string,
    changes: ReadonlySet<number> | undefined,
  ): void {
    const { writer } = this;
    const isFloat = call.float;
    if (result === 'v') writer.statements.push({ kind: 'do', value: call });
    else if (isFloat) writer.set(TEMPORARY, extend(asBits(call), 64, false));
    else writer.set(TEMPORARY, extend(call, 64, result === 'b'));
    const translated = { gettext: 0, dgettext: 1, dcgettext: 1 }[call.name];
    const message = translated === undefined ? undefined : writer.valueOf(ARGUMENTS[translated]);
    writer.formats.clear();
    if (message?.kind === 'global') writer.formats.set(TEMPORARY, message);
    const value = result === 'v' ? undefined : variable(TEMPORARY, 64);
    const isKept = (id: number): boolean => changes !== undefined && !changes.has(id);
    for (const id of CLOBBERED) {
      if (isKept(id)) continue;
      writer.set(id, id === RAX && value && !isFloat ? value : { kind: 'undefined', bits: 64, of: id });
    }
    for (let id = XMM; id < XMM + 32; id++) {
      if (isKept(id < XMM + 16 ? id : id - 16)) continue;
      writer.set(id, id === XMM && value && isFloat ? value : { kind: 'undefined', bits: 64, of: id });
    }
    writer.flags = undefined;
  }
}

function returning(): Exit {
  return { kind: 'return', values: [variable(RAX, 64), variable(XMM, 64)] };
}
