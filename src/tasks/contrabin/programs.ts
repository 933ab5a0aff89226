/** Programs of a collection, each as one text of code: its functions one after another. */

import type { ColumnName, Dataset, FunctionRow } from '../../corpus/dataset.ts';
import type { Split } from '../../corpus/recipe.ts';
import { normalizedIr } from '../../tokens/ir.ts';

/** How binary code is read: as normalised assembly, or as LLVM IR without names. */
export const CODE_VIEWS = ['assembly', 'ir'] as const;
export type CodeView = (typeof CODE_VIEWS)[number];

export interface ProgramText {
  /** Project, problem, topic. */
  readonly group: string;
  /** The same for all builds. */
  readonly id: string;
  /** `gcc-12 O2`. */
  readonly build: string;
  readonly text: string;
}

const PROGRAM_COLUMNS = ['package', 'binary', 'compiler', 'optimization'] as const;
const NAME_COLUMNS = ['name', 'symbol', 'linkage_name'] as const;

/** Columns that code is made of. */
const CODE_COLUMNS = {
  assembly: ['assembly'],
  ir: ['ir', ...NAME_COLUMNS],
} as const satisfies Record<CodeView, readonly ColumnName[]>;

/** A row with its function's code as text. */
export interface Coded<C extends ColumnName> {
  readonly row: Pick<FunctionRow, C | (typeof PROGRAM_COLUMNS)[number]>;
  readonly code: string;
}

export interface CodedOptions<C extends ColumnName> {
  readonly view: CodeView;
  /** That are read beside those of the code. */
  readonly columns: readonly C[];
  readonly split?: Split | undefined;
}

/**
 * Functions in the data set's order with their code as a stripped program shows it: without the names of any of its own.
 * Those without code in this view are left out.
 */
export async function* codedFunctions<C extends ColumnName>(
  dataset: Dataset,
  options: CodedOptions<C>,
): AsyncGenerator<Coded<C>> {
  for await (const program of codedPrograms(dataset, options)) yield* program;
}

/** The same by program. */
async function* codedPrograms<C extends ColumnName>(
  dataset: Dataset,
  { view, columns, split }: CodedOptions<C>,
): AsyncGenerator<Coded<C>[]> {
  const all = new Set<ColumnName>([...PROGRAM_COLUMNS, ...CODE_COLUMNS[view], ...columns]);
  // Only those that the view and the caller use are there.
  const rows: AsyncIterable<FunctionRow> = dataset.rows([...all], split === undefined ? {} : { split });
  let program: FunctionRow[] = [];
  for await (const row of rows) {
    if (program.length > 0 && PROGRAM_COLUMNS.some((column) => row[column] !== program[0][column])) {
      yield codeOf(program, view);
      program = [];
    }
    program.push(row);
  }
  if (program.length > 0) yield codeOf(program, view);
}

function codeOf(program: readonly FunctionRow[], view: CodeView): { row: FunctionRow; code: string }[] {
  const own = new Set(
    view === 'ir' ? program.flatMap((row) => NAME_COLUMNS.map((column) => row[column])) : [],
  );
  return program.flatMap((row) => {
    if (view === 'assembly') return { row, code: row.assembly };
    return row.ir === null ? [] : { row, code: normalizedIr(row.ir, (name) => own.has(name)) };
  });
}

/** Programs of one side in the data set's order; those without a text in this view are left out. */
export async function* programTexts(
  dataset: Dataset,
  view: CodeView,
  split?: Split,
): AsyncGenerator<ProgramText> {
  for await (const program of codedPrograms(dataset, { view, columns: ['address'], split })) {
    const functions = program
      .filter(({ code }) => code !== '')
      .toSorted((a, b) => a.row.address - b.row.address);
    if (functions.length === 0) continue;
    const { package: group, binary, compiler, optimization } = functions[0].row;
    // An empty line between two functions, so that it is seen where one ends.
    const text = functions.map(({ code }) => code).join('\n\n');
    yield { group, id: binary, build: `${compiler} ${optimization}`, text };
  }
}
