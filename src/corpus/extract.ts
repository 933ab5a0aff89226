/**
 * From a unit's programs to rows. Like the unit itself the step is idempotent, and its result is addressed by
 * what decides it: the unit and the version of this extraction.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Binary } from '../binary/binary.ts';
import { STT } from '../binary/elf/constants.ts';
import { Budget } from '../binary/budget.ts';
import { readSubprograms, type Subprogram } from '../binary/dwarf/index.ts';
import { openBinary } from '../binary/open.ts';
import { disassembleRange } from '../binary/x86/disassemble.ts';
import { BinscribeError } from '../error.ts';
import { exactHash, normalizedHash } from '../tokens/normalize.ts';
import { contentKey } from './hash.ts';
import { ALL_COLUMNS, type ColumnName, type MarkColumn, type TextColumn, type UnmarkedRow } from './row.ts';
import { ShardWriter } from './shard.ts';
import { compareText } from './text.ts';
import type { UnitResult } from './unit.ts';
import type { Workplace } from './workplace.ts';

/** Goes into every key: raise it when a row's contents change. */
const EXTRACT_VERSION = 1;

const LATER: readonly string[] = [
  'split',
  'exact_duplicate',
  'normalized_duplicate',
  'exact_leak',
  'normalized_leak',
  'source',
  'comment',
  'comment_style',
] satisfies (MarkColumn | TextColumn)[];

/** The columns that a unit's rows have before the data set is put together. */
export const UNMARKED_COLUMNS = ALL_COLUMNS.filter(
  (column): column is Exclude<ColumnName, MarkColumn | TextColumn> => !LATER.includes(column),
);

/** A program of which something could not be read. */
export interface ProgramCut {
  binary: string;
  reason: string;
}

/** `rows.json` beside the rows of a unit. */
export interface ExtractedFacts {
  rows: number;
  cuts: ProgramCut[];
}

export interface Extracted extends ExtractedFacts {
  /** The rows, as a shard with `UNMARKED_COLUMNS`. */
  path: string;
}

/**
 * The rows of all programs of a built unit. A program that cannot be read costs its own rows and is listed as
 * a cut.
 *
 * @throws BinscribeError of kind `interrupted` once `signal` is aborted.
 */
export async function extractUnit(
  place: Workplace,
  unitKey: string,
  unit: UnitResult,
  signal?: AbortSignal,
): Promise<Extracted> {
  const key = contentKey(`${EXTRACT_VERSION} ${unitKey}`);
  const target = join(place.rows, key);
  if (!existsSync(target)) {
    const partial = place.partial(`${key}-rows`);
    mkdirSync(partial, { recursive: true });
    const shard = new ShardWriter(join(partial, 'rows.parquet'), UNMARKED_COLUMNS);
    const cuts: ProgramCut[] = [];
    for (const { path } of unit.programs) {
      const content = readFileSync(join(place.unit(unitKey), 'programs', path));
      for (const row of extractProgram(unit, path, content, cuts)) shard.write(row);
      // A large unit takes seconds: signals, timers and the other worker's build want their turn.
      await nextTurn();
      if (signal?.aborted) throw new BinscribeError('interrupted', 'interrupted');
    }
    shard.finish();
    const facts: ExtractedFacts = { rows: shard.rows, cuts };
    writeFileSync(join(partial, 'rows.json'), JSON.stringify(facts, null, 1));
    place.settle(partial, target);
  }
  const facts = JSON.parse(readFileSync(join(target, 'rows.json'), 'utf8')) as ExtractedFacts;
  return { ...facts, path: join(target, 'rows.parquet') };
}

/** The rows of one program by address; what could not be read is added to `cuts`. */
function extractProgram(
  unit: UnitResult,
  path: string,
  content: Uint8Array,
  cuts: ProgramCut[],
): UnmarkedRow[] {
  const budget = new Budget();
  const rows = budget.attempt<UnmarkedRow[]>(
    'program',
    () => {
      const binary = openBinary(content, { budget });
      return entriesOf(binary).map((entry) => makeRow(unit, path, binary, entry));
    },
    [],
  );
  for (const { where, reason } of budget.cuts) cuts.push({ binary: path, reason: `${where}: ${reason}` });
  return rows;
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
  for (const { type, address, name } of binary.symbols) {
    if (type !== STT.FUNC || address === 0) continue;
    const known = names.get(address);
    if (known === undefined || compareText(name, known) < 0) names.set(address, name);
  }
  return names;
}

function makeRow(unit: UnitResult, path: string, binary: Binary, entry: Entry): UnmarkedRow {
  const { subprogram, name, symbol, start, code } = entry;
  const body = disassembleRange(code, start, { budget: binary.budget });
  const others = subprogram.ranges.filter((range) => range.start !== start);
  return {
    package: unit.package,
    version: unit.version,
    compiler: unit.compiler,
    optimization: unit.optimization,
    binary: path,
    name,
    symbol,
    linkage_name: subprogram.linkageName,
    source_file: sourcePath(subprogram.declFile, unit.package),
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

/** Builds run in `/build/<package>`: what follows is the path that the package's authors know. */
function sourcePath(file: string | null, packageName: string): string | null {
  if (file === null) return null;
  const path = posix.normalize(file);
  const root = `/build/${packageName}/`;
  return path.startsWith(root) ? path.slice(root.length) : path;
}
