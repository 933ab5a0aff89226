/**
 * The front door of the reader. ELF is the one format today; PE and Mach-O would be told apart here by their
 * magic and come out as the same `Binary`. A static archive holds many: archive.ts.
 */

import type { Binary } from './binary.ts';
import { Budget } from './budget.ts';
import { openElf } from './elf/elf.ts';

export interface OpenOptions {
  /** What may be spent on this file, over all that is asked of it later. */
  budget?: Budget;
}

/**
 * Opens a program.
 * @throws BinscribeError `unsupported` (another format or machine, which it names), `corrupt` (damaged or
 * truncated) or `budget`. Damage that leaves something to read becomes an entry in `binary.budget.cuts`.
 */
export function openBinary(bytes: Uint8Array, options: OpenOptions = {}): Binary {
  // Node's Buffer is a Uint8Array whose slice() shares memory: relocations would be applied to the caller's file.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return openElf(plain, options.budget ?? new Budget());
}
