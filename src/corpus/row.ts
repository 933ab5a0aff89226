/**
 * One row of a data set: one function of one program or snippet, as compiled, with what its debug information says.
 * The table below is the only place where a column is defined: the row's type, the Parquet schema and the table in the
 * data set's card come from it.
 */

import type { SchemaElement } from 'hyparquet';
import type { Split } from './recipe.ts';
import type { Level } from './toolchain.ts';

/** A stretch of a function's code. Most functions have one; compilers move cold parts elsewhere. */
export interface CodeRange {
  address: number;
  size: number;
}

/** From one basic block to another, by their numbers. */
export interface ControlEdge {
  from: number;
  to: number;
}

/** Stands for a compiler and a level that a program does not tell. */
export const UNKNOWN = 'unknown';

/** What a column's values are in TypeScript, by kind. */
interface KindTypes {
  text: string;
  optionalText: string | null;
  split: Split;
  level: Level | typeof UNKNOWN;
  integer: number;
  /** A whole number up to 2^53; 64 bits in the file. */
  address: number;
  flag: boolean;
  bytes: Uint8Array;
  texts: string[];
  ranges: CodeRange[];
  integers: number[];
  edges: ControlEdge[];
}

interface Column {
  kind: keyof KindTypes;
  description: string;
}

export const COLUMNS = {
  package: {
    kind: 'text',
    description:
      'Debian source package, or project; of a snippet its group: project, problem, question, topic; of a ready program its file, or the archive that it is in',
  },
  version: {
    kind: 'text',
    description: "the package's version; '' for snippets, ready programs and where unknown",
  },
  split: { kind: 'split', description: '`train` or `test`: whole packages and groups lie on one side' },
  compiler: {
    kind: 'text',
    description: 'compiler as Debian names it, `gcc-12` say; `unknown` where a ready program does not tell',
  },
  optimization: {
    kind: 'level',
    description: '`O0` to `O3`, or `Os`; `unknown` where a ready program does not tell',
  },
  flags: { kind: 'text', description: "what the compiler got from us, after the package's own flags" },
  binary: {
    kind: 'text',
    description: 'path of the program inside the build, id of the snippet, or `ARCHIVE(MEMBER)`',
  },
  name: {
    kind: 'text',
    description: 'name in the source (DW_AT_name); of a ready program without debug information its symbol',
  },
  symbol: {
    kind: 'optionalText',
    description:
      'function symbol at its address; other than `name` for copies that a compiler makes (`.part.0`)',
  },
  linkage_name: { kind: 'optionalText', description: 'mangled name, where it differs (C++)' },
  source_file: {
    kind: 'optionalText',
    description: 'file of the declaration, inside the build where it lies there',
  },
  source_line: { kind: 'integer', description: 'line of the declaration; 0 where unknown' },
  external: { kind: 'flag', description: 'visible to other files (not `static`)' },
  address: { kind: 'address', description: "address of the function's first byte in the program" },
  size: { kind: 'integer', description: 'bytes of `code`' },
  code: {
    kind: 'bytes',
    description: 'machine code of the first range, as linked; of snippets with their relocations resolved',
  },
  ranges: { kind: 'ranges', description: 'all stretches of code: the first, then cold parts' },
  instructions: { kind: 'integer', description: 'instructions in `code`, padding included' },
  assembly: {
    kind: 'text',
    description:
      '`code` as normalised assembly: an instruction a line, a label `.N:` where jumps lead to block N, addresses replaced by words or by what a stripped program says there: names of imports, strings, numbers',
  },
  blocks: { kind: 'integers', description: 'offset of each basic block in `code`' },
  edges: {
    kind: 'edges',
    description:
      'control flow from block to block, by their numbers; through jump tables too where they are known',
  },
  arguments: {
    kind: 'integer',
    description: 'number of parameters that this copy of the function has; -1 where that is unknown',
  },
  variadic: { kind: 'flag', description: 'takes further arguments (`...`)' },
  parameter_types: { kind: 'texts', description: 'type of each parameter, as C writes it' },
  parameter_classes: {
    kind: 'texts',
    description: 'class of each type, typedefs resolved: `int`, `pointer`, `struct` …',
  },
  return_type: { kind: 'text', description: "type returned; '' where that is unknown" },
  exact_hash: { kind: 'text', description: 'hash of `code`' },
  normalized_hash: {
    kind: 'text',
    description: 'hash of the instructions of `code` with addresses, call targets and padding left out',
  },
  source: { kind: 'optionalText', description: 'definition in the source, where it was found there' },
  ir: {
    kind: 'optionalText',
    description:
      'LLVM IR of the function after optimisation, without debug metadata, where the recipe asks for it',
  },
  lifted: {
    kind: 'optionalText',
    description:
      'draft of the source, under the name `func0`, that rules make of the machine code with the names and strings that a stripped program says, where the recipe asks for it and the rules reach',
  },
  text: {
    kind: 'optionalText',
    description: 'what people say of it: of a comment, marks, frames and descriptions of arguments left out',
  },
  text_kind: {
    kind: 'optionalText',
    description:
      '`comment`, `name`, `post`, `documentation`, `problem`, `man` or `machine` (made by a program)',
  },
  text_style: {
    kind: 'optionalText',
    description: 'how a comment is written: `gnu`, `kernel-doc`, `doxygen` or `plain`',
  },
  text_author: { kind: 'optionalText', description: 'who wrote the text, where that is known' },
  text_reference: {
    kind: 'optionalText',
    description: 'where the text stands: file and line, post, problem',
  },
  text_licence: { kind: 'optionalText', description: "the text's licence, where it has one of its own" },
  exact_duplicate: {
    kind: 'flag',
    description: 'an earlier row of the same side, compiler and level has the same `exact_hash`',
  },
  normalized_duplicate: { kind: 'flag', description: 'the same for `normalized_hash`' },
  exact_leak: {
    kind: 'flag',
    description: 'a row of the other side has the same `exact_hash`, at whichever compiler and level',
  },
  normalized_leak: { kind: 'flag', description: 'the same for `normalized_hash`' },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof COLUMNS;

/** A row, its fields named as the columns are, so that a projection is a list of field names. */
export type FunctionRow = { [C in ColumnName]: KindTypes[(typeof COLUMNS)[C]['kind']] };

/** The columns that are known only once all packages are there. */
export const MARK_COLUMNS = [
  'split',
  'exact_duplicate',
  'normalized_duplicate',
  'exact_leak',
  'normalized_leak',
] as const satisfies ColumnName[];
export type MarkColumn = (typeof MARK_COLUMNS)[number];

/** Where a text comes from. `machine`: a program wrote it. */
export const TEXT_KINDS = ['comment', 'name', 'post', 'documentation', 'problem', 'man', 'machine'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

/** The columns that come from the sources, not from what was built of them. */
export const TEXT_COLUMNS = [
  'source',
  'text',
  'text_kind',
  'text_style',
  'text_author',
  'text_reference',
  'text_licence',
] as const satisfies ColumnName[];
export type TextColumn = (typeof TEXT_COLUMNS)[number];

/** The columns that say how a row was made beyond what a program's file and its debug information tell. */
export const BUILD_COLUMNS = ['flags', 'ir'] as const satisfies ColumnName[];
export type BuildColumn = (typeof BUILD_COLUMNS)[number];

/** A row as the extraction of a program gives it. */
export type UnmarkedRow = Omit<FunctionRow, MarkColumn | TextColumn | BuildColumn>;

export const ALL_COLUMNS = Object.keys(COLUMNS) as ColumnName[];

/** Columns that shards from before them lack: nobody asked for their values, so they are null. */
export const YOUNG_COLUMNS: readonly ColumnName[] = ['lifted'];

/** All but those that are known later. */
export function columnsBefore<L extends ColumnName>(later: readonly L[]): Exclude<ColumnName, L>[] {
  return ALL_COLUMNS.filter(
    (column): column is Exclude<ColumnName, L> => !(later as readonly ColumnName[]).includes(column),
  );
}

type Leaf = Pick<SchemaElement, 'type' | 'converted_type'>;
const TEXT: Leaf = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
const LEAVES: Record<Exclude<keyof KindTypes, 'texts' | 'ranges' | 'integers' | 'edges'>, Leaf> = {
  text: TEXT,
  optionalText: TEXT,
  split: TEXT,
  level: TEXT,
  integer: { type: 'INT32' },
  address: { type: 'INT64' },
  flag: { type: 'BOOLEAN' },
  bytes: { type: 'BYTE_ARRAY' },
};

/** The Parquet schema of the given columns. */
export function parquetSchema(columns: readonly ColumnName[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(columnSchema)];
}

function columnSchema(name: ColumnName): SchemaElement[] {
  const { kind } = COLUMNS[name];
  if (kind === 'texts') {
    return listOf(name, [{ name: 'element', repetition_type: 'REQUIRED', ...TEXT }]);
  }
  if (kind === 'integers') {
    return listOf(name, [{ name: 'element', repetition_type: 'REQUIRED', ...LEAVES.integer }]);
  }
  if (kind === 'ranges') {
    return listOf(name, [
      { name: 'element', repetition_type: 'REQUIRED', num_children: 2 },
      { name: 'address', repetition_type: 'REQUIRED', ...LEAVES.address },
      { name: 'size', repetition_type: 'REQUIRED', ...LEAVES.integer },
    ]);
  }
  if (kind === 'edges') {
    return listOf(name, [
      { name: 'element', repetition_type: 'REQUIRED', num_children: 2 },
      { name: 'from', repetition_type: 'REQUIRED', ...LEAVES.integer },
      { name: 'to', repetition_type: 'REQUIRED', ...LEAVES.integer },
    ]);
  }
  const repetition_type = kind === 'optionalText' ? 'OPTIONAL' : 'REQUIRED';
  return [{ name, repetition_type, ...LEAVES[kind] }];
}

/** The three levels that the Parquet format prescribes for a list. */
function listOf(name: string, element: SchemaElement[]): SchemaElement[] {
  return [
    { name, repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}

/** A value as the Parquet writer wants it: 64-bit numbers are bigints there. */
export function toParquet(column: ColumnName, value: FunctionRow[ColumnName]): unknown {
  const { kind } = COLUMNS[column];
  if (kind === 'address') return BigInt(value as number);
  if (kind === 'ranges') {
    return (value as CodeRange[]).map(({ address, size }) => ({ address: BigInt(address), size }));
  }
  return value;
}

/** The reverse of `toParquet`. */
export function fromParquet(column: ColumnName, value: unknown): FunctionRow[ColumnName] {
  const { kind } = COLUMNS[column];
  if (kind === 'address') return Number(value);
  if (kind === 'ranges') {
    return (value as { address: bigint; size: number }[]).map(({ address, size }) => ({
      address: Number(address),
      size,
    }));
  }
  return value as FunctionRow[ColumnName];
}
