/** An ELF file as a `Binary`: the order in which its parts are read, and how they fit together. */

import { corrupt } from '../../error.ts';
import type { Binary, BinarySymbol, Relocation, Section, Segment } from '../binary.ts';
import type { Budget } from '../budget.ts';
import { Bytes } from '../bytes.ts';
import { AddressSpace } from '../memory.ts';
import { decompress, plainName } from './compressed.ts';
import { DT, ET, PT, R_X86_64, SHF, SHT } from './constants.ts';
import { readDynamic, readDynamicSymbols, tableAt, type Dynamic } from './dynamic.ts';
import { type ElfHeader, readHeader } from './header.ts';
import { applyRelocations, layOutSections, placeUndefined, StandIns } from './layout.ts';
import { linkedMemory, sectionRegion } from './memory.ts';
import { findStubs, importSlots } from './plt.ts';
import { readRel, readRela, readRelr } from './relocations.ts';
import { readSymbolTables, type SymbolTable } from './symbols.ts';
import { rawSection, readSections, readSegments } from './tables.ts';

/** SHF_GROUP: one of several copies of which a linker keeps one. */
const SHF_GROUP = 0x200;
const DF_1_PIE = 0x08000000;
const POINTER_SIZE = 8;

/**
 * @throws BinscribeError `unsupported` for other formats and machines, `corrupt` for a damaged header or a
 * truncated file. Damage elsewhere becomes a cut of the budget.
 */
export function openElf(data: Uint8Array, budget: Budget): Binary {
  const file = new Bytes(data, 'file');
  const header = readHeader(file);
  const segments = header.type === ET.REL ? [] : readSegments(file, header, budget);
  const sections = readSections(file, header, budget);
  if (segments.length === 0 && sections.length === 0) {
    throw corrupt('the file has neither program headers nor section headers: nothing in it can be found');
  }
  const parts =
    header.type === ET.REL
      ? openRelocatable(file, sections, budget)
      : openLinked(file, header, sections, segments, budget);
  const cache = new Map<string, Uint8Array | undefined>();
  const { kind, libraries, memory } = parts;
  return {
    format: 'elf',
    arch: 'x86-64',
    kind,
    get stripped() {
      return !parts.links().tables.some((t) => t.symbols.some((s) => s.table === 'symtab'));
    },
    entry: header.type === ET.REL ? 0 : header.entry,
    sections,
    segments,
    get symbols() {
      return parts.links().symbols;
    },
    get relocations() {
      return parts.links().relocations;
    },
    libraries,
    memory,
    get stubs() {
      return parts.links().stubs;
    },
    get imports() {
      return parts.links().imports;
    },
    get initializers() {
      return parts.links().initializers;
    },
    budget,
    sectionData(name) {
      if (!cache.has(name)) {
        const section = findSection(sections, name);
        const contents =
          section && section.type !== SHT.NOBITS ? () => parts.contents(section) : () => undefined;
        cache.set(name, budget.attempt(name, contents, undefined));
      }
      return cache.get(name);
    },
  };
}

/** What leads from one part of a file to another. */
interface Links extends Pick<Binary, 'symbols' | 'relocations' | 'stubs' | 'imports' | 'initializers'> {
  tables: SymbolTable[];
}

interface Parts extends Pick<Binary, 'kind' | 'libraries' | 'memory'> {
  /** Read when they are first asked for: who wants debugging information alone does not pay for a symbol table. */
  links(): Links;
  contents(section: Section): Uint8Array;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A position-independent program is ET_DYN too; DF_1_PIE says so, or an interpreter without a library's name. */
function linkedKind(type: number, segments: Segment[], dynamic: Dynamic): Binary['kind'] {
  if (type === ET.EXEC || (dynamic.values.get(DT.FLAGS_1) ?? 0) & DF_1_PIE) return 'executable';
  const runs = segments.some((s) => s.type === PT.INTERP) && !dynamic.values.has(DT.SONAME);
  return runs ? 'executable' : 'shared';
}

/** Of several sections of one name, the one that is no group member: groups hold copies of single types. */
function findSection(sections: Section[], name: string): Section | undefined {
  const all = sections.filter((s) => plainName(s.name) === name);
  return all.find((s) => !(s.flags & SHF_GROUP)) ?? all[0];
}

function openLinked(
  file: Bytes,
  { type, sectionHeaders }: ElfHeader,
  sections: Section[],
  segments: Segment[],
  budget: Budget,
): Parts {
  // A table that was cut off tells nothing of what its missing half would hold. The loader needs none of it.
  const cut = sections.length < sectionHeaders.count && segments.length > 0;
  const trusted = cut ? [] : sections;
  const memory = linkedMemory(file, trusted, segments, budget);
  const dynamic = readDynamic(segments, memory, budget);
  return {
    kind: linkedKind(type, segments, dynamic),
    libraries: dynamic.libraries,
    memory,
    links: once(() => linkedLinks({ file, sections, trusted, cut, memory, dynamic }, budget)),
    contents: (section) => decompress(section, rawSection(file, section), budget),
  };
}

interface LinkedFile {
  file: Bytes;
  sections: Section[];
  /** None of a table that was cut off. */
  trusted: Section[];
  cut: boolean;
  memory: AddressSpace;
  dynamic: Dynamic;
}

function linkedLinks({ file, sections, trusted, cut, memory, dynamic }: LinkedFile, budget: Budget): Links {
  const tables = readSymbolTables(file, sections, ET.DYN, budget);
  let dynamicTable = tables.find((table) => sections[table.section].type === SHT.DYNSYM);
  if (!dynamicTable && (cut || tables.length === 0)) {
    dynamicTable = { symbols: readDynamicSymbols(dynamic, memory, budget), section: -1 };
    tables.push(dynamicTable);
  }
  const relocations =
    trusted.length > 0
      ? [...sectionRelocations(file, sections, tables, memory, budget).values()].flat()
      : dynamicRelocations(dynamic, dynamicTable?.symbols ?? [], memory, budget);
  const slots = importSlots(relocations);
  const named = memory.regions.some((r) => r.name.startsWith('.'));
  const stubs = findStubs(memory, slots, named, budget);
  const imports = new Map([...slots].filter(([, name]) => name !== ''));
  for (const stub of stubs) if (stub.name !== null) imports.set(stub.address, stub.name);
  return {
    tables,
    symbols: tables.flatMap((t) => t.symbols),
    relocations,
    stubs,
    imports,
    initializers: findInitializers(dynamic, trusted, memory, relocations, budget),
  };
}

function openRelocatable(file: Bytes, sections: Section[], budget: Budget): Parts {
  layOutSections(sections);
  const tables = readSymbolTables(file, sections, ET.REL, budget);
  const bySection = sectionRelocations(file, sections, tables, new AddressSpace([]), budget);
  const relocations = [...bySection.values()].flat();
  const standIns = new StandIns(sections);
  const symbols = tables.flatMap((t) => t.symbols);
  placeUndefined(symbols, relocations, standIns);
  const patches = new Map([...bySection].map(([index, list]) => [sections[index].info, list]));
  const contents = (section: Section): Uint8Array => {
    const raw = decompress(section, rawSection(file, section), budget);
    const own = patches.get(section.index);
    if (!own) return raw;
    budget.spend('bytes', raw.length);
    const patched = raw.slice();
    applyRelocations(patched, section.flags & SHF.ALLOC ? section.address : 0, own, standIns, budget);
    return patched;
  };
  const regions = sections
    .filter((s) => s.flags & SHF.ALLOC)
    .map((s) =>
      sectionRegion(
        s,
        s.type === SHT.NOBITS
          ? new Uint8Array(0)
          : budget.attempt(s.name, () => contents(s), new Uint8Array(0)),
      ),
    );
  const links = { tables, symbols, relocations, stubs: [], imports: standIns.imports, initializers: [] };
  return {
    kind: 'relocatable',
    libraries: [],
    memory: new AddressSpace(regions),
    links: () => links,
    contents,
  };
}

/** By index of the section that holds them. */
function sectionRelocations(
  file: Bytes,
  sections: Section[],
  tables: SymbolTable[],
  memory: AddressSpace,
  budget: Budget,
): Map<number, Relocation[]> {
  const bySection = new Map<number, Relocation[]>();
  for (const section of sections) {
    const { type, name } = section;
    if (type !== SHT.RELA && type !== SHT.REL && type !== SHT.RELR) continue;
    budget.attempt(
      name,
      () => {
        const data = new Bytes(rawSection(file, section), name);
        const symbols: BinarySymbol[] = tables.find((t) => t.section === section.link)?.symbols ?? [];
        const patched = sections[section.info];
        const base =
          memory.regions.length === 0 && patched && patched.flags & SHF.ALLOC ? patched.address : 0;
        const table = { data, section: name, symbols, base };
        const read =
          type === SHT.RELA
            ? readRela(table, budget)
            : type === SHT.REL
              ? readRel(table, budget)
              : readRelr(data, name, memory, budget);
        bySection.set(section.index, read);
      },
      undefined,
    );
  }
  return bySection;
}

function dynamicRelocations(
  dynamic: Dynamic,
  symbols: BinarySymbol[],
  memory: AddressSpace,
  budget: Budget,
): Relocation[] {
  const { values } = dynamic;
  const rela = (addressTag: number, sizeTag: number): Relocation[] =>
    readRela({ data: tableAt(values, memory, addressTag, sizeTag), section: '', symbols, base: 0 }, budget);
  return budget.attempt(
    'dynamic relocations',
    () => [
      ...rela(DT.RELA, DT.RELASZ),
      ...rela(DT.JMPREL, DT.PLTRELSZ),
      ...readRelr(tableAt(values, memory, DT.RELR, DT.RELRSZ), '', memory, budget),
    ],
    [],
  );
}

/** Code that runs before and after `main`. Array slots of position-independent files hold relocations. */
function findInitializers(
  dynamic: Dynamic,
  sections: Section[],
  memory: AddressSpace,
  relocations: Relocation[],
  budget: Budget,
): number[] {
  const { values } = dynamic;
  const arrays = [
    [values.get(DT.PREINIT_ARRAY), values.get(DT.PREINIT_ARRAYSZ)],
    [values.get(DT.INIT_ARRAY), values.get(DT.INIT_ARRAYSZ)],
    [values.get(DT.FINI_ARRAY), values.get(DT.FINI_ARRAYSZ)],
    // Static programs have no dynamic segment: their sections say where the arrays are.
    ...sections
      .filter((s) => /^\.(preinit|init|fini)_array$/.test(s.name) && values.size === 0)
      .map((s) => [s.address, s.size]),
  ].filter((pair): pair is [number, number] => pair[0] !== undefined && pair[1] !== undefined);
  const inArrays = (address: number): boolean =>
    arrays.some(([start, size]) => address >= start && address < start + size);
  const patched = new Map<number, number>();
  for (const { address, type, addend, symbolAddress } of relocations) {
    if (!inArrays(address)) continue;
    if (type === R_X86_64.RELATIVE) patched.set(address, addend);
    else if (type === R_X86_64[64]) patched.set(address, symbolAddress + addend);
  }
  const found = [values.get(DT.INIT), values.get(DT.FINI)];
  for (const [start, size] of arrays) {
    const words = new Bytes(memory.slice(start, size), 'initializer array');
    for (let at = 0; at + POINTER_SIZE <= words.length; at += POINTER_SIZE) {
      budget.spend('entries');
      found.push(patched.get(start + at) ?? words.u64(at));
    }
  }
  return [...new Set(found.filter((a): a is number => a !== undefined && memory.isExecutable(a)))];
}
