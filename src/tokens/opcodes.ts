/** Opcode tokens: the mnemonics in the order of the code, and each two that follow one another. */

import type { Instruction } from '../binary/instruction.ts';
import { token } from './scheme.ts';

/** iced-x86 has under 2048 mnemonics, so two fit into 24 bits. */
const MNEMONIC_BITS = 11;

/** One token an instruction. */
export function opcodeTokens(instructions: readonly Instruction[]): number[] {
  return instructions.map(({ mnemonic }) => token('opcode', mnemonic));
}

/** One token for each two neighbours in the order of addresses; none for fewer than two instructions. */
export function opcodePairTokens(instructions: readonly Instruction[]): number[] {
  const tokens: number[] = [];
  for (let i = 1; i < instructions.length; i++) {
    const pair = (instructions[i - 1].mnemonic << MNEMONIC_BITS) | instructions[i].mnemonic;
    tokens.push(token('opcodePair', pair));
  }
  return tokens;
}
