/** Functions of a data set with what is to be written of them: their code as normalised assembly, and a text. */

import type { ColumnName, Dataset, FunctionRow } from '../../corpus/dataset.ts';
import type { Split } from '../../corpus/recipe.ts';
import { LEAST_INSTRUCTIONS, sourceFunction } from '../chat/sample.ts';

/** What can be written: what people say of a function, or its source. */
export const WRITTEN_COLUMNS = ['text', 'source'] as const satisfies readonly ColumnName[];
export type WrittenColumn = (typeof WRITTEN_COLUMNS)[number];

/** A function in one of its builds. */
export interface WrittenFunction {
  readonly package: string;
  /** The same for all builds. */
  readonly id: string;
  readonly assembly: string;
  readonly text: string;
  readonly code: Uint8Array;
  readonly address: number;
  readonly instructions: number;
  readonly exactHash: string;
  readonly normalizedHash: string;
}

const COLUMNS = [
  ...(['package', 'name', 'source_file', 'code', 'address', 'instructions', 'assembly'] as const),
  ...(['exact_hash', 'normalized_hash', 'normalized_duplicate', 'normalized_leak'] as const),
];

/**
 * Of one side, in the data set's order; of rows with the same code the first, and of the test side none whose code a
 * training row has: neither asks for more than to remember. Stubs are left out.
 */
export async function* writtenFunctions(
  dataset: Dataset,
  column: WrittenColumn,
  split: Split,
): AsyncGenerator<WrittenFunction> {
  for await (const row of dataset.rows([...COLUMNS, column], { split })) {
    const { normalized_duplicate: isDuplicate, normalized_leak: isLeak, instructions } = row;
    const text = textOf(row, column);
    if (text === '' || isDuplicate || instructions < LEAST_INSTRUCTIONS) continue;
    if (split === 'test' && isLeak) continue;
    const {
      package: from,
      assembly,
      code,
      address,
      exact_hash: exactHash,
      normalized_hash: normalizedHash,
    } = row;
    const known = { code, address, instructions, exactHash, normalizedHash };
    yield { package: from, id: sourceFunction(row), assembly, text, ...known };
  }
}

/** Without what no machine code tells: how source code is indented. */
function textOf(row: Pick<FunctionRow, WrittenColumn>, column: WrittenColumn): string {
  const text = (row[column] ?? '').trim();
  return column === 'text' ? text : text.replace(/\s*\n\s*/g, '\n').replace(/[ \t]+/g, ' ');
}
