/** Register tokens: which registers are used and what for. Allocation order is a compiler's handwriting. */

import type { Instruction } from '../binary/instruction.ts';
import { token } from './scheme.ts';

const ROLE = { destination: 0, source: 1, base: 2, index: 3 } as const;
const REGISTER_BITS = 8;

/** One token for each register that an operand names, with its role. */
export function registerTokens(instructions: readonly Instruction[]): number[] {
  const tokens: number[] = [];
  const add = (role: number, register: number): void => {
    if (register !== 0) tokens.push(token('register', (role << REGISTER_BITS) | register));
  };
  for (const { operands } of instructions) {
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i];
      if (operand.kind === 'register') {
        add(i === 0 ? ROLE.destination : ROLE.source, operand.register);
      } else if (operand.kind === 'memory') {
        add(ROLE.base, operand.base);
        add(ROLE.index, operand.index);
      }
    }
  }
  return tokens;
}
