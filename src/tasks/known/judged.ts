/** Programs whose functions' names are known to us and not to a model: of a data set's test side, and of static libraries. */

import { openDataset } from '../../corpus/dataset.ts';
import type { FunctionInput } from '../../models/model.ts';
import { labelledPrograms } from '../labelled.ts';
import type { NamedProgram } from './named.ts';

export interface JudgedProgram {
  /** Package, or library. */
  readonly from: string;
  readonly functions: readonly FunctionInput[];
  /** One for each of the functions, in order. */
  readonly truths: readonly Truth[];
}

export interface Truth {
  readonly name: string;
  /** What its programmers say of it. */
  readonly comment: string | null;
  /** Whether training has the same code, or an earlier function of this side, compiler and level. */
  readonly isCopy: boolean;
}

/** The test side of a data set. */
export async function* testPrograms(folder: string): AsyncGenerator<JudgedProgram> {
  for await (const { package: from, functions, labels } of labelledPrograms(openDataset(folder), 'test')) {
    const truths = labels.map(({ name, comment, duplicate, leak }) => ({
      name,
      comment,
      isCopy: duplicate || leak,
    }));
    yield { from, functions, truths };
  }
}

/** A program by its symbols. */
export function byItsSymbols({ from, functions, names }: NamedProgram): JudgedProgram {
  return { from, functions, truths: names.map((name) => ({ name, comment: null, isCopy: false })) };
}
