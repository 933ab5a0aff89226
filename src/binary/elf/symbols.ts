/** Symbol tables (gABI "Symbol Table"). */

import type { BinarySymbol, Section } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';
import { ET, SHN, SHT, STT } from './constants.ts';
import { rawSection, readName } from './tables.ts';

export const SYMBOL_SIZE = 24;

/** One table, in file order: relocations refer to it by index. */
export interface SymbolTable {
  symbols: BinarySymbol[];
  /** Index of the section that holds it; -1 where it was found through the dynamic segment. */
  section: number;
}

/** Every symbol table of the section headers. */
export function readSymbolTables(
  file: Bytes,
  sections: Section[],
  elfType: number,
  budget: Budget,
): SymbolTable[] {
  const tables: SymbolTable[] = [];
  for (const section of sections) {
    if (section.type !== SHT.SYMTAB && section.type !== SHT.DYNSYM) continue;
    const symbols: BinarySymbol[] = [];
    budget.attempt(
      section.name,
      () => {
        const strings = sections[section.link];
        const names = new Bytes(
          strings ? rawSection(file, strings) : new Uint8Array(0),
          `names of ${section.name}`,
        );
        const extended = sections.find((s) => s.type === SHT.SYMTAB_SHNDX && s.link === section.index);
        const indices = extended ? new Bytes(rawSection(file, extended), extended.name) : undefined;
        const data = new Bytes(rawSection(file, section), section.name);
        const table = section.type === SHT.SYMTAB ? 'symtab' : 'dynsym';
        readSymbols(symbols, data, names, table, indices, budget);
      },
      undefined,
    );
    // Section symbols have no name of their own; binutils shows their section's, and so do we.
    for (const symbol of symbols) {
      if (symbol.type === STT.SECTION && symbol.name === '')
        symbol.name = sections[symbol.section]?.name ?? '';
    }
    if (elfType === ET.REL) relocateSymbols(symbols, sections);
    tables.push({ symbols, section: section.index });
  }
  return tables;
}

/** Appends the symbols of `data` to `into`, so that what was read before damage is kept. */
export function readSymbols(
  into: BinarySymbol[],
  data: Bytes,
  names: Bytes,
  table: BinarySymbol['table'],
  extendedIndices: Bytes | undefined,
  budget: Budget,
): void {
  const count = Math.floor(data.length / SYMBOL_SIZE);
  for (let i = 0; i < count; i++) {
    budget.spend('entries');
    const at = i * SYMBOL_SIZE;
    const info = data.u8(at + 4);
    let section = data.u16(at + 6);
    if (section === SHN.XINDEX && extendedIndices) section = extendedIndices.u32(i * 4);
    into.push({
      name: readName(names, data.u32(at), budget),
      address: data.u64(at + 8),
      size: data.u64(at + 16),
      type: info & 15,
      binding: info >> 4,
      visibility: data.u8(at + 5) & 3,
      section,
      table,
    });
  }
}

/** In a relocatable file a symbol's value is an offset into its section (gABI "Symbol Values"). */
function relocateSymbols(symbols: BinarySymbol[], sections: Section[]): void {
  for (const symbol of symbols) {
    if (symbol.section === SHN.UNDEF || symbol.section >= SHN.LORESERVE) continue;
    symbol.address += sections[symbol.section]?.address ?? 0;
  }
}
