/**
 * A function's code as normalised assembly: Intel syntax, an instruction a line, and what the linker or the
 * neighbourhood decides replaced by a word, so that the same instructions are the same text wherever they were linked.
 * Addresses are left out as in the normalised hash (normalize.ts), but for what a stripped program says there to whoever
 * reads it: names of imports, strings and numbers. Prefixes (lock, rep) are not told.
 *
 *     push rbp
 *     mov rbp, rsp
 *     cmp dword [rbp-0x14], 0x0
 *     jle .2
 *     lea rdi, ["usage: %s\n"]
 *     call printf
 *     mulsd xmm0, qword [0.5]
 *     mov rdi, qword [data]
 *     call function
 *     .2:
 *     pop rbp
 *     ret
 */

import type { FunctionBody, Instruction, Operand } from '../binary/instruction.ts';
import { MNEMONIC_NAMES, REGISTER_NAMES } from '../binary/x86/names.ts';
import { isAbsoluteAddress, withoutPadding } from './normalize.ts';
import { NO_NAMES, type VisibleNames } from './visible-names.ts';

/** What stands for an address of something else: of code, of data, and of either as a number. */
const WORDS = { function: 'function', data: 'data', address: 'address' } as const;

/** How Intel syntax calls operands in memory, by bytes; others are told by the instruction alone. */
const SIZES: Readonly<Record<number, string>> = {
  1: 'byte ',
  2: 'word ',
  4: 'dword ',
  8: 'qword ',
  10: 'tbyte ',
  16: 'xmmword ',
  32: 'ymmword ',
  64: 'zmmword ',
};

/** Characters of a string that are shown: a usage text would be longer than the code. */
const SHOWN = 64;

/** What is known of the addresses in a function: where it begins, labels inside it, and what the program says of others. */
interface Places {
  readonly start: number;
  readonly labels: ReadonlyMap<number, string>;
  /** A string in quotes, a number or a name. */
  readonly saidAt: (address: number) => string | undefined;
}

/** A label is the number of its block in `body.blocks`. */
export function normalizedAssembly(body: FunctionBody, names: VisibleNames = NO_NAMES): string {
  const start = body.instructions[0]?.address ?? 0;
  const starts = body.blocks.map((block) => block.start);
  const labels = new Map(starts.map((address, i) => [address, `.${i}`]));
  const reached = reachedIn(body);
  const places = { start, labels, saidAt: sayings(body, names) };
  const lines: string[] = [];
  let next = 0;
  for (const instruction of withoutPadding(body.instructions)) {
    // Jumps may lead to padding, which is not shown.
    for (; starts[next] <= instruction.address; next++) {
      if (reached.has(starts[next])) lines.push(`.${next}:`);
    }
    lines.push(lineOf(instruction, places));
  }
  return lines.join('\n');
}

function sayings({ strings, numbers }: FunctionBody, names: VisibleNames): Places['saidAt'] {
  const said = new Map<number, string>();
  for (const { address, text } of strings) said.set(address, JSON.stringify(text.slice(0, SHOWN)));
  // A point tells it from an address.
  for (const { address, value } of numbers) {
    said.set(address, Number.isInteger(value) ? value.toFixed(1) : String(value));
  }
  return (address) => said.get(address) ?? names.get(address);
}

/** Lines of a function's text, labels among them: how its length is told where it is read as text. */
export function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** Instructions that are read of a function of which something is written, its first: those of ContraBin's paper. */
const MOST_INSTRUCTIONS = 512;

const isInstruction = (line: string): boolean => !line.endsWith(':');

/** The text up to there, labels among it. */
export function firstInstructions(assembly: string): string {
  const lines = assembly.split('\n');
  let seen = 0;
  const end = lines.findIndex((line) => isInstruction(line) && ++seen > MOST_INSTRUCTIONS);
  return end < 0 ? assembly : lines.slice(0, end).join('\n');
}

/** Instructions of a function's text. */
export function instructionCount(assembly: string): number {
  return assembly === '' ? 0 : assembly.split('\n').filter(isInstruction).length;
}

/** Addresses where jumps lead, by their operands and by the tables that were found. */
function reachedIn({ instructions, blocks }: FunctionBody): Set<number> {
  const reached = new Set<number>();
  for (const { operands } of instructions) {
    for (const operand of operands) if (operand.kind === 'target') reached.add(operand.address);
  }
  for (const { first, count, successors } of blocks) {
    if (instructions[first + count - 1]?.flow !== 'indirect-jump') continue;
    for (const successor of successors) reached.add(blocks[successor].start);
  }
  return reached;
}

function lineOf({ mnemonic, operands }: Instruction, places: Places): string {
  const name = MNEMONIC_NAMES[mnemonic];
  if (operands.length === 0) return name;
  return `${name} ${operands.map((operand) => textOf(operand, places)).join(', ')}`;
}

function textOf(operand: Operand, places: Places): string {
  const { start, labels, saidAt } = places;
  if (operand.kind === 'register') return REGISTER_NAMES[operand.register];
  if (operand.kind === 'immediate') {
    const { value } = operand;
    return isAbsoluteAddress(value, start) ? (saidAt(value) ?? WORDS.address) : hex(value);
  }
  if (operand.kind === 'target') {
    return labels.get(operand.address) ?? saidAt(operand.address) ?? WORDS.function;
  }
  return memoryText(operand, places);
}

function memoryText(operand: Extract<Operand, { kind: 'memory' }>, { start, saidAt }: Places): string {
  const { base, index, scale, displacement, ripRelative, size, segment } = operand;
  const isFixed = ripRelative || isAbsoluteAddress(displacement, start);
  const parts: string[] = [];
  if (base !== 0 && !ripRelative) parts.push(REGISTER_NAMES[base]);
  if (index !== 0) parts.push(scale === 1 ? REGISTER_NAMES[index] : `${REGISTER_NAMES[index]}*${scale}`);
  if (isFixed) parts.push(saidAt(displacement) ?? WORDS.data);
  else if (displacement !== 0 || parts.length === 0) parts.push(hex(displacement));
  const place = parts.join('+').replaceAll('+-', '-');
  const segmentText = segment === 0 ? '' : `${REGISTER_NAMES[segment]}:`;
  return `${SIZES[size] ?? ''}${segmentText}[${place}]`;
}

function hex(value: number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
