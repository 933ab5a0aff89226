/** Programs with known answers: the rows of a data set put together again, as a model wants to see them. */

import { disassembleRange } from '../binary/x86/disassemble.ts';
import type { Dataset, FunctionRow } from '../corpus/dataset.ts';
import type { Split } from '../corpus/recipe.ts';
import { UNKNOWN } from '../corpus/row.ts';
import type { FunctionInput } from '../models/model.ts';

/** What is known of a function beside its code. */
export interface FunctionLabels {
  name: string;
  /** Declared parameters. */
  arguments: number;
  /** Class of each one's type; none where that is not known. */
  types: readonly string[];
  sourceFile: string | null;
  /** What its programmers say of it in a comment. */
  comment: string | null;
  exactHash: string;
  normalizedHash: string;
  /** An earlier function of the same side, compiler and level has the same code, addresses normalised. */
  duplicate: boolean;
  /** A function of the other side has it. */
  leak: boolean;
}

export interface LabelledProgram {
  package: string;
  version: string;
  /** `gcc-12` say. */
  compiler: string;
  /** `O0` to `O3`. */
  optimization: string;
  binary: string;
  /** One input for each of the labels, in order. */
  functions: FunctionInput[];
  labels: FunctionLabels[];
}

/** The levels that models tell apart. Rows of others (`Os`) are no answer to their question, right or wrong. */
export const JUDGED_LEVELS: readonly string[] = ['O0', 'O1', 'O2', 'O3'];

/** Whether a row's compiler and level are known and among those that models tell apart. */
export function isJudged({
  compiler,
  optimization,
}: Pick<FunctionRow, 'compiler' | 'optimization'>): boolean {
  return compiler !== UNKNOWN && JUDGED_LEVELS.includes(optimization);
}

/** `gcc` or `clang`: what the classifier tells apart. */
export function compilerFamily(compiler: string): string {
  return compiler.replace(/-\d+$/, '');
}

const COLUMNS = [
  ...(['package', 'version', 'compiler', 'optimization', 'binary', 'name', 'arguments'] as const),
  ...(['source_file', 'address', 'size', 'code', 'exact_hash', 'normalized_hash'] as const),
  ...(['parameter_classes', 'text', 'text_kind', 'normalized_duplicate', 'normalized_leak'] as const),
];

type Row = Pick<FunctionRow, (typeof COLUMNS)[number]>;

/** The programs of one side at the levels that are judged, in the data set's order; memory for one program at a time. */
export async function* labelledPrograms(dataset: Dataset, split: Split): AsyncGenerator<LabelledProgram> {
  let program: LabelledProgram | undefined;
  for await (const row of dataset.rows(COLUMNS, { split })) {
    if (!isJudged(row)) continue;
    if (!program || !belongsTo(row, program)) {
      if (program) yield program;
      const { package: name, version, compiler, optimization, binary } = row;
      program = { package: name, version, compiler, optimization, binary, functions: [], labels: [] };
    }
    program.functions.push({
      address: row.address,
      size: row.size,
      code: row.code,
      body: disassembleRange(row.code, row.address),
    });
    program.labels.push({
      name: row.name,
      arguments: row.arguments,
      types: row.parameter_classes,
      sourceFile: row.source_file,
      comment: row.text_kind === 'comment' ? row.text : null,
      exactHash: row.exact_hash,
      normalizedHash: row.normalized_hash,
      duplicate: row.normalized_duplicate,
      leak: row.normalized_leak,
    });
  }
  if (program) yield program;
}

function belongsTo(row: Row, program: LabelledProgram): boolean {
  return (
    row.binary === program.binary &&
    row.optimization === program.optimization &&
    row.compiler === program.compiler &&
    row.package === program.package
  );
}
