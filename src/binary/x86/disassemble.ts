/** A function's bytes taken apart: instructions, blocks, calls, strings and constants. */

import type { Binary, FoundFunction } from '../binary.ts';
import { decodeText } from '../bytes.ts';
import type { Budget } from '../budget.ts';
import type { CallSite, FunctionBody, Instruction, Operand } from '../instruction.ts';
import type { AddressSpace } from '../memory.ts';
import { findBlocks, targetOf } from './blocks.ts';
import { decode } from './decode.ts';
import { type CodeRange, readJumpTable } from './jump-tables.ts';

/** Shorter runs of printable bytes are as often chance as text. */
const MIN_STRING = 4;
/** Enough to recognise a message; usage texts of several KB would drown a report. */
const MAX_STRING = 256;
/** Constants listed a function: cryptographic tables in code have hundreds. */
const MAX_CONSTANTS = 64;
/** Smaller immediates are sizes, offsets, flags and characters, which tell nothing. */
const SMALL = 0xffff;

/** @throws BinscribeError of kind `budget`. */
export function disassemble(binary: Binary, fn: Pick<FoundFunction, 'address' | 'size'>): FunctionBody {
  const code = binary.memory.slice(fn.address, fn.size);
  return disassembleRange(code, fn.address, { memory: binary.memory, budget: binary.budget });
}

export interface DisassembleOptions {
  /** Where references lead; without it no strings and no jump tables are found. */
  memory?: AddressSpace;
  budget?: Budget;
}

/** The same for bytes that stand alone, a row of a data set say. @throws BinscribeError of kind `budget`. */
export function disassembleRange(
  code: Uint8Array,
  address: number,
  options: DisassembleOptions = {},
): FunctionBody {
  const instructions = decode(code, address, options.budget);
  const end = address + code.length;
  const { blocks, incomplete } = findBlocks(
    instructions,
    findTables(instructions, { start: address, end }, options),
  );
  return {
    instructions,
    blocks,
    calls: findCalls(instructions, address, end),
    ...findReferences(instructions, options.memory),
    incomplete,
  };
}

/** Where indirect jumps lead by their tables, by index of the jump; without memory nothing is known. */
function findTables(
  instructions: readonly Instruction[],
  range: CodeRange,
  { memory, budget }: DisassembleOptions,
): Map<number, number[]> {
  const tables = new Map<number, number[]>();
  if (!memory) return tables;
  for (const [i, { flow }] of instructions.entries()) {
    const table = flow === 'indirect-jump' && readJumpTable(instructions, i, memory, range, budget);
    if (table) tables.set(i, table.targets);
  }
  return tables;
}

function findCalls(instructions: readonly Instruction[], start: number, end: number): CallSite[] {
  const calls: CallSite[] = [];
  for (const instruction of instructions) {
    const to = targetOf(instruction);
    if (to === undefined) continue;
    if (instruction.flow === 'call') calls.push({ from: instruction.address, to, kind: 'call' });
    else if (to < start || to >= end) calls.push({ from: instruction.address, to, kind: 'tail' });
  }
  return calls;
}

function findReferences(
  instructions: readonly Instruction[],
  memory: AddressSpace | undefined,
): Pick<FunctionBody, 'strings' | 'constants'> {
  const strings: FunctionBody['strings'] = [];
  const constants = new Set<number>();
  const seen = new Set<number>();
  for (const { address: from, operands, flow } of instructions) {
    if (flow !== 'next') continue;
    for (const operand of operands) {
      const address = referredAddress(operand);
      if (address !== undefined && memory && !seen.has(address)) {
        seen.add(address);
        const text = stringAt(memory, address);
        if (text !== undefined) strings.push({ from, address, text });
      }
      if (
        operand.kind === 'immediate' &&
        operand.size >= 4 &&
        Math.abs(operand.value) > SMALL &&
        constants.size < MAX_CONSTANTS &&
        !memory?.find(operand.value)
      ) {
        constants.add(operand.value);
      }
    }
  }
  return { strings, constants: [...constants] };
}

/** An address that an operand may hold: rip-relative, or an immediate in a program that is not relocatable. */
function referredAddress(operand: Operand): number | undefined {
  if (operand.kind === 'memory' && operand.ripRelative) return operand.displacement;
  if (operand.kind === 'immediate' && operand.size >= 4 && operand.value > SMALL) return operand.value;
  return undefined;
}

/** The text at an address, cut at `MAX_STRING` bytes; undefined where it is none. */
function stringAt(memory: AddressSpace, address: number): string | undefined {
  const region = memory.find(address);
  if (!region || region.executable) return undefined;
  const bytes = memory.slice(address, MAX_STRING);
  let length = 0;
  while (length < bytes.length && isTextByte(bytes[length])) length++;
  // Without the closing zero it is text only if it was cut for its length.
  if (length < MIN_STRING || (bytes[length] !== 0 && length < MAX_STRING)) return undefined;
  const text = decodeText(bytes.subarray(0, length));
  return text.slice(0, -1).includes('\ufffd') ? undefined : text;
}

/** Printable ASCII, tab, newline, return, escape-free; bytes above 0x7f may be UTF-8. */
function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
