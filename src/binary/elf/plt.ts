/**
 * Procedure linkage stubs (psABI "Procedure Linkage Table"). Each jumps through a slot of the global offset
 * table, and the slot's relocation names the import; the stub's bytes are matched, not its section's layout,
 * so that `.plt`, `.plt.sec`, `.plt.got` and lld's variants need no rules of their own.
 */

import type { Relocation, Stub } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';
import type { AddressSpace } from '../memory.ts';
import { R_X86_64 } from './constants.ts';

/** Stubs are 8 (`.plt.got`) or 16 bytes long and aligned so. */
const STRIDE = 8;
const STUB_SIZE = 16;

/** Slot address → import name ('' for IRELATIVE, whose target has none). */
export function importSlots(relocations: readonly Relocation[]): Map<number, string> {
  const slots = new Map<number, string>();
  for (const { type, address, symbol } of relocations) {
    if (type === R_X86_64.JUMP_SLOT || type === R_X86_64.GLOB_DAT) slots.set(address, symbol);
    else if (type === R_X86_64.IRELATIVE) slots.set(address, '');
  }
  return slots;
}

/**
 * All stubs. With section names known only the `.plt*` sections are searched: elsewhere the same bytes may be
 * a tail call in the middle of a function.
 */
export function findStubs(
  memory: AddressSpace,
  slots: ReadonlyMap<number, string>,
  named: boolean,
  budget: Budget,
): Stub[] {
  const stubs: Stub[] = [];
  if (slots.size === 0) return stubs;
  for (const region of memory.regions) {
    if (!region.executable || (named && !region.name.startsWith('.plt'))) continue;
    const bytes = new Bytes(region.bytes, region.name);
    for (let at = 0; at + STRIDE <= bytes.length; at += STRIDE) {
      budget.spend('entries');
      const jump = skipPrefixes(bytes.data, at);
      if (bytes.data[jump] !== 0xff || bytes.data[jump + 1] !== 0x25 || jump + 6 > bytes.length) continue;
      const slot = region.address + jump + 6 + bytes.i32(jump + 2);
      const name = slots.get(slot);
      if (name === undefined) continue;
      const size = region.name === '.plt.got' && jump === at ? STRIDE : STUB_SIZE;
      stubs.push({
        address: region.address + at,
        size: Math.min(size, bytes.length - at),
        name: name || null,
      });
      at += size - STRIDE;
    }
  }
  return stubs;
}

/** Past `endbr64` (f3 0f 1e fa) and the `bnd` prefix (f2). */
function skipPrefixes(data: Uint8Array, at: number): number {
  let next = at;
  if (data[next] === 0xf3 && data[next + 1] === 0x0f && data[next + 2] === 0x1e && data[next + 3] === 0xfa)
    next += 4;
  return data[next] === 0xf2 ? next + 1 : next;
}
