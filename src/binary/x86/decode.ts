/**
 * x86-64 machine code to instructions, by iced-x86. Operands come as numbers: its text formatter costs seven
 * times the decoding itself and is used only for show (format.ts).
 */

import {
  Code,
  Decoder,
  DecoderOptions,
  FlowControl,
  Instruction as IcedInstruction,
  MemorySize,
  MemorySizeExt,
  Mnemonic,
  OpKind,
  Register,
} from 'iced-x86';
import type { Budget } from '../budget.ts';
import type { Flow, Instruction, Operand } from '../instruction.ts';

/** Bytes by iced-x86 MemorySize. */
const MEMORY_SIZES: readonly number[] = Object.values(MemorySize)
  .filter((value): value is MemorySize => typeof value === 'number')
  .map((size) => MemorySizeExt.size(size));

/**
 * Decodes `code` from its first byte to its last. A byte that begins no instruction becomes an INVALID
 * instruction of one byte, and decoding goes on after it, as objdump does.
 * @throws BinscribeError of kind `budget`.
 */
export function decode(code: Uint8Array, address: number, budget?: Budget): Instruction[] {
  const instructions: Instruction[] = [];
  walk(code, address, budget, (iced, at, length) => {
    const { mnemonic, flow, operandCount } = factsOf(iced);
    const operands: Operand[] = [];
    for (let i = 0; i < operandCount; i++) operands.push(readOperand(iced, i));
    instructions.push({ address: at, length, mnemonic, operands, flow });
  });
  return instructions;
}

/** What the same machine instruction has in common wherever it stands. */
interface Facts {
  mnemonic: Mnemonic;
  flow: Flow;
  operandCount: number;
}

/** By iced-x86 Code, filled as codes are met: each question to iced-x86 is a call into WebAssembly. */
const FACTS: (Facts | undefined)[] = [];

function factsOf(iced: IcedInstruction): Facts {
  return (FACTS[iced.code] ??= {
    mnemonic: iced.mnemonic,
    flow: readFlow(iced),
    operandCount: iced.opCount,
  });
}

/** Where control goes by direct calls and jumps: all that function discovery needs, at three times the speed. */
export interface Transfer {
  from: number;
  to: number;
  flow: 'call' | 'jump' | 'branch';
}

export function scanTransfers(code: Uint8Array, address: number, budget?: Budget): Transfer[] {
  const transfers: Transfer[] = [];
  walk(code, address, budget, (iced, at) => {
    const { flow } = factsOf(iced);
    if (flow === 'call' || flow === 'jump' || flow === 'branch') {
      transfers.push({ from: at, to: Number(iced.nearBranchTarget), flow });
    }
  });
  return transfers;
}

/** An instruction as a sweep over all code looks at it; the object is reused. */
export interface Glance {
  address: number;
  length: number;
  flow: Flow;
  /** `nop` of any length, or `int3`: what stands between functions. */
  padding: boolean;
  /** `push rbp`, with which functions begin that keep a frame pointer. */
  pushesFrame: boolean;
  /** Where a direct call, jump or branch leads; of an indirect one through a fixed slot, the slot. Else -1. */
  target: number;
  /** The address that `lea` puts into a register; -1 where it puts none. */
  taken: number;
  /** The number that `mov` does, which is an address in programs that are not position-independent. */
  moved: number;
}

/** Looks at each instruction of `code`, at five times the speed of `decode`. @throws BinscribeError of kind `budget` */
export function scanCode(
  code: Uint8Array,
  address: number,
  budget: Budget,
  visit: (glance: Readonly<Glance>) => void,
): void {
  const glance: Glance = {
    address,
    length: 0,
    flow: 'next',
    padding: false,
    pushesFrame: false,
    target: -1,
    taken: -1,
    moved: -1,
  };
  walk(code, address, budget, (iced, at, length) => {
    const { mnemonic, flow } = factsOf(iced);
    glance.address = at;
    glance.length = length;
    glance.flow = flow;
    glance.padding = mnemonic === Mnemonic.Nop || mnemonic === Mnemonic.Int3;
    glance.pushesFrame = mnemonic === Mnemonic.Push && iced.op0Register === Register.RBP;
    glance.target = targetAtAGlance(iced, glance.flow);
    const takes = mnemonic === Mnemonic.Lea && iced.isIpRelMemoryOperand;
    glance.taken = takes ? Number(iced.ipRelMemoryAddress) : -1;
    glance.moved = mnemonic === Mnemonic.Mov ? movedNumber(iced) : -1;
    visit(glance);
  });
}

function targetAtAGlance(iced: IcedInstruction, flow: Flow): number {
  if (flow === 'call' || flow === 'jump' || flow === 'branch') return Number(iced.nearBranchTarget);
  const slot = (flow === 'indirect-call' || flow === 'indirect-jump') && iced.isIpRelMemoryOperand;
  return slot ? Number(iced.ipRelMemoryAddress) : -1;
}

function movedNumber(iced: IcedInstruction): number {
  const kind = iced.op1Kind;
  return kind === OpKind.Immediate32 || kind === OpKind.Immediate32to64 ? iced.immediate32 : -1;
}

/**
 * The size in bytes of a function of which only the start is known: up to the first instruction that nothing
 * follows and that no earlier jump leads past. At most `code.length`.
 */
export function measureExtent(code: Uint8Array, address: number, budget?: Budget): number {
  let reached = address;
  let size = 0;
  walk(code, address, budget, (iced, at, length) => {
    const { flow } = factsOf(iced);
    size = at + length - address;
    if (flow === 'jump' || flow === 'branch') {
      const target = Number(iced.nearBranchTarget);
      if (target < address + code.length) reached = Math.max(reached, target);
    }
    const ends = flow === 'jump' || flow === 'indirect-jump' || flow === 'return' || flow === 'trap';
    return ends && reached < address + size ? STOP : undefined;
  });
  return size;
}

const STOP = true;

/** How many instructions are paid for at a time: a spend costs a tenth of a decoding. */
const PAID_AT_ONCE = 32;

/** Calls `visit` for each instruction until it returns `STOP`; the object it is handed is reused. */
function walk(
  code: Uint8Array,
  address: number,
  budget: Budget | undefined,
  visit: (iced: IcedInstruction, address: number, length: number) => typeof STOP | undefined | void,
): void {
  if (code.length === 0) return;
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const iced = new IcedInstruction();
  let unpaid = 0;
  try {
    decoder.ip = BigInt(address);
    let at = 0;
    while (at < code.length) {
      if (++unpaid === PAID_AT_ONCE) {
        unpaid = 0;
        budget?.spend('instructions', PAID_AT_ONCE);
      }
      decoder.decodeOut(iced);
      let { length } = iced;
      if (iced.code === Code.INVALID) {
        length = 1;
        decoder.position = at + 1;
        decoder.ip = BigInt(address + at + 1);
      }
      if (visit(iced, address + at, length) === STOP) break;
      at += length;
    }
    budget?.spend('instructions', unpaid);
  } finally {
    iced.free();
    decoder.free();
  }
}

function readFlow(iced: IcedInstruction): Flow {
  switch (iced.flowControl) {
    case FlowControl.UnconditionalBranch:
      return isNear(iced) ? 'jump' : 'indirect-jump';
    case FlowControl.IndirectBranch:
      return 'indirect-jump';
    case FlowControl.ConditionalBranch:
      return 'branch';
    case FlowControl.Return:
      return 'return';
    case FlowControl.Call:
      // iced-x86 counts syscall and its kin as calls; control comes back and nothing of ours is called.
      return isNear(iced) ? 'call' : 'next';
    case FlowControl.IndirectCall:
      return 'indirect-call';
    case FlowControl.Exception:
      return 'trap';
    case FlowControl.Interrupt:
      return iced.mnemonic === Mnemonic.Int3 ? 'trap' : 'next';
    case FlowControl.XbeginXabortXend:
      return isNear(iced) ? 'branch' : 'next';
    default:
      return iced.mnemonic === Mnemonic.Hlt || iced.mnemonic === Mnemonic.INVALID ? 'trap' : 'next';
  }
}

function isNear(iced: IcedInstruction): boolean {
  const kind = iced.op0Kind;
  return kind === OpKind.NearBranch64 || kind === OpKind.NearBranch32 || kind === OpKind.NearBranch16;
}

/** `opKind(i)` and `opRegister(i)` check `i`, at several times the cost of a getter for each. */
function opKindOf(iced: IcedInstruction, i: number): OpKind {
  switch (i) {
    case 0:
      return iced.op0Kind;
    case 1:
      return iced.op1Kind;
    case 2:
      return iced.op2Kind;
    default:
      return iced.opKind(i);
  }
}

function opRegisterOf(iced: IcedInstruction, i: number): Register {
  switch (i) {
    case 0:
      return iced.op0Register;
    case 1:
      return iced.op1Register;
    case 2:
      return iced.op2Register;
    default:
      return iced.opRegister(i);
  }
}

function readOperand(iced: IcedInstruction, i: number): Operand {
  const kind = opKindOf(iced, i);
  switch (kind) {
    case OpKind.Register:
      return { kind: 'register', register: opRegisterOf(iced, i) };
    case OpKind.Memory:
      return readMemory(iced);
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
    case OpKind.NearBranch64:
      return { kind: 'target', address: Number(iced.nearBranchTarget) };
    case OpKind.Immediate8:
      return immediate((iced.immediate8 << 24) >> 24, 1);
    case OpKind.Immediate16:
      return immediate((iced.immediate16 << 16) >> 16, 2);
    case OpKind.Immediate32:
      return immediate(iced.immediate32 | 0, 4);
    // Stored as 32 bits; as 64 they would come as a BigInt, which is slow.
    case OpKind.Immediate8to16:
    case OpKind.Immediate8to32:
    case OpKind.Immediate8to64:
      return immediate((iced.immediate8 << 24) >> 24, 1);
    case OpKind.Immediate32to64:
      return immediate(iced.immediate32 | 0, 4);
    case OpKind.Immediate64:
    case OpKind.Immediate8_2nd:
      return immediate(Number(BigInt.asIntN(64, iced.immediate(i))), kind === OpKind.Immediate64 ? 8 : 1);
    case OpKind.FarBranch16:
    case OpKind.FarBranch32:
      return immediate(0, 4);
    default:
      // String instructions: their memory operand is implied, at rsi or rdi.
      return {
        kind: 'memory',
        base: SOURCE_INDEX.has(kind) ? Register.RSI : Register.RDI,
        index: 0,
        scale: 1,
        displacement: 0,
        ripRelative: false,
        size: MEMORY_SIZES[iced.memorySize] ?? 0,
        segment: 0,
      };
  }
}

function immediate(value: number, size: number): Operand {
  return { kind: 'immediate', value, size };
}

const SOURCE_INDEX: ReadonlySet<OpKind> = new Set([
  OpKind.MemorySegSI,
  OpKind.MemorySegESI,
  OpKind.MemorySegRSI,
]);

function readMemory(iced: IcedInstruction): Operand {
  const base = iced.memoryBase;
  const ripRelative = base === Register.RIP || base === Register.EIP;
  const prefix = iced.segmentPrefix;
  const index = iced.memoryIndex;
  return {
    kind: 'memory',
    base: ripRelative ? 0 : base,
    index,
    scale: index === Register.None ? 1 : iced.memoryIndexScale,
    displacement: Number(iced.memoryDisplacement),
    ripRelative,
    size: MEMORY_SIZES[iced.memorySize] ?? 0,
    segment: prefix === Register.FS || prefix === Register.GS ? prefix : 0,
  };
}
