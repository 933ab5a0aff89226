/** Functions as the network takes them: one after another in one row of instructions. */

import type { HostTensors } from '../../nn/runtime.ts';
import { FIELDS, NO_INSTRUCTION } from '../../tokens/fields.ts';

/**
 * Lengths of batches are multiples of this, so that a few graphs serve: in a batch of a hundred functions the rest
 * that is filled up is a tenth of the work.
 */
const STEP = 1024;

/** The owner of an instruction that only fills up. */
const NOBODY = -1;

/**
 * @param functions rows of `fieldRows`, one function each, and the number of arguments by the rule
 * @param gap rows of nothing before, between and after functions: see `reachOf`
 * @returns the inputs of `FlatFunctions`
 */
export function flatBatch(
  functions: readonly { readonly rows: Uint16Array; readonly rule: number }[],
  gap: number,
  step = STEP,
): HostTensors {
  const total = functions.reduce((sum, { rows }) => sum + rows.length / FIELDS + gap, gap);
  const length = Math.ceil(total / step) * step;
  const fields = new Int32Array(FIELDS * length);
  NO_INSTRUCTION.forEach((nothing, field) => fields.fill(nothing, field * length, (field + 1) * length));
  const owner = new Int32Array(length).fill(NOBODY);
  let at = gap;
  functions.forEach(({ rows }, i) => {
    const own = rows.length / FIELDS;
    for (let row = 0; row < own; row++) {
      for (let field = 0; field < FIELDS; field++) {
        fields[field * length + at + row] = rows[row * FIELDS + field];
      }
    }
    owner.fill(i, at, at + own);
    at += own + gap;
  });
  return {
    fields: { dtype: 'int32', shape: [FIELDS, length], data: fields },
    owner: { dtype: 'int32', shape: [length], data: owner },
    rule: { dtype: 'int32', shape: [functions.length], data: Int32Array.from(functions, ({ rule }) => rule) },
  };
}
