/** What a recipe of ready programs names, and where that is. */

import { join } from 'node:path';
import { z } from 'zod';
import { BinscribeError } from '../../error.ts';

const path = z.string().min(1);

/** The kind of `source` that nothing is compiled of. */
export const PROGRAMS = 'programs';

export const programsSource = z.strictObject({
  kind: z.literal(PROGRAMS),
  /** Programs, libraries, object files and static archives of them. */
  files: z
    .array(path)
    .min(1)
    .refine((files) => new Set(files).size === files.length, 'a file is listed twice'),
  /** A folder laid out as `/usr/share/man`: its pages of functions are the texts. */
  manual: path.optional(),
});

export type ProgramsSource = z.infer<typeof programsSource>;

export const PROGRAMS_INPUT = 'the folder that its relative paths are in';

/**
 * Where the paths of a recipe lead: absolute ones as they are, since Debian's files lie at the same place everywhere.
 *
 * @throws BinscribeError of kind `usage` where relative ones are in no folder, or a folder was named for none.
 */
export function pathsIn(
  { files, manual }: ProgramsSource,
  input: string | undefined,
): (named: string) => string {
  const all = manual === undefined ? files : [...files, manual];
  const relative = all.find((named) => !named.startsWith('/'));
  if (relative !== undefined && input === undefined) {
    throw new BinscribeError('usage', `a recipe with the path ${relative} needs ${PROGRAMS_INPUT}`, {
      hint: 'Name it with --input DIR.',
    });
  }
  if (relative === undefined && input !== undefined) {
    throw new BinscribeError('usage', 'the recipe has absolute paths only: no --input');
  }
  return (named) => (named.startsWith('/') || input === undefined ? named : join(input, named));
}
