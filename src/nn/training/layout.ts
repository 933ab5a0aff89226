/** Where each parameter lies: one flat buffer, group after group, so that an update runs over long stretches. */

import type { ParameterAttributes } from '../ops/source.ts';
import { elements } from '../shape.ts';
import { BinscribeError } from '../../error.ts';
import type { Tensor } from '../tensor.ts';

/** A cache line: no two parameters share one. */
const ALIGNMENT = 16;
/** Numbers that the optimiser's loop works on at once: a row that changes alone must be whole ones of these. */
const QUAD = 4;

/** Settings for the parameters of which the name matches; the first group that matches counts. */
export interface ParameterGroup {
  readonly match: RegExp;
  /** Multiplies the optimiser's rate. */
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly frozen?: boolean;
  /**
   * `rows`, for tables of large vocabularies: a step changes only the rows that it has used, and what the optimiser
   * keeps for them. Other rows neither move on by their old moments nor decay, and the corrections of the first steps
   * go by the steps of the training. TensorFlow calls this LazyAdam, PyTorch SparseAdam; it works with every
   * optimiser here. By default `all`, which is what the optimisers' papers say.
   */
  readonly update?: 'all' | 'rows';
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

function expectRows({ name, size, shape }: Slot): void {
  if (shape.length > 0 && (size / shape[0]) % QUAD === 0) return;
  throw new BinscribeError(
    'usage',
    `parameter ${name}: rows of a multiple of ${QUAD} numbers expected for an update by rows, got [${shape.join(', ')}]`,
  );
}

export class Layout {
  readonly slots: ReadonlyMap<string, Slot>;
  /** The groups as given, and a last one for what matches none. */
  readonly groups: readonly ParameterGroup[];
  /** Elements in all, padding included; what is trained comes first. */
  readonly length: number;
  readonly trainedLength: number;
  /** What every step changes, a stretch a group. */
  readonly stretches: readonly Stretch[];
  /** Tables of which a step changes the rows that it has used. */
  readonly byRows: readonly Slot[];

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
    this.byRows = [...slots.values()].filter(
      (slot) => this.groups[slot.group].update === 'rows' && this.isTrained(slot),
    );
    this.byRows.forEach(expectRows);
    this.stretches = this.groups.flatMap(({ update }, group) => {
      if (update === 'rows') return [];
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
