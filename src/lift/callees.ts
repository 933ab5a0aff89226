/**
 * What functions of the same file take and give back, from their code: the registers of arguments that they read before they
 * set them, and the register that they set before they return.
 */

import type { Instruction, Operand } from '../binary/instruction.ts';
import type { AddressSpace } from '../binary/memory.ts';
import { neverReturns } from '../binary/sweep/noreturn.ts';
import { MNEMONIC_NAMES } from '../binary/x86/names.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';
import {
  ARGUMENTS,
  CannotLift,
  CLOBBERED,
  FLOAT_ARGUMENTS,
  RAX,
  RBP,
  RCX,
  RDI,
  RDX,
  RSI,
  RSP,
  XMM,
} from './code.ts';
import { framePointers } from './frame.ts';
import { prototypeOf } from './prototypes.ts';
import { Code } from './reach.ts';
import { REGISTER_PARTS } from './registers.ts';

/** By the letters of prototypes.ts. */
export interface Callee {
  readonly parameters: string;
  readonly result: string;
  readonly returns: boolean;
  /** Registers that it may leave changed: compilers know them of functions of the same file. */
  readonly changes: ReadonlySet<number>;
}

/** Instructions of a function that are looked at: its parameters are read at its beginning, or handed on. */
const MOST_INSTRUCTIONS = 600;
/** Of functions that call functions: how far it is followed who reads what they leave in registers. */
const MOST_DEPTH = 4;

/** All that a called function may change. */
const ALL: ReadonlySet<number> = new Set([...CLOBBERED, ...Array.from({ length: 16 }, (_, i) => XMM + i)]);

type Reachable = NonNullable<ReturnType<Code['from']>>;

/** Registers that hold what the caller left, each with the bits that are read of it. */
type Live = Map<number, number>;

/** Functions of a file: what was found out of one is kept for those that call it. */
export class Callees {
  private readonly code: Code;
  private readonly names: VisibleNames;
  private readonly known = new Map<number, Callee | undefined>();

  constructor(memory: AddressSpace, names: VisibleNames) {
    this.code = new Code(memory);
    this.names = names;
  }

  /** Undefined where the code does not tell: it is not in the file, is too long, or takes what its caller likes. */
  at(address: number, depth = 0): Callee | undefined {
    if (this.known.has(address)) return this.known.get(address);
    if (depth > MOST_DEPTH) return undefined;
    // Who calls itself reads no more by that.
    this.known.set(address, undefined);
    const callee = this.look(address, depth);
    // What was cut short by the depth is looked at again by who asks for it first.
    if (callee === undefined && depth > 0) this.known.delete(address);
    else this.known.set(address, callee);
    return callee;
  }

  /** Whether control comes back from a call or jump there. */
  returns(address: number): boolean {
    const name = this.names.get(address);
    if (name !== undefined) return !neverReturns(name);
    return this.at(address)?.returns ?? true;
  }

  /** Where a call leads, by its operand. */
  private called(instruction: Instruction): number | undefined {
    const [operand] = instruction.operands;
    if (operand?.kind === 'target') return operand.address;
    return operand?.kind === 'memory' && operand.ripRelative ? operand.displacement : undefined;
  }

  private look(address: number, depth: number): Callee | undefined {
    if (this.names.has(address)) return undefined;
    const callee = (instruction: Instruction): Callee | undefined => {
      const to = this.called(instruction);
      const name = to === undefined ? undefined : this.names.get(to);
      if (name !== undefined) {
        const { parameters, result } = prototypeOf(name) ?? { parameters: '', result: 'l' };
        return { parameters, result, returns: !neverReturns(name), changes: ALL };
      }
      return to === undefined ? undefined : this.at(to, depth + 1);
    };
    const reachable = this.code.from(
      address,
      MOST_INSTRUCTIONS,
      (call) => callee(call)?.returns === false,
      (to) => this.names.has(to),
    );
    if (!reachable) return undefined;
    const live = liveAt(reachable, address, callee);
    // Who looks at al has as many arguments as its caller likes.
    if (live.has(RAX)) return undefined;
    const result = resultOf(reachable, address, (to) => this.names.has(to), callee);
    const changes = new Set<number>();
    for (const { instruction, next } of reachable.values()) {
      for (const id of effects(instruction, callee).writes) changes.add(id);
      if (next.some((to) => this.names.has(to))) for (const id of ALL) changes.add(id);
    }
    const above = stackedArguments(reachable, address);
    if (above === undefined) return undefined;
    const parameters = lettersOf(live, above);
    return { parameters, result: result || 'v', returns: result !== undefined, changes };
  }
}

/** @param above arguments on the stack, which are there where the registers do not hold all */
function lettersOf(live: Live, above: number): string {
  let letters = '';
  const general = above > 0 ? ARGUMENTS.length - 1 : ARGUMENTS.findLastIndex((id) => live.has(id));
  for (const id of ARGUMENTS.slice(0, general + 1)) letters += (live.get(id) ?? 32) > 32 ? 'l' : 'i';
  letters += 'l'.repeat(above);
  const float = FLOAT_ARGUMENTS.findLastIndex((id) => live.has(id));
  for (const id of FLOAT_ARGUMENTS.slice(0, float + 1)) letters += live.get(id) === 32 ? 'f' : 'd';
  return letters;
}

/** How many arguments are read from the stack; undefined where an address among them is taken, or the stack is not known. */
function stackedArguments(reachable: Reachable, start: number): number | undefined {
  const instructions = [...reachable.values()].map(({ instruction }) => instruction);
  const places = new Map(instructions.map(({ address }, i) => [address, i]));
  // Each instruction as a block of its own, the first at the start.
  const blocks = [...reachable].map(([address, { next }], first) => ({
    start: address,
    first,
    count: 1,
    successors: next.flatMap((to) => places.get(to) ?? []),
  }));
  if (instructions[0]?.address !== start) return undefined;
  let frames: ReturnType<typeof framePointers>;
  try {
    frames = framePointers({ instructions, blocks });
  } catch (error) {
    if (error instanceof CannotLift) return undefined;
    throw error;
  }
  let most = 0;
  for (const [i, { operands, mnemonic }] of instructions.entries()) {
    for (const one of operands) {
      if (one.kind !== 'memory') continue;
      const base = REGISTER_PARTS[one.base]?.variable;
      const from = base === RSP ? frames[i]?.rsp : base === RBP ? frames[i]?.rbp : undefined;
      const offset = (from ?? 0) + one.displacement;
      if (from === undefined || offset < 8) continue;
      if (MNEMONIC_NAMES[mnemonic] === 'lea' || one.index !== 0) return undefined;
      most = Math.max(most, Math.ceil((offset - 7) / 8));
    }
  }
  return most;
}

/** Registers that are read before they are set, over all ways from the start. */
function liveAt(
  reachable: Reachable,
  start: number,
  callee: (call: Instruction) => Callee | undefined,
): Live {
  const before = new Map<number, number[]>();
  for (const [address, { next }] of reachable) {
    for (const to of next) before.set(to, [...(before.get(to) ?? []), address]);
  }
  const live = new Map<number, Live>();
  const open = [...reachable.keys()];
  const queued = new Set(open);
  for (let address = open.pop(); address !== undefined; address = open.pop()) {
    queued.delete(address);
    const { instruction, next } = reachable.get(address)!;
    const here: Live = new Map();
    for (const to of next) merge(here, live.get(to));
    const { reads, writes } = effects(instruction, callee);
    for (const id of writes) here.delete(id);
    for (const [id, bits] of reads) here.set(id, Math.max(bits, here.get(id) ?? 0));
    const known = live.get(address);
    if (known && sizeOf(known) === sizeOf(here)) continue;
    live.set(address, here);
    for (const one of before.get(address) ?? []) {
      if (queued.has(one)) continue;
      queued.add(one);
      open.push(one);
    }
  }
  return live.get(start) ?? new Map();
}

function merge(into: Live, from: Live | undefined): void {
  for (const [id, bits] of from ?? []) into.set(id, Math.max(bits, into.get(id) ?? 0));
}

/** Grows with each register and each width. */
function sizeOf(live: Live): number {
  let size = 0;
  for (const bits of live.values()) size += 1000 + bits;
  return size;
}

/** Instructions that set their first operand without reading it. */
const SETS = /^(mov(?!h|l)|lea|set|pop|cvt|sqrt|pshufd|bsf|bsr|tzcnt|lzcnt|popcnt|pmov)|^pinsr/;
const COMPARES = /^(cmp|test|u?comis|bt$|push|ptest)/;

function effects(
  instruction: Instruction,
  callee: (call: Instruction) => Callee | undefined,
): { reads: Live; writes: number[] } {
  const reads: Live = new Map();
  const writes: number[] = [];
  const name = MNEMONIC_NAMES[instruction.mnemonic];
  const { operands, flow } = instruction;
  const read = (id: number, bits: number): void => void reads.set(id, Math.max(bits, reads.get(id) ?? 0));
  // Of an address that is computed and not used, as much as is kept of it.
  const kept =
    name === 'lea' && operands[0]?.kind === 'register' ? REGISTER_PARTS[operands[0].register]?.bits : 64;
  const look = (operand: Operand): void => {
    if (operand.kind === 'memory') {
      for (const register of [operand.base, operand.index]) {
        const part = register === 0 ? undefined : REGISTER_PARTS[register];
        if (part) read(part.variable, kept ?? 64);
      }
    } else if (operand.kind === 'register') {
      const part = REGISTER_PARTS[operand.register];
      if (part) read(part.variable, part.bits === 128 ? (/ss$|ps$/.test(name) ? 32 : 64) : part.bits);
    }
  };
  if (flow === 'call' || flow === 'indirect-call') {
    if (flow === 'indirect-call') operands.forEach(look);
    let [general, float] = [0, 0];
    for (const letter of callee(instruction)?.parameters ?? '') {
      const isFloat = letter === 'd' || letter === 'f';
      const id = isFloat ? FLOAT_ARGUMENTS[float++] : ARGUMENTS[general++];
      if (id !== undefined) read(id, letter === 'i' || letter === 'u' || letter === 'f' ? 32 : 64);
    }
    writes.push(...(callee(instruction)?.changes ?? ALL));
    return { reads, writes };
  }
  const [to, ...from] = operands;
  const isCleared =
    /^(xor|sub|p?xorp?[sd]?|pxor)$/.test(name) &&
    to?.kind === 'register' &&
    from[0]?.kind === 'register' &&
    from[0].register === to.register;
  const part = to?.kind === 'register' ? REGISTER_PARTS[to.register] : undefined;
  if (part && !COMPARES.test(name)) {
    // A byte leaves the rest as it was, which no argument is read for.
    writes.push(part.variable);
  }
  if (!isCleared && name !== 'nop' && name !== 'endbr64') {
    for (const one of from) look(one);
    // `push rax` makes room.
    const isRoom = name === 'push' && part?.variable === RAX;
    if (to && !isRoom && (to.kind === 'memory' || !part || !SETS.test(name))) look(to);
  }
  if (name === 'lea') return { reads, writes };
  if (/^(cdq|cqo)$/.test(name)) {
    read(RAX, 64);
    writes.push(RDX);
  }
  if (/^(i?div|i?mul)$/.test(name) && operands.length === 1) {
    read(RAX, 64);
    if (name.endsWith('div')) read(RDX, 64);
    writes.push(RAX, RDX);
  }
  if (
    /^(stos|movs|cmps|scas)[bwdq]$/.test(name) &&
    operands.length === 2 &&
    operands.every(({ kind }) => kind !== 'register' || name.startsWith('s'))
  ) {
    for (const id of [RDI, ...(name.startsWith('s') ? [] : [RSI])]) read(id, 64);
    writes.push(RCX, RDI, RSI);
  }
  for (const id of writes) if (isCleared) reads.delete(id);
  return { reads, writes };
}

/** The letter of what is left at returns; undefined where nothing returns. */
function resultOf(
  reachable: Reachable,
  start: number,
  isNamed: (address: number) => boolean,
  callee: (call: Instruction) => Callee | undefined,
): string | undefined {
  // What was set last, on the way to each instruction: RAX, or XMM with its width.
  const before = new Map<number, string>([[start, '']]);
  const open = [start];
  let result: string | undefined;
  for (let address = open.pop(); address !== undefined; address = open.pop()) {
    const found = reachable.get(address);
    if (!found) continue;
    const { instruction, next } = found;
    let last = before.get(address) ?? '';
    const [to] = instruction.operands;
    const name = MNEMONIC_NAMES[instruction.mnemonic];
    const part = to?.kind === 'register' ? REGISTER_PARTS[to.register] : undefined;
    if (instruction.flow === 'call' || instruction.flow === 'indirect-call') {
      const called = callee(instruction);
      last = called ? called.result.replace('v', '') : 'l';
    } else if (instruction.flow === 'return') result = strongest(result, last);
    else if (part && !COMPARES.test(name)) {
      if (part.variable === RAX) last = part.bits > 32 ? 'l' : part.bits === 32 ? 'i' : last || 'i';
      if (part.variable === XMM) last = floatLetter(name, reachable);
    }
    for (const one of next) {
      if (isNamed(one)) result = strongest(result, 'l');
      const known = before.get(one);
      const both = known === undefined ? last : strongest(known, last);
      if (known === both) continue;
      before.set(one, both);
      open.push(one);
    }
  }
  return result;
}

/** Instructions that move whole registers tell nothing of what is in them: others of the function do. */
function floatLetter(name: string, reachable: Reachable): string {
  if (/(sd|pd)$|^movq$/.test(name)) return 'd';
  if (/(ss|ps)$|^movd$/.test(name) && name !== 'movaps') return 'f';
  for (const { instruction } of reachable.values()) {
    if (MNEMONIC_NAMES[instruction.mnemonic].endsWith('sd')) return 'd';
  }
  return 'f';
}

/** An integer where one of both is one, and the wider of both. */
function strongest(a: string | undefined, b: string): string {
  const order = ['p', 's', 'z', 'l', 'u', 'i', 'b', 'd', 'f', ''];
  return order.find((one) => one === a || one === b) ?? '';
}
