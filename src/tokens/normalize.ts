/**
 * Two identities of a function's code. The exact hash says that two functions are the same bytes. The
 * normalised hash says that they are the same instructions wherever they were linked: what the linker or the
 * neighbourhood decides (addresses, call targets, distances, alignment padding) is left out.
 */

import { Mnemonic } from 'iced-x86';
import type { FunctionBody, Instruction, Operand } from '../binary/instruction.ts';
import { murmur128Hex, murmur32 } from './hash.ts';

const NOP: number = Mnemonic.Nop;
const ENDBR64: number = Mnemonic.Endbr64;
const INT3: number = Mnemonic.Int3;
const INVALID: number = Mnemonic.INVALID;

/** The hash of the bytes as they stand: 32 hexadecimal digits. */
export function exactHash(code: Uint8Array): string {
  return murmur128Hex(code);
}

/**
 * The hash of the instructions with these replaced: rip-relative displacements, absolute addresses, targets of
 * calls and of jumps that leave the function. Branches inside it count as the number of the instruction they
 * lead to. Padding and `endbr64` (which Ubuntu's compilers add and Debian's don't) count as nothing.
 * 32 hexadecimal digits; the same for every function without instructions.
 */
export function normalizedHash(body: FunctionBody): string {
  const words = new WordList(body.instructions.length * 8);
  const kept = withoutPadding(body.instructions);
  const position = positionOfBlocks(body, kept);
  const start = body.instructions[0]?.address ?? 0;
  for (const instruction of kept) pushInstruction(words, instruction, start, position);
  return murmur128Hex(words.bytes());
}

/**
 * A hash of each instruction with the same replaced, padding left out. Where a branch leads counts as nothing: one
 * more instruction moves the targets of all that jump over it.
 */
export function instructionHashes(body: FunctionBody): Uint32Array {
  const words = new WordList(16);
  const start = body.instructions[0]?.address ?? 0;
  return Uint32Array.from(withoutPadding(body.instructions), (instruction) => {
    words.clear();
    pushInstruction(words, instruction, start, NOWHERE);
    return words.hash();
  });
}

/** No instruction is a known place. */
const NOWHERE: ReadonlyMap<number, number> = new Map();

/**
 * Linkers put programs that are not position-independent at 0x400000 (the psABI's choice) and reach their data
 * by absolute addresses: an immediate that lies within 32 MB of such a function is taken for an address. Below
 * 0x400000 lie the functions of most position-independent programs, which have no absolute addresses.
 */
const FIXED_BASE = 0x400000;
const FIXED_REACH = 0x2000000;

/** Whether `value` in a function at `start` looks like an address that the linker chose. */
export function isAbsoluteAddress(value: number, start: number): boolean {
  return value >= FIXED_BASE && start >= FIXED_BASE && Math.abs(value - start) < FIXED_REACH;
}

/** True for an instruction that only fills space or marks a place. */
function isPadding(instruction: Instruction): boolean {
  return instruction.mnemonic === NOP || instruction.mnemonic === ENDBR64;
}

/** The instructions that do something: padding left out, and at the end `int3` and undecodable bytes too. */
export function withoutPadding(instructions: readonly Instruction[]): Instruction[] {
  let end = instructions.length;
  while (end > 0 && isFiller(instructions[end - 1])) end--;
  const kept: Instruction[] = [];
  for (let i = 0; i < end; i++) if (!isPadding(instructions[i])) kept.push(instructions[i]);
  return kept;
}

function isFiller(instruction: Instruction): boolean {
  const { mnemonic } = instruction;
  return isPadding(instruction) || mnemonic === INT3 || mnemonic === INVALID;
}

/** Address of each block's first instruction → how many kept instructions come before it. */
function positionOfBlocks(body: FunctionBody, kept: readonly Instruction[]): Map<number, number> {
  const position = new Map<number, number>();
  let before = 0;
  for (const { start, first } of [...body.blocks].sort((a, b) => a.first - b.first)) {
    const address = body.instructions[first]?.address ?? start;
    while (before < kept.length && kept[before].address < address) before++;
    position.set(start, before);
  }
  return position;
}

/** What an operand begins with, so that no two different operands give the same words. */
const TAG = {
  register: 1,
  immediate: 2,
  address: 3,
  memory: 4,
  fixedMemory: 5,
  inside: 6,
  outside: 7,
} as const;

function pushInstruction(
  words: WordList,
  { mnemonic, operands }: Instruction,
  start: number,
  position: ReadonlyMap<number, number>,
): void {
  words.push(mnemonic | (operands.length << 16));
  for (const operand of operands) pushOperand(words, operand, start, position);
}

function pushOperand(
  words: WordList,
  operand: Operand,
  start: number,
  position: ReadonlyMap<number, number>,
): void {
  switch (operand.kind) {
    case 'register':
      words.push(TAG.register | (operand.register << 8));
      return;
    case 'immediate':
      if (isAbsoluteAddress(operand.value, start)) {
        words.push(TAG.address);
      } else {
        words.push(TAG.immediate);
        words.pushNumber(operand.value);
      }
      return;
    case 'memory': {
      const fixed = operand.ripRelative || isAbsoluteAddress(operand.displacement, start);
      words.push(
        (fixed ? TAG.fixedMemory : TAG.memory) |
          (operand.scale << 8) |
          (operand.size << 12) |
          (operand.segment << 22),
      );
      words.push(operand.base | (operand.index << 16));
      if (!fixed) words.pushNumber(operand.displacement);
      return;
    }
    case 'target': {
      const inside = position.get(operand.address);
      if (inside === undefined) {
        words.push(TAG.outside);
      } else {
        words.push(TAG.inside | (inside << 8));
      }
      return;
    }
  }
}

/** A growing list of 32-bit words. */
class WordList {
  private words: Int32Array;
  private count = 0;

  constructor(capacity: number) {
    this.words = new Int32Array(Math.max(16, capacity));
  }

  clear(): void {
    this.count = 0;
  }

  push(value: number): void {
    if (this.count === this.words.length) {
      const larger = new Int32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words[this.count++] = value;
  }

  /** A number up to 2^53 in size, as two words. */
  pushNumber(value: number): void {
    this.push(value);
    this.push(Math.floor(value / 2 ** 32));
  }

  hash(): number {
    return murmur32(this.words, 0, this.count);
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.words.buffer, 0, this.count * 4);
  }
}
