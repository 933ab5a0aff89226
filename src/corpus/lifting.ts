/** The column `lifted`: a draft of a function's source that rules make of its machine code (src/lift). */

import type { FunctionBody } from '../binary/instruction.ts';
import type { AddressSpace } from '../binary/memory.ts';
import type { Callees } from '../lift/callees.ts';
import { lift } from '../lift/lift.ts';
import type { VisibleNames } from '../tokens/visible-names.ts';

/** Goes into the keys of what is made with the column: raise it when the lifter writes other texts. */
const LIFT_VERSION = 1;

/** What every function is called in its draft, as Decompile-Eval calls them: no code tells a name. */
export const LIFTED_NAME = 'func0';

/**
 * Instructions of a function that is lifted. Who writes source reads as many (tasks/contrabin/functions.ts), and the time
 * grows faster than their number: of bash it took two thirds of a second for 545, nine seconds for 1104.
 */
const MOST_INSTRUCTIONS = 512;

/**
 * @param callees of the program, where more of its functions are lifted
 * @returns null where the lifter refuses the function, and where it is long
 */
export function liftedText(
  body: FunctionBody,
  names: VisibleNames,
  memory: AddressSpace,
  callees?: Callees,
): string | null {
  if (body.instructions.length > MOST_INSTRUCTIONS) return null;
  return lift(body, { memory, names, name: LIFTED_NAME, ...(callees && { callees }) }).text;
}

/** What a key has more where the column is asked for: the keys of all else are as if there were no such column. */
export function liftedKey(lifted: boolean): (string | number)[] {
  return lifted ? ['lifted', LIFT_VERSION] : [];
}
