/**
 * Everything that a step changes. Parameters and the optimiser's state lie in two sets of buffers: a step reads
 * one and writes the other, since ONNX Runtime must not write what it reads.
 */

import { RandomStream } from '../random.ts';
import { BinscribeError } from '../../error.ts';
import { elements } from '../shape.ts';
import type { HostTensor } from '../runtime.ts';
import type { Layout, Slot } from './layout.ts';

/** Copies of all that changes, for a checkpoint. */
export interface StateSnapshot {
  readonly step: number;
  /** By name: `parameters`, and each of the optimiser's. */
  readonly buffers: Readonly<Record<string, Float32Array>>;
}

/** What a buffer holds: `parameters`, `gradients`, `accumulated` or one of the optimiser's. */
type BufferName = string;

export class TrainingState {
  readonly layout: Layout;
  /** Steps done. */
  step = 0;
  /** Gradients of one batch. */
  readonly gradients: Float32Array;
  private sum: Float32Array | null = null;
  private readonly sides: readonly [Record<string, Float32Array>, Record<string, Float32Array>];
  private side: 0 | 1 = 0;
  private readonly views = new Map<string, HostTensor>();

  constructor(layout: Layout, optimizerState: readonly string[], seed: number) {
    this.layout = layout;
    this.gradients = new Float32Array(layout.trainedLength);
    const parameters = new Float32Array(layout.length);
    for (const slot of layout.slots.values()) {
      const values = parameters.subarray(slot.offset, slot.offset + slot.size);
      slot.attributes.initializer(values, slot.shape, new RandomStream(seed, slot.name));
    }
    const side = (own: Float32Array): Record<string, Float32Array> => ({
      parameters: own,
      ...Object.fromEntries(optimizerState.map((name) => [name, new Float32Array(layout.trainedLength)])),
    });
    this.sides = [side(parameters), side(parameters.slice())];
  }

  /** Gradients of several batches; made when first asked for. */
  get accumulated(): Float32Array {
    this.sum ??= new Float32Array(this.layout.trainedLength);
    return this.sum;
  }

  /** The step has been written: what was next is current. */
  advance(): void {
    this.side = this.side === 0 ? 1 : 0;
    this.step++;
  }

  private buffer(name: BufferName, side: 0 | 1): Float32Array {
    if (name === 'gradients') return this.gradients;
    return name === 'accumulated' ? this.accumulated : this.sides[side][name];
  }

  /**
   * A stretch of a buffer as the runtime takes it: the same object each time, so that it keeps its own view.
   * @param next of the side that the step in progress writes
   */
  view(name: BufferName, start: number, shape: readonly number[], next = false): HostTensor {
    const side = this.side === (next ? 1 : 0) ? 0 : 1;
    const key = `${side}/${name}/${start}/${shape.join()}`;
    let view = this.views.get(key);
    if (!view) {
      const data = this.buffer(name, side).subarray(start, start + elements(shape));
      view = { dtype: 'float32', shape, data };
      this.views.set(key, view);
    }
    return view;
  }

  /** Current values of a parameter, not copied. */
  values({ offset, size }: Slot): Float32Array {
    return this.sides[this.side]['parameters'].subarray(offset, offset + size);
  }

  snapshot(): StateSnapshot {
    const buffers = Object.entries(this.sides[this.side]).map(([name, values]) => [name, values.slice()]);
    return { step: this.step, buffers: Object.fromEntries(buffers) as Record<string, Float32Array> };
  }

  /** @throws BinscribeError `usage` where the snapshot is of another model or optimiser */
  restore({ step, buffers }: StateSnapshot): void {
    for (const [name, own] of Object.entries(this.sides[this.side])) {
      const saved = buffers[name];
      if (saved?.length !== own.length) {
        throw new BinscribeError(
          'usage',
          `checkpoint: ${own.length} numbers of ${name} expected, got ${saved?.length ?? 'none'}`,
          { hint: 'It was saved by another model or optimiser.' },
        );
      }
      own.set(saved);
    }
    this.step = step;
    this.mirrorParameters();
  }

  /** Sets a parameter. */
  assign({ offset, size, name }: Slot, values: Float32Array): void {
    if (values.length !== size) {
      throw new BinscribeError('usage', `parameter ${name}: ${size} numbers expected, got ${values.length}`);
    }
    for (const side of this.sides) side['parameters'].set(values, offset);
  }

  /** What is frozen is never written again: it must stand on both sides. */
  private mirrorParameters(): void {
    this.sides[this.side === 0 ? 1 : 0]['parameters'].set(this.sides[this.side]['parameters']);
  }
}
