/** From one program to rows: its functions with what its debug information and their code say. */

import type { Binary } from '../binary/binary.ts';
import { Budget, type Cut } from '../binary/budget.ts';
import { type AddressRange, readSubprograms, type Subprogram } from '../binary/dwarf/index.ts';
import { SHN, STT } from '../binary/elf/constants.ts';
import { openBinary } from '../binary/open.ts';
import { disassembleRange } from '../binary/x86/disassemble.ts';
import { normalizedAssembly } from '../tokens/assembly.ts';
import { exactHash, normalizedHash } from '../tokens/normalize.ts';
import { type VisibleNames, visibleNames } from '../tokens/visible-names.ts';
import { Callees } from '../lift/callees.ts';
import { liftedText } from './lifting.ts';
import type { UnmarkedRow } from './row.ts';
import { compareText } from './text.ts';

/** What is known of a program from outside. */
export type ProgramLabels = Pick<UnmarkedRow, 'package' | 'version' | 'compiler' | 'optimization' | 'binary'>;

/** What the debug information says of the compilation that a row's function comes from. */
export type RowOrigin = Pick<Subprogram, 'producer' | 'compilationUnit'>;

export interface ProgramRows {
  /** By address. */
  rows: UnmarkedRow[];
  /** Of each row. */
  origins: RowOrigin[];
  /** What could not be read. */
  cuts: readonly Cut[];
}

export interface ProgramReading {
  /** From a path in the debug information to the one that the data set shall have. */
  sourcePath: (file: string) => string;
  /** See `visibleNames`. */
  isShown?: (name: string) => boolean;
  /** Whether rows have the column `lifted`; they have not where it is left out. */
  lifted?: boolean;
  budget?: Budget;
}

export function programRows(
  labels: ProgramLabels,
  content: Uint8Array,
  { sourcePath, isShown, lifted = false, budget = new Budget() }: ProgramReading,
): ProgramRows {
  const found = budget.attempt<{ row: UnmarkedRow; origin: RowOrigin }[]>(
    'program',
    () => {
      const binary = openBinary(content, { budget });
      const names = visibleNames(binary, isShown);
      const callees = lifted ? new Callees(binary.memory, names) : null;
      const program = { labels, binary, names, sourcePath, callees };
      return debugEntries(binary).map((entry) => ({
        row: makeRow(program, entry),
        origin: entry.subprogram,
      }));
    },
    [],
  );
  return {
    rows: found.map(({ row }) => row),
    origins: found.map(({ origin }) => origin),
    cuts: budget.cuts,
  };
}

/** A function with a name and code. */
export interface Entry {
  /** What debug information says of it; null where there is none. */
  subprogram: Subprogram | null;
  name: string;
  /** Its symbol: not the name where the compiler made a copy (`quote.part.0`); null where it has none. */
  symbol: string | null;
  /** Visible to other files. */
  external: boolean;
  /** Start of the range that holds the entry. */
  start: number;
  code: Uint8Array;
  /** The other stretches of its code. */
  others: AddressRange[];
}

/** A function that debug information describes. */
export interface DebugEntry extends Entry {
  subprogram: Subprogram;
}

/** The functions that debug information describes, in order of address, one for each. */
export function debugEntries(binary: Binary): DebugEntry[] {
  const symbols = functionSymbols(binary);
  const byAddress = new Map<number, DebugEntry>();
  for (const subprogram of readSubprograms(binary).subprograms) {
    const { ranges, entry, linkageName } = subprogram;
    const { start, end } = ranges.find((range) => range.start <= entry && entry < range.end) ?? ranges[0];
    const symbol = symbols.get(start) ?? null;
    // Compilers leave helpers of their own without a name in the source.
    const name = subprogram.name ?? linkageName ?? symbol;
    if (name === null || !binary.memory.isExecutable(start)) continue;
    const code = binary.memory.slice(start, end - start);
    const known = byAddress.get(start);
    if (known && compareText(known.name, name) <= 0) continue;
    const others = ranges.filter((range) => range.start !== start);
    byAddress.set(start, { subprogram, name, symbol, external: subprogram.external, start, code, others });
  }
  return [...byAddress.values()].sort((a, b) => a.start - b.start);
}

/** Address → name of a function symbol there; of several the first in the order of text. */
function functionSymbols(binary: Binary): Map<number, string> {
  const names = new Map<number, string>();
  for (const { type, address, name, section } of binary.symbols) {
    // In an object that nothing has linked the first function stands at 0.
    if (type !== STT.FUNC || section === SHN.UNDEF) continue;
    const known = names.get(address);
    if (known === undefined || compareText(name, known) < 0) names.set(address, name);
  }
  return names;
}

/** A program while its rows are made. */
export interface OpenedProgram extends Pick<ProgramReading, 'sourcePath'> {
  labels: ProgramLabels;
  binary: Binary;
  names: VisibleNames;
  /** Where rows have the column `lifted`. */
  callees: Callees | null;
}

export function makeRow(
  { labels, binary, names, sourcePath, callees }: OpenedProgram,
  entry: Entry,
): UnmarkedRow {
  const { subprogram, name, symbol, external, start, code, others } = entry;
  const { memory, budget } = binary;
  const body = disassembleRange(code, start, { memory, budget });
  const parameters = subprogram?.parameters ?? [];
  const file = subprogram?.declFile ?? null;
  return {
    package: labels.package,
    version: labels.version,
    compiler: labels.compiler,
    optimization: labels.optimization,
    binary: labels.binary,
    name,
    symbol,
    linkage_name: subprogram?.linkageName ?? null,
    source_file: file === null ? null : sourcePath(file),
    source_line: subprogram?.declLine ?? 0,
    external,
    address: start,
    size: code.length,
    code,
    ranges: [
      { address: start, size: code.length },
      ...others.map((range) => ({ address: range.start, size: range.end - range.start })),
    ],
    instructions: body.instructions.length,
    assembly: normalizedAssembly(body, names),
    blocks: body.blocks.map((block) => block.start - start),
    edges: body.blocks.flatMap(({ successors }, from) => successors.map((to) => ({ from, to }))),
    arguments: subprogram === null ? -1 : parameters.length,
    variadic: subprogram?.variadic ?? false,
    parameter_types: parameters.map((parameter) => parameter.type),
    parameter_classes: parameters.map((parameter) => parameter.typeClass),
    return_type: subprogram?.returnType ?? '',
    exact_hash: exactHash(code),
    normalized_hash: normalizedHash(body),
    lifted: callees && liftedText(body, names, memory, callees),
  };
}
