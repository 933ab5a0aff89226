/**
 * A relocatable file (`.o`) made to look like a linked one: its sections get addresses, its undefined symbols
 * get stand-in addresses, and its relocations are applied. So a call has its target, and everything after
 * this file need not know that nothing was linked.
 *
 * Code comes first and starts at 0: in the common `.o` with one `.text`, addresses are those that objdump
 * prints.
 */

import type { BinarySymbol, Relocation, Section } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { R_X86_64, SHF } from './constants.ts';

/** Space between the last section and the stand-ins, so that an address past an array's end is not a symbol. */
const GUARD = 0x1000;
/** Bytes of a stand-in, and of a stand-in's slot in the global offset table. */
const STAND_IN_SIZE = 16;
const MAX_ALIGNMENT = 0x10000;

/** Gives every allocated section an address, in place: executable ones first, each group in file order. */
export function layOutSections(sections: Section[]): void {
  let next = 0;
  for (const code of [true, false]) {
    for (const section of sections) {
      if (!(section.flags & SHF.ALLOC) || Boolean(section.flags & SHF.EXECINSTR) !== code) continue;
      const alignment = Math.min(Math.max(1, section.alignment), MAX_ALIGNMENT);
      next = Math.ceil(next / alignment) * alignment;
      section.address = next;
      next += section.size;
    }
  }
}

/** Addresses for what the linker would have supplied. */
export class StandIns {
  /** Stand-in address, or address of a stand-in's table slot → name. */
  readonly imports = new Map<number, string>();
  private readonly addresses = new Map<string, number>();
  private readonly slots = new Map<string, number>();
  private next: number;

  constructor(sections: Section[]) {
    const end = sections.reduce(
      (most, s) => (s.flags & SHF.ALLOC ? Math.max(most, s.address + s.size) : most),
      0,
    );
    this.next = Math.ceil(end / GUARD) * GUARD + GUARD;
  }

  addressOf(name: string): number {
    return this.allot(this.addresses, name, name);
  }

  /** The slot of the global offset table that would hold the address of `name`. */
  slotOf(name: string, imported: boolean): number {
    return this.allot(this.slots, name, imported ? name : undefined);
  }

  private allot(table: Map<string, number>, key: string, importName: string | undefined): number {
    let address = table.get(key);
    if (address === undefined) {
      address = this.next;
      this.next += STAND_IN_SIZE;
      table.set(key, address);
      if (importName !== undefined) this.imports.set(address, importName);
    }
    return address;
  }
}

/** Moves undefined symbols to their stand-ins, so that relocations against them resolve like any other. */
export function placeUndefined(symbols: BinarySymbol[], relocations: Relocation[], standIns: StandIns): void {
  const undefinedNames = new Set(symbols.filter((s) => s.section === 0 && s.name !== '').map((s) => s.name));
  for (const relocation of relocations) {
    if (relocation.symbolAddress === 0 && undefinedNames.has(relocation.symbol)) {
      relocation.symbolAddress = standIns.addressOf(relocation.symbol);
    }
  }
}

/**
 * Patches a section's bytes (psABI "Relocation Types": S symbol, A addend, P place). Types that only a linker
 * can resolve are left as they are.
 */
export function applyRelocations(
  data: Uint8Array,
  base: number,
  relocations: readonly Relocation[],
  standIns: StandIns,
  budget: Budget,
): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (const { address, type, symbol, symbolAddress, addend } of relocations) {
    budget.spend('entries');
    const at = address - base;
    const width = WIDTHS.get(type);
    if (width === undefined) continue;
    if (!(at >= 0 && at + width <= data.length)) {
      budget.cutOnce('relocations', `a relocation patches 0x${address.toString(16)}, outside its section`);
      continue;
    }
    let value = symbolAddress + addend;
    if (GOT_RELATIVE.has(type)) {
      const imported = standIns.imports.get(symbolAddress) === symbol;
      value = standIns.slotOf(symbol, imported) + addend - address;
    } else if (PC_RELATIVE.has(type)) {
      value -= address;
    }
    if (width === 8) view.setBigInt64(at, BigInt(Number.isSafeInteger(value) ? value : 0), true);
    else if (width === 4) view.setInt32(at, value, true);
    else if (width === 2) view.setInt16(at, value, true);
    else view.setInt8(at, value);
  }
}

const WIDTHS: ReadonlyMap<number, 1 | 2 | 4 | 8> = new Map([
  [R_X86_64[64], 8],
  [R_X86_64.PC64, 8],
  [R_X86_64.DTPOFF64, 8],
  [R_X86_64.PC32, 4],
  [R_X86_64.PLT32, 4],
  [R_X86_64[32], 4],
  [R_X86_64['32S'], 4],
  [R_X86_64.DTPOFF32, 4],
  [R_X86_64.GOTPCREL, 4],
  [R_X86_64.GOTPCRELX, 4],
  [R_X86_64.REX_GOTPCRELX, 4],
  [R_X86_64[16], 2],
  [R_X86_64.PC16, 2],
  [R_X86_64[8], 1],
  [R_X86_64.PC8, 1],
]);

const PC_RELATIVE: ReadonlySet<number> = new Set([
  R_X86_64.PC8,
  R_X86_64.PC16,
  R_X86_64.PC32,
  R_X86_64.PC64,
  R_X86_64.PLT32,
]);

const GOT_RELATIVE: ReadonlySet<number> = new Set([
  R_X86_64.GOTPCREL,
  R_X86_64.GOTPCRELX,
  R_X86_64.REX_GOTPCRELX,
]);
