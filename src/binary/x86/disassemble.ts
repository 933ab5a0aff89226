/** A function's bytes taken apart: instructions, blocks, calls, strings, numbers and constants. */

import type { Binary, FoundFunction } from '../binary.ts';
import { decodeText } from '../bytes.ts';
import type { Budget } from '../budget.ts';
import type { CallSite, FunctionBody, Instruction, Operand } from '../instruction.ts';
import type { AddressSpace } from '../memory.ts';
import { findBlocks, targetOf } from './blocks.ts';
import { decode } from './decode.ts';
import { type CodeRange, readJumpTable } from './jump-tables.ts';

/** Shorter runs of printable bytes are as often chance as text, unless code takes their address in read-only data. */
const MIN_STRING = 4;
/** Enough to recognise a message; usage texts of several KB would drown a report. */
const MAX_STRING = 256;
/** Constants listed a function: cryptographic tables in code have hundreds. */
const MAX_CONSTANTS = 64;
/** Digits of a number in read-only data that somebody wrote down; other bytes mostly have all seventeen. */
const MAX_DIGITS = 9;
/** Decimal digits of which single precision is sure. */
const SINGLE_DIGITS = 6;
/** Between these lie the numbers of programs; small integers and most addresses, taken for one, lie below. */
const NUMBERS = { least: 1e-12, most: 1e18 } as const;
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
): Pick<FunctionBody, 'strings' | 'numbers' | 'constants'> {
  const strings: FunctionBody['strings'] = [];
  const numbers: FunctionBody['numbers'] = [];
  const constants = new Set<number>();
  const seen = new Set<number>();
  for (const { address: from, operands, flow } of instructions) {
    if (flow !== 'next') continue;
    for (const operand of operands) {
      const address = referredAddress(operand);
      if (address !== undefined && memory && !seen.has(address)) {
        seen.add(address);
        // Number first: the bytes of 3.3 and the like are printable.
        const value = numberAt(memory, address, operand);
        const text =
          value === undefined ? stringAt(memory, address, takesAddress(operand) ? 1 : MIN_STRING) : undefined;
        if (value !== undefined) numbers.push({ address, value });
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
  return { strings, numbers, constants: [...constants] };
}

/** `lea`, or an address as a number: what lies there is not read by this instruction. */
function takesAddress(operand: Operand): boolean {
  return operand.kind !== 'memory' || operand.size === 0;
}

/** An address that an operand may hold: rip-relative, or an immediate in a program that is not relocatable. */
function referredAddress(operand: Operand): number | undefined {
  if (operand.kind === 'memory' && operand.ripRelative) return operand.displacement;
  if (operand.kind === 'immediate' && operand.size >= 4 && operand.value > SMALL) return operand.value;
  return undefined;
}

/**
 * The text at an address, cut at `MAX_STRING` bytes; undefined where it is none.
 * @param least bytes that a text in read-only data has
 */
function stringAt(memory: AddressSpace, address: number, least: number): string | undefined {
  const region = memory.find(address);
  if (!region || region.executable) return undefined;
  const shortest = region.writable ? MIN_STRING : least;
  const bytes = memory.slice(address, MAX_STRING);
  let length = 0;
  while (length < bytes.length && isTextByte(bytes[length])) length++;
  // Without the closing zero it is text only if it was cut for its length.
  if (length < shortest || (bytes[length] !== 0 && length < MAX_STRING)) return undefined;
  const text = decodeText(bytes.subarray(0, length));
  return text.slice(0, -1).includes('\ufffd') ? undefined : text;
}

/** The floating-point number of few digits that an instruction reads from read-only data, if it may be one. */
function numberAt(memory: AddressSpace, address: number, operand: Operand): number | undefined {
  if (operand.kind !== 'memory' || (operand.size !== 4 && operand.size !== 8)) return undefined;
  const region = memory.find(address);
  if (!region || region.executable || region.writable) return undefined;
  const bytes = memory.slice(address, operand.size);
  if (bytes.length < operand.size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const value =
    operand.size === 8
      ? view.getFloat64(0, true)
      : Number(view.getFloat32(0, true).toPrecision(SINGLE_DIGITS));
  const size = Math.abs(value);
  if (!(size >= NUMBERS.least && size <= NUMBERS.most)) return undefined;
  return Number(value.toPrecision(MAX_DIGITS)) === value ? value : undefined;
}

/** Printable ASCII, tab, newline, return, escape-free; bytes above 0x7f may be UTF-8. */
function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte !== 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
