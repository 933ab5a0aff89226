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

/** Columns that a function's code is made of. */
export const FUNCTION_COLUMNS = {
  assembly: ['assembly'],
  ir: ['ir', 'name', 'symbol', 'linkage_name'],
} as const satisfies Record<CodeView, readonly ColumnName[]>;

export type CodeRow = Partial<Pick<FunctionRow, 'assembly' | 'ir' | 'name' | 'symbol' | 'linkage_name'>>;

/**
 * A function's code as text; `null` where it has none in this view.
 * @param names of functions of its program, which a stripped one does not tell: by default its own
 */
export function functionCode({ assembly, ir, ...row }: CodeRow, names?: ReadonlySet<unknown>): string | null {
  if (assembly !== undefined) return assembly;
  if (ir === undefined || ir === null) return null;
  const own = names ?? new Set(namesOf(row));
  return normalizedIr(ir, (name) => own.has(name));
}

function namesOf({ name, symbol, linkage_name }: CodeRow): unknown[] {
  return [name, symbol, linkage_name];
}

const PROGRAM_COLUMNS = ['package', 'binary', 'compiler', 'optimization', 'address'] as const;

type Row = Pick<FunctionRow, (typeof PROGRAM_COLUMNS)[number]> & CodeRow;

/** Programs of one side in the data set's order; those without a text in this view are left out. */
export async function* programTexts(
  dataset: Dataset,
  view: CodeView,
  split?: Split,
): AsyncGenerator<ProgramText> {
  let rows: Row[] = [];
  const rowsOfSide: AsyncIterable<Row> = dataset.rows(
    [...PROGRAM_COLUMNS, ...FUNCTION_COLUMNS[view]],
    split === undefined ? {} : { split },
  );
  for await (const row of rowsOfSide) {
    if (rows.length > 0 && !isSameProgram(row, rows[0])) {
      yield* programOf(rows);
      rows = [];
    }
    rows.push(row);
  }
  if (rows.length > 0) yield* programOf(rows);
}

function isSameProgram(a: Row, b: Row): boolean {
  return (
    a.binary === b.binary &&
    a.package === b.package &&
    a.compiler === b.compiler &&
    a.optimization === b.optimization
  );
}

function* programOf(rows: readonly Row[]): Generator<ProgramText> {
  const [{ package: group, binary, compiler, optimization }] = rows;
  const names = new Set(rows.flatMap(namesOf));
  const texts = rows
    .toSorted((a, b) => a.address - b.address)
    .map((row) => functionCode(row, names))
    .filter((text) => text !== null && text !== '');
  if (texts.length === 0) return;
  // An empty line between two functions, so that it is seen where one ends.
  yield { group, id: binary, build: `${compiler} ${optimization}`, text: texts.join('\n\n') };
}
