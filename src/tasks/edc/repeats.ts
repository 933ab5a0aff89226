/** Which items of a set repeat one another: what the bootstrap draws together, and what shuffling leaves together. */

import { connected, type Groups } from '../../metrics/edc/groups.ts';
import type { Item } from './items.ts';

/** Of all items: equal for values that are the same but for addresses, case and spaces. */
export interface ItemKeys {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Repeats {
  /**
   * Items that share an input, an output or a definition, directly or by others: in another set of the kind they would
   * come again, or be missing, together.
   */
  readonly clusters: Groups;
  /**
   * Items whose output was written once: builds of one definition, functions of a file that say the same (a post's all
   * have its text), and the same pair again. Equal outputs of different definitions are apart: that people say the same
   * of alike code is what is to be found out, and is not there in a shuffled set.
   */
  readonly blocks: Groups;
}

export function repeatsOf(items: readonly Item[], { inputs, outputs }: ItemKeys): Repeats {
  const definitions = items.map(({ definition }) => definition);
  const withOutput = (keys: readonly (string | null)[]): (string | null)[] =>
    keys.map((key, i) => key && `${key}\0${outputs[i]}`);
  const files = withOutput(items.map(({ file }) => file));
  return {
    clusters: connected(items.length, [inputs, outputs, definitions]),
    blocks: connected(items.length, [definitions, files, withOutput(inputs)]),
  };
}
