/** Fields that mean something by their name: those of our data sets, which others may have too. */

import type { ColumnName } from '../../corpus/dataset.ts';

/** What a data set is judged by where nothing else is said. */
export const DATASET_FIELDS = {
  input: 'code',
  output: 'text',
  by: ['package', 'compiler', 'optimization'],
} as const satisfies { input: ColumnName; output: ColumnName; by: readonly ColumnName[] };

/** Texts of rows that say `test` here are asked for their words in the others. */
export const SPLIT_FIELD = 'split' satisfies ColumnName;
export const TEST_SPLIT = 'test';

/** Together they name the file that a row was compiled from, and the definition in it; without a line nothing is known. */
export const FILE_FIELDS = ['package', 'source_file'] as const satisfies readonly ColumnName[];
export const DEFINITION_FIELDS = [
  ...FILE_FIELDS,
  'source_line',
  'name',
] as const satisfies readonly ColumnName[];

/** Whether equal inputs have equal names is one of the older measures. */
export const NAME_FIELD = 'name' satisfies ColumnName;
