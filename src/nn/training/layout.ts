/** Where each parameter lies: one flat buffer, group after group, so that an update runs over long stretches. */

import type { ParameterAttributes } from '../ops/source.ts';
import { elements } from '../shape.ts';
import { BinscribeError } from '../../error.ts';
import type { Tensor } from '../tensor.ts';

/** A cache line: no two parameters share one. */
const ALIGNMENT = 16;
/**
 * Elements that one node of an update works on. 256 KB an operand, so that the dozen passes of Adam over the
 * same stretch are made in the cache of a core and not in memory.
 */
export const CHUNK = 1 << 16;

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

export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly group: number;
}

export class Layout {
  readonly slots: ReadonlyMap<string, Slot>;
  /** The groups as given, and a last one for what matches none. */
  readonly groups: readonly ParameterGroup[];
  /** Elements in all, padding included; what is trained comes first. */
  readonly length: number;
  readonly trainedLength: number;

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
      offset += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
      if (!isFrozen(name)) trained = offset;
    }
    this.slots = slots;
    this.length = offset;
    this.trainedLength = trained;
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

  /** The trained elements in stretches of one group each, none longer than a chunk. */
  stretches(): Stretch[] {
    const found: Stretch[] = [];
    let group = -1;
    for (const slot of this.slots.values()) {
      if (!this.isTrained(slot)) break;
      const end = slot.offset + Math.ceil(slot.size / ALIGNMENT) * ALIGNMENT;
      for (let at = slot.offset; at < end;) {
        const last = found[found.length - 1];
        const room = last && slot.group === group ? CHUNK - (last.end - last.start) : 0;
        const taken = Math.min(end - at, room > 0 ? room : CHUNK);
        if (room > 0) found[found.length - 1] = { ...last, end: at + taken };
        else found.push({ start: at, end: at + taken, group: slot.group });
        group = slot.group;
        at += taken;
      }
    }
    return found;
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
