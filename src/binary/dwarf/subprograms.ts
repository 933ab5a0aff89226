/**
 * What the debugging entries say about a function: DWARF 5 sections 3.3 and 3.3.8.
 *
 * The entry with the code (the concrete one) often says little itself and leads to others: DW_AT_abstract_origin
 * to what all copies of an inlined function share, DW_AT_specification to the declaration in a class. Each fact
 * is taken from the first entry of that chain that has it. The exception is the list of parameters, which is
 * the concrete entry's own: a `.isra`, `.constprop` or `.part` copy takes fewer than the function it came from.
 */

import type { AddressSpace } from '../memory.ts';
import { AT } from './constants.ts';
import type { Entry } from './entry.ts';
import type { FileTables } from './line-header.ts';
import { isTombstone, readRanges, type AddressRange } from './ranges.ts';
import type { FoundSubprogram } from './scan.ts';
import { typeClassOf, type TypeClass } from './type-class.ts';
import type { TypeNames } from './types.ts';
import type { Unit } from './unit.ts';

export interface Parameter {
  name: string | null;
  /** As C or C++ writes it; `void` where the file does not say. */
  type: string;
  typeClass: TypeClass;
}

/** A function with code. */
export interface Subprogram {
  name: string | null;
  /** Mangled, where it differs from the name. */
  linkageName: string | null;
  /** In the order of the file, cold parts included. Never empty. */
  ranges: AddressRange[];
  /** Where it is entered. */
  entry: number;
  declFile: string | null;
  declLine: number | null;
  /** Those that this copy of the function has. */
  parameters: Parameter[];
  /** `void` where it returns nothing. */
  returnType: string;
  variadic: boolean;
  external: boolean;
  producer: string | null;
  /** DW_LANG_*. */
  language: number | null;
  /** Name of the source file that was compiled. */
  compilationUnit: string | null;
}

/** What the reading of subprograms shares between units. */
export interface Context {
  types: TypeNames;
  files: FileTables;
  memory: AddressSpace;
}

/**
 * What a subprogram and a parameter cost of the budget of bytes: about what they take in memory. In a hostile
 * file they are two bytes each.
 */
const SUBPROGRAM_BYTES = 512;
const PARAMETER_BYTES = 128;

/**
 * The facts about one subprogram; null where the linker dropped its code.
 * @throws BinscribeError of kind `corrupt` or `budget`.
 */
export function readSubprogram(unit: Unit, found: FoundSubprogram, context: Context): Subprogram | null {
  const { budget } = unit.units.sections;
  const concrete = unit.entryAt(found.offset);
  const ranges = readRanges(concrete).filter(
    ({ start, end }) =>
      end > start && (!isTombstone(start, unit.addressSize) || context.memory.isExecutable(start)),
  );
  const first = ranges[0];
  if (!first) return null;
  budget.spend('bytes', SUBPROGRAM_BYTES + PARAMETER_BYTES * found.parameters.length);

  const chain = originsOf(concrete);
  const { producer, language, name: compilationUnit } = unit.facts;
  return {
    name: firstOf(chain, (entry) => entry.text(AT.name)),
    linkageName: firstOf(chain, (entry) => entry.text(AT.linkageName) ?? entry.text(AT.mipsLinkageName)),
    ranges,
    entry: entryAddress(concrete, first.start),
    declFile: firstOf(chain, (entry) => declarationFile(entry, context.files)),
    declLine: firstOf(chain, (entry) => entry.number(AT.declLine)),
    parameters: found.parameters.map((offset) => readParameter(unit.entryAt(offset), context.types)),
    returnType: context.types.of(typeOf(chain)),
    variadic: found.variadic,
    external: firstOf(chain, (entry) => entry.number(AT.external)) === 1,
    producer,
    language,
    compilationUnit,
  };
}

/** An entry and those that it leads to, each once. @throws BinscribeError of kind `budget` for a long chain. */
function originsOf(entry: Entry): Entry[] {
  const chain = [entry];
  const seen = new Set([entry.key]);
  for (const link of chain) {
    entry.unit.units.sections.budget.checkDepth(chain.length);
    for (const attribute of [AT.abstractOrigin, AT.specification]) {
      const next = link.reference(attribute);
      if (!next || seen.has(next.key)) continue;
      seen.add(next.key);
      chain.push(next);
    }
  }
  return chain;
}

function firstOf<T>(chain: readonly Entry[], read: (entry: Entry) => T | null): T | null {
  for (const entry of chain) {
    const value = read(entry);
    if (value !== null) return value;
  }
  return null;
}

/** DW_AT_entry_pc is an address, or since DWARF 5 an offset from the start (section 2.18). */
function entryAddress(entry: Entry, start: number): number {
  const address = entry.address(AT.entryPc);
  if (address !== null) return address;
  return start + (entry.number(AT.entryPc) ?? 0);
}

/** File numbers count in the line table of the unit that uses them. */
function declarationFile(entry: Entry, files: FileTables): string | null {
  const index = entry.number(AT.declFile);
  if (index === null) return null;
  const { unit } = entry;
  const { lineTable, compilationDirectory } = unit.facts;
  if (lineTable === null) return null;
  return files.at(lineTable, unit.addressSize).path(index, compilationDirectory);
}

function readParameter(entry: Entry, types: TypeNames): Parameter {
  const chain = originsOf(entry);
  const type = typeOf(chain);
  return {
    name: firstOf(chain, (link) => link.text(AT.name)),
    type: types.of(type),
    typeClass: typeClassOf(type),
  };
}

function typeOf(chain: readonly Entry[]): Entry | null {
  return firstOf(chain, (entry) => entry.type());
}
