/** Names of what iced-x86 numbers, as Intel's manual and the usual disassemblers write them. */

import { Mnemonic, Register } from 'iced-x86';

/** By number, in lower case. An enumeration's object has each member twice: by name, and by number. */
function namesOf(enumeration: object): string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(enumeration)) {
    if (typeof value === 'number') names[value] = name.toLowerCase();
  }
  return names;
}

/** By `Instruction.mnemonic`; `invalid` where bytes are no instruction. */
export const MNEMONIC_NAMES: readonly string[] = namesOf(Mnemonic);

/** By `Register`; `none` for 0. iced-x86 calls r8b r8l, and st(0) st0. */
export const REGISTER_NAMES: readonly string[] = namesOf(Register).map((name) =>
  name.replace(/^(r\d+)l$/, '$1b').replace(/^st(\d)$/, 'st($1)'),
);
