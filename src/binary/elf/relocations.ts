/** Relocation tables: RELA, REL and the packed RELR (gABI "Relocation"). */

import type { BinarySymbol, Relocation } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';
import type { AddressSpace } from '../memory.ts';
import { R_X86_64, SHN } from './constants.ts';

const RELA_SIZE = 24;
const REL_SIZE = 16;
const TWO_32 = 2 ** 32;

export interface RelocationTable {
  data: Bytes;
  /** Of the section that holds it; '' where it was found through the dynamic segment. */
  section: string;
  /** What symbol indices refer to. */
  symbols: readonly BinarySymbol[];
  /** Added to each offset: the address of the patched section in a relocatable file, else 0. */
  base: number;
}

export function readRela(table: RelocationTable, budget: Budget): Relocation[] {
  return readTable(table, RELA_SIZE, budget, (at) => table.data.i64(at + 16));
}

/** REL keeps the addend in the patched word; x86-64 files hardly use it. */
export function readRel(table: RelocationTable, budget: Budget): Relocation[] {
  return readTable(table, REL_SIZE, budget, () => 0);
}

function readTable(
  table: RelocationTable,
  entrySize: number,
  budget: Budget,
  addend: (at: number) => number,
): Relocation[] {
  const { data, symbols, section, base } = table;
  const relocations: Relocation[] = [];
  const count = Math.floor(data.length / entrySize);
  for (let i = 0; i < count; i++) {
    budget.spend('entries');
    const at = i * entrySize;
    const index = data.u32(at + 12);
    const symbol = index === 0 ? undefined : symbols[index];
    if (index !== 0 && !symbol) {
      budget.cutOnce(data.where, `a relocation refers to symbol ${index} of ${symbols.length}`);
      continue;
    }
    relocations.push({
      address: data.u64(at) + base,
      type: data.u32(at + 8),
      symbol: symbol?.name ?? '',
      symbolAddress: symbol && symbol.section !== SHN.UNDEF ? symbol.address : 0,
      addend: addend(at),
      section,
    });
  }
  return relocations;
}

/**
 * RELR: an even entry is an address to relocate, an odd one a bitmap over the 63 words that follow (gABI
 * "Relative Relocation Table"). The addend stands in the patched word.
 */
export function readRelr(data: Bytes, section: string, memory: AddressSpace, budget: Budget): Relocation[] {
  const relocations: Relocation[] = [];
  const add = (address: number): void => {
    budget.spend('entries');
    const word = memory.slice(address, 8);
    const addend = word.length === 8 ? new Bytes(word, section).u64(0) : 0;
    relocations.push({ address, type: R_X86_64.RELATIVE, symbol: '', symbolAddress: 0, addend, section });
  };
  let next = 0;
  for (let at = 0; at + 8 <= data.length; at += 8) {
    const low = data.u32(at);
    const high = data.u32(at + 4);
    if ((low & 1) === 0) {
      add(low + high * TWO_32);
      next = low + high * TWO_32 + 8;
      continue;
    }
    for (let bit = 1; bit < 64; bit++) {
      const set = bit < 32 ? (low >>> bit) & 1 : (high >>> (bit - 32)) & 1;
      if (set) add(next + (bit - 1) * 8);
    }
    next += 63 * 8;
  }
  return relocations;
}
