/** The functions of a ready program: those that its debug information describes, and those that only have a symbol. */

import type { Binary, BinarySymbol } from '../../binary/binary.ts';
import { STT } from '../../binary/elf/constants.ts';
import { findFunctions } from '../../binary/functions.ts';
import { debugEntries, type Entry } from '../program-rows.ts';
import { compareText } from '../text.ts';

export interface CompiledFunction {
  entry: Entry;
  /**
   * Names by which other files call it, in order. None of a `static` function, which may be called as some public one
   * is, and none of code that chooses a function at run time (STT_GNU_IFUNC): the name is that of what it chooses.
   */
  publicNames: readonly string[];
}

const STB_LOCAL = 0;
/** What all assemblers use, whatever they assemble for. */
const DW_LANG_MIPS_ASSEMBLER = 0x8001;
/** Parts of functions that compilers put elsewhere: no functions of their own. */
const COLD = /\.cold(\.\d+)?$/;

/** In order of address, one for each. */
export function compiledFunctions(binary: Binary): CompiledFunction[] {
  const symbols = symbolsByAddress(binary);
  const described = debugEntries(binary).map(withoutAssembler);
  const entries = [...described, ...symbolEntries(binary, described, symbols)];
  return entries
    .sort((a, b) => a.start - b.start)
    .map((entry) => ({ entry, publicNames: publicNamesOf(entry, symbols.get(entry.start) ?? []) }));
}

/** Assemblers describe labels as functions, and know nothing of their parameters. */
function withoutAssembler(entry: Entry): Entry {
  return entry.subprogram?.language === DW_LANG_MIPS_ASSEMBLER ? { ...entry, subprogram: null } : entry;
}

function symbolsByAddress(binary: Binary): Map<number, BinarySymbol[]> {
  const found = new Map<number, BinarySymbol[]>();
  for (const symbol of binary.symbols) {
    const { type, section, name, address } = symbol;
    if ((type !== STT.FUNC && type !== STT.GNU_IFUNC) || section === 0 || name === '') continue;
    const others = found.get(address);
    if (others) others.push(symbol);
    else found.set(address, [symbol]);
  }
  return found;
}

function symbolEntries(
  binary: Binary,
  described: readonly Entry[],
  symbols: ReadonlyMap<number, readonly BinarySymbol[]>,
): Entry[] {
  const known = new Set(
    described.flatMap(({ start, others }) => [start, ...others.map((part) => part.start)]),
  );
  const found = findFunctions(binary).filter(
    ({ source, address, size }) => source === 'symbol' && size > 0 && !known.has(address),
  );
  const entries = new Map<number, Entry>();
  for (const { address, size, symbol } of found) {
    if (symbol === null || COLD.test(symbol)) continue;
    const external = symbols.get(address)?.some(({ binding }) => binding !== STB_LOCAL) ?? true;
    const code = binary.memory.slice(address, size);
    const labels = { subprogram: null, name: symbol, symbol, external };
    if (code.length > 0) entries.set(address, { ...labels, start: address, code, others: [] });
  }
  for (const { address, size, symbol, parent } of found) {
    if (symbol === null || parent === null || !COLD.test(symbol)) continue;
    entries.get(parent)?.others.push({ start: address, end: address + size });
  }
  return [...entries.values()];
}

function publicNamesOf({ subprogram, external }: Entry, symbols: readonly BinarySymbol[]): string[] {
  if (!external || symbols.some(({ type }) => type === STT.GNU_IFUNC)) return [];
  const names = symbols.filter(({ binding }) => binding !== STB_LOCAL).map(({ name }) => name);
  // A program whose symbols are gone may have its debug information.
  const said = symbols.length > 0 ? [] : [subprogram?.name, subprogram?.linkageName];
  return [...new Set([...names, ...said.filter((name) => typeof name === 'string')])].sort(compareText);
}
