/**
 * Single instructions by iced-x86. Its text formatter costs seven times the decoding itself and is used only for show
 * (format.ts); and each question to an instruction is a call into WebAssembly, so that forms.ts keeps the answers.
 */

import {
  Decoder,
  DecoderOptions,
  EncodingKind,
  FlowControl,
  Instruction as IcedInstruction,
  MemorySize,
  MemorySizeExt,
  Mnemonic,
  OpKind,
  Register,
} from 'iced-x86';
import type { Flow, Operand } from '../instruction.ts';
import type { Constant, Form } from './forms.ts';

/** Reads the instructions of one piece of code; what it holds is freed by `free`. */
export class IcedReader {
  private readonly code: Uint8Array;
  private readonly address: number;
  private readonly decoder: Decoder;
  private readonly iced = new IcedInstruction();

  constructor(code: Uint8Array, address: number) {
    this.code = code;
    this.address = address;
    this.decoder = new Decoder(64, code, DecoderOptions.None);
  }

  /** The instruction at `at`, its constants among its operands. A byte that begins none is INVALID, of length 1. */
  read(at: number): Form {
    const { decoder, iced } = this;
    decoder.position = at;
    decoder.ip = BigInt(this.address) + BigInt(at);
    decoder.decodeOut(iced);
    const { mnemonic, flow, operandCount } = factsOf(iced);
    const operands: Operand[] = [];
    for (let i = 0; i < operandCount; i++) operands.push(readOperand(iced, i));
    return {
      length: mnemonic === Mnemonic.INVALID ? 1 : iced.length,
      mnemonic,
      flow,
      operands,
      constants: [],
    };
  }

  /** The constants of `form`, which was just read at `at`; null where one does not mean itself alone. */
  constants(form: Form, at: number): Constant[] | null {
    const { decoder, iced, code } = this;
    if (form.mnemonic === Mnemonic.INVALID || hasAddressSize(code, at)) return null;
    const offsets = decoder.getConstantOffsets(iced);
    try {
      const { encoding } = iced;
      const constants: Constant[] = [];
      let end = form.length;
      // With VEX such a byte may hold a register as well; `enter` has two.
      if (encoding === EncodingKind.Legacy && offsets.hasImmediate && !offsets.hasImmediate2) {
        const { immediateOffset: offset, immediateSize: size } = offsets;
        const operand = form.operands.findIndex(({ kind }) => kind === 'immediate' || kind === 'target');
        constants.push({ operand, offset, size, relative: form.operands[operand].kind === 'target' });
        end = offset;
      }
      if (offsets.hasDisplacement) {
        const { displacementOffset: offset, displacementSize: size } = offsets;
        // With EVEX it may count in units of the operand's size; and it has to be followed by the immediate only.
        if (encoding === EncodingKind.EVEX || offset + size !== end) return null;
        const operand = form.operands.findIndex(({ kind }) => kind === 'memory');
        const memory = form.operands[operand];
        constants.push({ operand, offset, size, relative: memory.kind === 'memory' && memory.ripRelative });
      }
      return constants;
    } finally {
      offsets.free();
    }
  }

  free(): void {
    this.iced.free();
    this.decoder.free();
  }
}

/** Prefixes of old (Intel SDM volume 2, section 2.1.1) and REX: what may stand before an opcode. */
const ADDRESS_SIZE = 0x67;
const PREFIXES: ReadonlySet<number> = new Set(
  [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, ADDRESS_SIZE, 0xf0, 0xf2, 0xf3].concat(
    Array.from({ length: 16 }, (_, bits) => 0x40 | bits),
  ),
);

/** Whether addresses are of 32 bits, to which they are cut. */
function hasAddressSize(code: Uint8Array, at: number): boolean {
  for (let i = at; PREFIXES.has(code[i]); i++) if (code[i] === ADDRESS_SIZE) return true;
  return false;
}

/** What the same machine instruction has in common wherever it stands. */
interface Facts {
  mnemonic: Mnemonic;
  flow: Flow;
  operandCount: number;
}

/** By iced-x86 Code, filled as codes are met. */
const FACTS: (Facts | undefined)[] = [];

function factsOf(iced: IcedInstruction): Facts {
  return (FACTS[iced.code] ??= {
    mnemonic: iced.mnemonic,
    flow: readFlow(iced),
    operandCount: iced.opCount,
  });
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

/** Bytes by iced-x86 MemorySize. */
const MEMORY_SIZES: readonly number[] = Object.values(MemorySize)
  .filter((value): value is MemorySize => typeof value === 'number')
  .map((size) => MemorySizeExt.size(size));
