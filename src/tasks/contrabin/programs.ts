/** Programs of a collection, each as one text of code: its functions one after another. */

import type { Dataset, FunctionRow } from '../../corpus/dataset.ts';
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

const COLUMNS = {
  assembly: ['package', 'binary', 'compiler', 'optimization', 'address', 'assembly'],
  ir: ['package', 'binary', 'compiler', 'optimization', 'address', 'name', 'symbol', 'linkage_name', 'ir'],
} as const;

type Row = Pick<FunctionRow, 'package' | 'binary' | 'compiler' | 'optimization' | 'address'> &
  Partial<Pick<FunctionRow, 'assembly' | 'ir' | 'name' | 'symbol' | 'linkage_name'>>;

/** Programs of one side in the data set's order; those without a text in this view are left out. */
export async function* programTexts(
  dataset: Dataset,
  view: CodeView,
  split?: Split,
): AsyncGenerator<ProgramText> {
  let rows: Row[] = [];
  const rowsOfSide: AsyncIterable<Row> = dataset.rows(COLUMNS[view], split === undefined ? {} : { split });
  for await (const row of rowsOfSide) {
    if (rows.length > 0 && !isSameProgram(row, rows[0])) {
      yield* programOf(rows, view);
      rows = [];
    }
    rows.push(row);
  }
  if (rows.length > 0) yield* programOf(rows, view);
}

function isSameProgram(a: Row, b: Row): boolean {
  return (
    a.binary === b.binary &&
    a.package === b.package &&
    a.compiler === b.compiler &&
    a.optimization === b.optimization
  );
}

function* programOf(rows: readonly Row[], view: CodeView): Generator<ProgramText> {
  const [{ package: group, binary, compiler, optimization }] = rows;
  const names = new Set(rows.flatMap(({ name, symbol, linkage_name }) => [name, symbol, linkage_name]));
  const texts = rows
    .toSorted((a, b) => a.address - b.address)
    .map(({ assembly, ir }) =>
      view === 'assembly' ? assembly : ir && normalizedIr(ir, (one) => names.has(one)),
    )
    .filter((text) => text !== undefined && text !== null && text !== '');
  if (texts.length === 0) return;
  // An empty line between two functions, so that it is seen where one ends.
  yield { group, id: binary, build: `${compiler} ${optimization}`, text: texts.join('\n\n') };
}
