/**
 * Layout tokens: what the placing of code shows. Compilers align functions and loops from a certain level on,
 * each with its own no-operations; they begin and end functions in their own ways.
 */

import { Mnemonic } from 'iced-x86';
import type { FunctionBody } from '../binary/instruction.ts';
import { token } from './scheme.ts';

const NOP: number = Mnemonic.Nop;

/** The low byte's meaning, by the high byte. */
const KIND = { alignment: 0, padding: 1, blocks: 2, blockLength: 3, first: 4, second: 5 } as const;

function layout(kind: keyof typeof KIND, value: number): number {
  return token('layout', (KIND[kind] << 16) | value);
}

/** The largest power of two, up to 32, that divides the address. */
function alignmentOf(address: number): number {
  let alignment = 1;
  while (alignment < 32 && address % (alignment * 2) === 0) alignment *= 2;
  return alignment;
}

/** Tokens of a function; none without instructions. */
export function layoutTokens({ instructions, blocks }: FunctionBody): number[] {
  if (instructions.length === 0) return [];
  const tokens = [layout('alignment', alignmentOf(instructions[0].address))];
  for (const { mnemonic, length } of instructions) {
    if (mnemonic === NOP) tokens.push(layout('padding', length));
  }
  tokens.push(layout('first', instructions[0].mnemonic));
  if (instructions.length > 1) tokens.push(layout('second', instructions[1].mnemonic));
  tokens.push(layout('blocks', Math.floor(Math.log2(blocks.length))));
  tokens.push(layout('blockLength', Math.floor(Math.log2(instructions.length / blocks.length))));
  // Where blocks begin: at level -O2 and above, loop heads and jump targets are aligned.
  for (const { start } of blocks.slice(1)) {
    if (start % 16 === 0) tokens.push(layout('alignment', 0));
  }
  return tokens;
}
