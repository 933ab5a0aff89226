/** The forward of every operation in float64, in plain loops: nothing here is taken from the operations' rules. */

import { elementwise } from './elementwise.ts';
import { generation } from './generation.ts';
import { layouts } from './layout.ts';
import { manyToOne } from './products.ts';
import { recurrent } from './recurrent.ts';
import { loops } from './scan.ts';
import type { Reference } from './types.ts';

export const REFERENCE: ReadonlyMap<string, Reference['forward']> = new Map(
  [elementwise, generation, layouts, loops, manyToOne, recurrent]
    .flat()
    .map(({ name, forward }) => [name, forward]),
);
