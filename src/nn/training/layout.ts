/** Where each parameter lies: one flat buffer, group after group, so that an update runs over long stretches. */

import type { ParameterAttributes } from '../ops/source.ts';
import { elements } from '../shape.ts';
import { BinscribeError } from '../../error.ts';
import type { Tensor } from '../tensor.ts';

/** A cache line: no two parameters share one. */
const ALIGNMENT = 16;
/** Settings for the parameters of which the name matches; the first group that matches counts. */
export interface ParameterGroup {
  readonly match: RegExp;
  /** Multiplies the optimiser's rate. */
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly frozen?: boolean;
}

export interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  /** In elements. */
  readonly offset: number;
  readonly size: number;
  /** Number of the group in `Layout.groups`. */
  readonly group: number;
  readonly attributes: ParameterAttributes;
}

/** Elements of one group that lie side by side. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly group: number;
}

/** Where the next parameter may begin. */
function endOf({ offset, size }: Slot): number {
  return offset + Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

export class Layout {
  readonly slots: ReadonlyMap<string, Slot>;
  /** The groups as given, and a last one for what matches none. */
  readonly groups: readonly ParameterGroup[];
  /** Elements in all, padding included; what is trained comes first. */
  readonly length: number;
  readonly trainedLength: number;
  /** The trained elements, a stretch a group. */
  readonly stretches: readonly Stretch[];

  constructor(parameters: ReadonlyMap<string, Tensor>, groups: readonly ParameterGroup[]) {
    this.groups = [...groups, { match: /^/ }];
    for (const { match } of groups) {
      if (![...parameters.keys()].some((name) => match.test(name))) {
        throw new BinscribeError('usage', `parameter group ${String(match)} matches no parameter`, {
          hint: `The model has ${[...parameters.keys()].slice(0, 8).join(', ')}…`,
        });
      }
    }
    const groupOf = (name: string): number => this.groups.findIndex(({ match }) => match.test(name));
    const isFrozen = (name: string): boolean => this.groups[groupOf(name)].frozen === true;
    const order = [...parameters].sort(
      ([a], [b]) => Number(isFrozen(a)) - Number(isFrozen(b)) || groupOf(a) - groupOf(b),
    );
    const slots = new Map<string, Slot>();
    let offset = 0;
    let trained = 0;
    for (const [name, tensor] of order) {
      const attributes = tensor.node.attributes as ParameterAttributes;
      const size = elements(attributes.shape);
      slots.set(name, { name, shape: attributes.shape, offset, size, group: groupOf(name), attributes });
      offset = endOf(slots.get(name)!);
      if (!isFrozen(name)) trained = offset;
    }
    this.slots = slots;
    this.length = offset;
    this.trainedLength = trained;
    this.stretches = this.groups.flatMap((_, group) => {
      const own = [...slots.values()].filter((slot) => slot.group === group && slot.offset < trained);
      return own.length === 0 ? [] : [{ start: own[0].offset, end: endOf(own[own.length - 1]), group }];
    });
  }

  isTrained(slot: Slot): boolean {
    return slot.offset < this.trainedLength;
  }

  /** Number of parameters that are learned. */
  get trainedCount(): number {
    let count = 0;
    for (const slot of this.slots.values()) if (this.isTrained(slot)) count += slot.size;
    return count;
  }

  /** @throws BinscribeError `usage` unless a graph's parameters are those of this layout */
  check(parameters: ReadonlyMap<string, Tensor>): void {
    for (const [name, tensor] of parameters) {
      const slot = this.slots.get(name);
      if (!slot || slot.shape.join() !== tensor.shape.join()) {
        throw new BinscribeError(
          'usage',
          `the model declares ${name} [${tensor.shape.join(', ')}] for this batch, ` +
            (slot ? `[${slot.shape.join(', ')}] for another` : 'and did not for another'),
          { hint: 'Sizes of parameters must not depend on the sizes of a batch.' },
        );
      }
    }
  }
}
