/** From one program to rows: its functions with what its debug information and their code say. */

import type { Binary } from '../binary/binary.ts';
import { Budget, type Cut } from '../binary/budget.ts';
import { readSubprograms, type Subprogram } from '../binary/dwarf/index.ts';
import { SHN, STT } from '../binary/elf/constants.ts';
import { openBinary } from '../binary/open.ts';
import { disassembleRange } from '../binary/x86/disassemble.ts';
import { exactHash, normalizedHash } from '../tokens/normalize.ts';
import type { UnmarkedRow } from './row.ts';
import { compareText } from './text.ts';

/** What is known of a program from outside. */
export type ProgramLabels = Pick<UnmarkedRow, 'package' | 'version' | 'compiler' | 'optimization' | 'binary'>;

export interface ProgramRows {
  /** By address. */
  rows: UnmarkedRow[];
  /** What could not be read. */
  cuts: readonly Cut[];
}

/** @param sourcePath from a path in the debug information to the one that the data set shall have */
export function programRows(
  labels: ProgramLabels,
  content: Uint8Array,
  sourcePath: (file: string) => string,
  budget = new Budget(),
): ProgramRows {
  const rows = budget.attempt<UnmarkedRow[]>(
    'program',
    () => {
      const binary = openBinary(content, { budget });
      return entriesOf(binary).map((entry) => makeRow(labels, sourcePath, binary, entry));
    },
    [],
  );
  return { rows, cuts: budget.cuts };
}

/** A function with a name and code. */
interface Entry {
  subprogram: Subprogram;
  name: string;
  /** Its symbol: not the name where the compiler made a copy (`quote.part.0`); null where it has none. */
  symbol: string | null;
  /** Start of the range that holds the entry. */
  start: number;
  code: Uint8Array;
}

/** The functions of a program in order of address, one for each. */
function entriesOf(binary: Binary): Entry[] {
  const symbols = functionSymbols(binary);
  const byAddress = new Map<number, Entry>();
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
    byAddress.set(start, { subprogram, name, symbol, start, code });
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

function makeRow(
  program: ProgramLabels,
  sourcePath: (file: string) => string,
  binary: Binary,
  entry: Entry,
): UnmarkedRow {
  const { subprogram, name, symbol, start, code } = entry;
  const body = disassembleRange(code, start, { budget: binary.budget });
  const others = subprogram.ranges.filter((range) => range.start !== start);
  return {
    package: program.package,
    version: program.version,
    compiler: program.compiler,
    optimization: program.optimization,
    binary: program.binary,
    name,
    symbol,
    linkage_name: subprogram.linkageName,
    source_file: subprogram.declFile === null ? null : sourcePath(subprogram.declFile),
    source_line: subprogram.declLine ?? 0,
    external: subprogram.external,
    address: start,
    size: code.length,
    code,
    ranges: [
      { address: start, size: code.length },
      ...others.map((range) => ({ address: range.start, size: range.end - range.start })),
    ],
    instructions: body.instructions.length,
    arguments: subprogram.parameters.length,
    variadic: subprogram.variadic,
    parameter_types: subprogram.parameters.map((parameter) => parameter.type),
    parameter_classes: subprogram.parameters.map((parameter) => parameter.typeClass),
    return_type: subprogram.returnType,
    exact_hash: exactHash(code),
    normalized_hash: normalizedHash(body),
  };
}
