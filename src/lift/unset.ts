/** Variables that some way leaves unset. */

import { type Blocks, FIRST_WEB } from './dataflow.ts';

/**
 * What a called function may have changed is in no variable of the source: where a variable gets that on one way and a value
 * on another, the source has left it unset on the first.
 */
export function leaveUnset(blocks: Blocks): void {
  const set = new Set<number>();
  for (const block of blocks) {
    for (const statement of block?.statements ?? []) {
      if (statement.kind === 'set' && statement.value.kind !== 'undefined') set.add(statement.to);
    }
  }
  for (const block of blocks) {
    if (!block) continue;
    block.statements = block.statements.filter(
      (one) => one.kind !== 'set' || one.value.kind !== 'undefined' || one.to < FIRST_WEB || !set.has(one.to),
    );
  }
}
