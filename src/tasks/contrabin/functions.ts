/** Functions of a data set with what is to be written of them: their code as normalised assembly, and a text. */

import { KIND, tokensOf } from '../../corpus/c/lexer.ts';
import type { ColumnName, Dataset, FunctionRow } from '../../corpus/dataset.ts';
import type { Split } from '../../corpus/recipe.ts';
import type { Build } from '../../models/drafts/recompiler.ts';
import { identifierParts } from '../../metrics/text/words.ts';
import { firstInstructions } from '../../tokens/assembly.ts';
import { LEAST_INSTRUCTIONS, sourceFunction } from '../chat/sample.ts';

/** What can be written: what people say of a function, its source, or the words that its name consists of. */
export const WRITTEN_COLUMNS = ['text', 'source', 'name'] as const satisfies readonly ColumnName[];
export type WrittenColumn = (typeof WRITTEN_COLUMNS)[number];

/** A function in one of its builds. */
export interface WrittenFunction {
  readonly package: string;
  /** The same for all builds. */
  readonly id: string;
  readonly build: Build;
  readonly assembly: string;
  readonly text: string;
  /** Of what source is written of, a draft by rules without what `codeAlone` leaves out; null where there is none. */
  readonly lifted: string | null;
  readonly code: Uint8Array;
  readonly address: number;
  readonly instructions: number;
  readonly exactHash: string;
  readonly normalizedHash: string;
}

const COLUMNS = [
  ...(['package', 'name', 'source_file', 'compiler', 'optimization'] as const),
  ...(['code', 'address', 'instructions', 'assembly', 'text_kind'] as const),
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
  // Nobody who writes summaries looks at drafts.
  const more = { text: ['text'], source: ['source', 'lifted'], name: [] } as const;
  for await (const row of dataset.rows([...COLUMNS, ...more[column]], { split })) {
    const { normalized_duplicate: isDuplicate, normalized_leak: isLeak, instructions } = row;
    const text = textOf(row, column);
    if (text === '' || isDuplicate || instructions < LEAST_INSTRUCTIONS) continue;
    if (split === 'test' && isLeak) continue;
    const {
      package: from,
      compiler,
      optimization: level,
      code,
      address,
      exact_hash: exactHash,
      normalized_hash: normalizedHash,
    } = row;
    const known = { code, address, instructions, exactHash, normalizedHash };
    const assembly = firstInstructions(row.assembly);
    const lifted = 'lifted' in row && row.lifted !== null ? codeAlone(row.lifted) : null;
    const id = sourceFunction(row);
    yield { package: from, id, build: { compiler, level }, assembly, text, lifted, ...known };
  }
}

type Row = Pick<FunctionRow, 'name' | 'text_kind'> & Partial<Pick<FunctionRow, 'text' | 'source'>>;

function textOf({ name, text_kind: kind, text, source }: Row, column: WrittenColumn): string {
  if (column === 'name') return identifierParts(name).join(' ');
  // Names and problems' numbers are no comments.
  if (column === 'text') return kind === 'name' ? '' : (text ?? '').trim();
  return codeAlone(source ?? '');
}

/** Source without what no machine code tells: comments, and how it is indented. */
export function codeAlone(source: string): string {
  const { kinds, starts, ends } = tokensOf(source);
  let code = '';
  let from = 0;
  for (let i = 0; i < kinds.length; i++) {
    if (kinds[i] !== KIND.comment) continue;
    // A comment stands for a space (C17 5.1.1.2).
    code += `${source.slice(from, starts[i])} `;
    from = ends[i];
  }
  return (code + source.slice(from))
    .trim()
    .replace(/\s*\n\s*/g, '\n')
    .replace(/[ \t]+/g, ' ');
}
