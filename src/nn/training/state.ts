/**
 * Everything that a step changes: parameters, gradients and what the optimiser keeps, in one memory, where the
 * optimiser's loop finds them and ONNX Runtime reads and writes them in place.
 */

import { RandomStream } from '../random.ts';
import { BinscribeError } from '../../error.ts';
import { elements } from '../shape.ts';
import type { HostTensor } from '../runtime.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { wasmEngine } from '../../wasm/engine.ts';
import type { Layout, Slot, Stretch } from './layout.ts';
import { ROW_PIECE } from './rows-kernel.ts';
import { updateLayout, updateModule, type UpdateExports, type UpdateLayout } from './update-kernel.ts';

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
  private readonly addresses: UpdateLayout;
  private readonly optimizer: Optimizer;
  private readonly buffers: Readonly<Record<BufferName, Float32Array>>;
  private readonly kernel: UpdateExports;
  private readonly scalars: Float32Array;
  private readonly rowValues: Float32Array;
  private readonly rowPlaces: Int32Array;
  private readonly views = new Map<string, HostTensor>();

  /** @throws BinscribeError `usage` where the model is too large, `missing` without WebAssembly's vectors */
  constructor(layout: Layout, optimizer: Optimizer, seed: number) {
    const { length, trainedLength } = layout;
    this.layout = layout;
    this.optimizer = optimizer;
    const widths = [...layout.slots.values()].map(({ shape }) => elements(shape.slice(1)));
    const piece = Math.max(ROW_PIECE, ...widths);
    const addresses = updateLayout(optimizer, length, trainedLength, piece);
    this.addresses = addresses;
    const engine = wasmEngine();
    if (!engine) throw new BinscribeError('missing', 'training needs WebAssembly with vectors (SIMD)');
    const { pages } = addresses;
    const memory = new engine.wasm.Memory({ initial: pages, maximum: pages, shared: false });
    const module = new engine.wasm.Module(updateModule(optimizer, addresses));
    this.kernel = new engine.wasm.Instance(module, { env: { memory } }).exports as UpdateExports;
    const view = (start: number, count: number): Float32Array =>
      new Float32Array(memory.buffer, start, count);
    this.scalars = view(addresses.scalars, addresses.scalarNames.length);
    this.rowValues = view(addresses.rows.values, piece);
    this.rowPlaces = new Int32Array(memory.buffer, addresses.rows.places, piece);
    this.buffers = {
      parameters: view(addresses.parameters, length),
      gradients: view(addresses.gradients, trainedLength),
      accumulated: view(addresses.accumulated, trainedLength),
      ...Object.fromEntries(
        optimizer.state.map((name) => [name, view(addresses.state[name], trainedLength)]),
      ),
    };
    for (const slot of layout.slots.values()) {
      slot.attributes.initializer(this.values(slot), slot.shape, new RandomStream(seed, slot.name));
    }
  }

  /** Gradients of one batch. */
  get gradients(): Float32Array {
    return this.buffers['gradients'];
  }

  /** Sum of the gradients of several batches. */
  get accumulated(): Float32Array {
    return this.buffers['accumulated'];
  }

  /**
   * One step of the optimiser.
   * @param stretches that it changes, those of a group one after the other
   * @param from the buffer of gradients
   * @param scale multiplies them
   * @param rate multiplies the optimiser's learning rate
   */
  update(
    stretches: readonly Stretch[],
    from: 'gradients' | 'accumulated',
    scale: number,
    rate: number,
  ): void {
    this.step++;
    let current = -1;
    for (const { start, end, group } of stretches) {
      if (group !== current) this.prepareGroup(group, scale, rate);
      current = group;
      this.kernel.update(start * 4, end * 4, this.addresses[from]);
    }
  }

  /**
   * Adds rows to the gradient of a table: what the operation `addRows` does, on the host.
   * @param values rows, flat; where there are fewer than numbers they are taken again from the first
   * @param numbers which row of the table each is added to
   * @throws BinscribeError `usage` where the table has no such row
   */
  addRows({ name, offset, shape }: Slot, values: Float32Array, numbers: ArrayLike<number | bigint>): void {
    const width = elements(shape.slice(1));
    const count = values.length / width;
    const piece = Math.floor(this.rowValues.length / width);
    const { gradients, rows } = this.addresses;
    for (let from = 0; from < count; from += piece) {
      const end = Math.min(from + piece, count);
      this.rowValues.set(values.subarray(from * width, end * width));
      for (let again = 0; again < numbers.length; again += count) {
        const own = Math.min(again + end, numbers.length) - (again + from);
        for (let i = 0; i < own; i++) {
          const number = Number(numbers[again + from + i]);
          if (number < 0 || number >= shape[0]) {
            throw new BinscribeError(
              'usage',
              `parameter ${name}: rows 0 to ${shape[0] - 1} expected, got ${number}`,
            );
          }
          this.rowPlaces[i] = number;
        }
        this.kernel.addRows(gradients + offset * 4, rows.values, rows.places, Math.max(0, own), width);
      }
    }
  }

  /** Gives the kernel the optimiser's numbers for a group. */
  private prepareGroup(group: number, scale: number, rate: number): void {
    const { layout, optimizer, addresses, scalars } = this;
    const { learningRate = 1, weightDecay = optimizer.weightDecay } = layout.groups[group];
    const numbers = optimizer.scalars({
      step: this.step,
      learningRate: optimizer.learningRate * rate * learningRate,
      weightDecay,
      gradientScale: scale,
    });
    addresses.scalarNames.forEach((name, i) => (scalars[i] = numbers[name]));
  }

  /** A stretch of a buffer as the runtime takes it: the same object each time, so that it keeps its own view. */
  view(name: BufferName, start: number, shape: readonly number[]): HostTensor {
    const key = `${name}/${start}/${shape.join()}`;
    let view = this.views.get(key);
    if (!view) {
      const data = this.buffers[name].subarray(start, start + elements(shape));
      view = { dtype: 'float32', shape, data };
      this.views.set(key, view);
    }
    return view;
  }

  /** Current values of a parameter, not copied. */
  values({ offset, size }: Slot): Float32Array {
    return this.buffers['parameters'].subarray(offset, offset + size);
  }

  /** What a checkpoint holds. */
  private get kept(): [BufferName, Float32Array][] {
    return ['parameters', ...this.optimizer.state].map((name) => [name, this.buffers[name]]);
  }

  snapshot(): StateSnapshot {
    const buffers = this.kept.map(([name, values]) => [name, values.slice()]);
    return { step: this.step, buffers: Object.fromEntries(buffers) as Record<string, Float32Array> };
  }

  /** @throws BinscribeError `usage` where the snapshot is of another model or optimiser */
  restore({ step, buffers }: StateSnapshot): void {
    for (const [name, own] of this.kept) {
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
  }

  /** Sets a parameter. */
  assign(slot: Slot, values: Float32Array): void {
    const { size, name } = slot;
    if (values.length !== size) {
      throw new BinscribeError('usage', `parameter ${name}: ${size} numbers expected, got ${values.length}`);
    }
    this.values(slot).set(values);
  }
}
