/** Trains a model, one batch at a time. */

import { BinscribeError } from '../../error.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { RandomStream } from '../random.ts';
import { allocate, type HostTensor, type HostTensors, type Runtime, type Session } from '../runtime.ts';
import { elements } from '../shape.ts';
import { buildModel, gradientGraph, signature, type GradientGraph, type Model } from './gradient-graph.ts';
import { Layout, type ParameterGroup, type Slot, type Stretch } from './layout.ts';
import { TrainingState, type StateSnapshot } from './state.ts';
import { UsedRows } from './used-rows.ts';

export interface TrainerOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  readonly optimizer: Optimizer;
  /** Decides initial values and dropout. */
  readonly seed: number;
  readonly groups?: readonly ParameterGroup[];
  /** Largest norm of all gradients together; beyond it they are scaled down (Pascanu et al. 2013). */
  readonly clipNorm?: number;
}

/** What a step tells. */
export interface StepResult {
  /** Mean over the batches of the step. */
  readonly loss: number;
  /** What else the model gives, of the last batch. */
  readonly outputs: HostTensors;
  /** Of the mean gradient, before clipping. */
  readonly gradientNorm: number;
}

/** A compiled graph with the memory that it writes. */
interface Prepared {
  readonly graph: GradientGraph;
  readonly session: Session;
  readonly masks: HostTensors;
  readonly results: HostTensors;
}

/** As in PyTorch's clip_grad_norm_: keeps the quotient finite. */
const CLIP_EPSILON = 1e-6;
/** Graphs kept at once. Buckets of lengths are few; a caller with endless shapes must not fill the memory. */
const KEPT_GRAPHS = 32;

export class Trainer {
  readonly layout: Layout;
  readonly state: TrainingState;
  private readonly options: TrainerOptions;
  private readonly trained: ReadonlySet<string>;
  /** By training or not, and signature of the batch. */
  private readonly prepared = new Map<string, Prepared>();
  /** What the gradient buffer holds: parameters written whole, and rows added. */
  private written: readonly string[] = [];
  private addedRows: { table: Float32Array; width: number; indices: ArrayLike<number | bigint> }[] = [];

  /** Of the tables that are updated by rows. */
  private readonly used: ReadonlyMap<string, UsedRows>;
  /** Where the sums of gradients of several batches are not zero. */
  private summed: readonly Stretch[] = [];

  private constructor(options: TrainerOptions, layout: Layout) {
    this.options = options;
    this.layout = layout;
    this.state = new TrainingState(layout, options.optimizer, options.seed);
    this.used = new Map(layout.byRows.map((slot) => [slot.name, new UsedRows(slot)]));
    this.trained = new Set(
      [...layout.slots.values()].filter((slot) => layout.isTrained(slot)).map(({ name }) => name),
    );
  }

  /** @param sample a batch, from which the model's parameters become known; only its types and shapes count */
  static async create(options: TrainerOptions, sample: HostTensors): Promise<Trainer> {
    const { scope } = buildModel(options.model, sample, true);
    return new Trainer(options, new Layout(scope.declarations.parameters, options.groups ?? []));
  }

  private async prepare(batch: HostTensors, training: boolean): Promise<Prepared> {
    const key = `${training ? 'train' : 'evaluate'};${signature(batch)}`;
    const known = this.prepared.get(key);
    if (known) {
      this.prepared.delete(key);
      this.prepared.set(key, known);
      return known;
    }
    const built = buildModel(this.options.model, batch, training);
    this.layout.check(built.scope.declarations.parameters);
    const graph = gradientGraph(built, training ? this.trained : new Set());
    this.expectRows(graph);
    // There is a session for each shape of a batch: kept memory would add up over the shapes.
    const session = await this.options.runtime.open(graph.bytes, { keepsMemory: false });
    const fresh = (shape: readonly number[]): HostTensor => ({
      dtype: 'float32',
      shape,
      data: allocate('float32', elements(shape)),
    });
    const results: Record<string, HostTensor> = {};
    for (const { name, shape, dtype } of graph.outputs) {
      results[name] = { dtype, shape, data: allocate(dtype, elements(shape)) };
    }
    for (const { rows, shape } of graph.rows) results[rows] = fresh(shape);
    for (const name of graph.dense) {
      const { offset, shape } = this.slot(name);
      results[`gradient.${name}`] = this.state.view('gradients', offset, shape);
    }
    const masks = Object.fromEntries(graph.masks.map(({ name, shape }) => [name, fresh(shape)]));
    const made = { graph, session, masks, results };
    this.prepared.set(key, made);
    if (this.prepared.size > KEPT_GRAPHS) {
      const [oldest, { session: unused }] = this.prepared.entries().next().value!;
      this.prepared.delete(oldest);
      await unused.close();
    }
    return made;
  }

  /** @throws BinscribeError `usage` where a table that is updated by rows has a gradient of all rows */
  private expectRows({ dense }: GradientGraph): void {
    const whole = dense.find((name) => this.used.has(name));
    if (whole === undefined) return;
    throw new BinscribeError(
      'usage',
      `parameter ${whole}: all of its rows learn, it cannot be updated by rows`,
      {
        hint: 'So it is where a table is an output layer too, or is looked up by computed numbers: leave out update.',
      },
    );
  }

  private slot(name: string): Slot {
    const slot = this.layout.slots.get(name);
    if (!slot) throw new BinscribeError('usage', `the model has no parameter ${name}`);
    return slot;
  }

  /** Computes a batch; the results stand in `prepared.results`. */
  private async execute({ graph, session, masks, results }: Prepared, batch: HostTensors): Promise<void> {
    const feeds: Record<string, HostTensor> = { ...masks };
    for (const name of graph.feeds) feeds[name] = batch[name];
    for (const name of graph.reads) {
      const { offset, shape } = this.slot(name);
      feeds[name] = this.state.view('parameters', offset, shape);
    }
    await session.run(feeds, results);
  }

  /**
   * What the model gives for a batch, without dropout.
   * @returns views that the next evaluation of a batch of this shape overwrites
   */
  async evaluate(batch: HostTensors): Promise<HostTensors> {
    const prepared = await this.prepare(batch, false);
    await this.execute(prepared, batch);
    return prepared.results;
  }

  /**
   * One step of the optimiser.
   * @param batches their gradients are averaged, as if they were one: they should be of one size
   * @param rate multiplies the optimiser's learning rate: what a schedule says
   * @throws BinscribeError where the loss or a gradient is no finite number; the parameters stay as they were
   */
  async step(batches: readonly HostTensors[], rate = 1): Promise<StepResult> {
    const { state } = this;
    const several = batches.length > 1;
    const gradients = several ? state.accumulated : state.gradients;
    if (several) for (const { start, end } of this.summed) gradients.fill(0, start, end);
    for (const rows of this.used.values()) rows.clear();
    let changed: readonly Stretch[] = [];
    let loss = 0;
    let outputs: HostTensors = {};
    for (const [i, batch] of batches.entries()) {
      const prepared = await this.prepare(batch, true);
      this.drawMasks(prepared, i);
      this.clearUnwritten(prepared.graph);
      await this.execute(prepared, batch);
      this.addRows(prepared, batch);
      changed = this.changed();
      if (several) {
        this.summed = changed;
        for (const { start, end } of changed) addTo(gradients, state.gradients, start, end);
      }
      loss += (prepared.results['loss'].data[0] as number) / batches.length;
      outputs = prepared.results;
    }
    const squares = changed.map(({ start, end }) => sumOfSquares(gradients.subarray(start, end)));
    const norm = Math.sqrt(squares.reduce((sum, one) => sum + one, 0)) / batches.length;
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) throw this.diagnose(loss);
    const { clipNorm = Infinity } = this.options;
    const clip = Math.min(1, clipNorm / (norm + CLIP_EPSILON));
    state.update(changed, several ? 'accumulated' : 'gradients', clip / batches.length, rate);
    return { loss, outputs, gradientNorm: norm };
  }

  /** What the step so far changes. */
  private changed(): readonly Stretch[] {
    return [...this.layout.stretches, ...[...this.used.values()].flatMap((rows) => rows.stretches())];
  }

  private drawMasks({ graph, masks }: Prepared, batch: number): void {
    const { seed } = this.options;
    for (const { name, rate } of graph.masks) {
      const stream = new RandomStream(seed, `${name}/${batch}`, this.state.step);
      stream.mask(masks[name].data as Float32Array, rate);
    }
  }

  /** Sets to zero what the batch before wrote and this one's graph does not overwrite. */
  private clearUnwritten({ dense }: GradientGraph): void {
    const { gradients } = this.state;
    for (const name of this.written) {
      if (dense.includes(name)) continue;
      const { offset, size } = this.slot(name);
      gradients.fill(0, offset, offset + size);
    }
    for (const { table, width, indices } of this.addedRows) clearRows(table, width, indices);
    this.written = dense;
    this.addedRows = [];
  }

  private addRows({ graph, results }: Prepared, batch: HostTensors): void {
    for (const { parameter, rows, indices, width } of graph.rows) {
      const slot = this.slot(parameter);
      const { offset, size } = slot;
      const table = this.state.gradients.subarray(offset, offset + size);
      const numbers = batch[indices].data;
      this.state.addRows(slot, results[rows].data as Float32Array, numbers);
      this.used.get(parameter)?.add(numbers);
      // The data are the caller's, who may fill them with the next batch: what was added is kept by its numbers.
      this.addedRows.push({ table, width, indices: numbers.slice() });
    }
  }

  /** What went wrong, by the first parameter of which the gradient is no number. */
  private diagnose(loss: number): BinscribeError {
    const { state, layout } = this;
    const bad = [...layout.slots.values()].find(
      (slot) =>
        layout.isTrained(slot) &&
        !Number.isFinite(sumOfSquares(state.gradients.subarray(slot.offset, slot.offset + slot.size))),
    );
    return new BinscribeError(
      'internal',
      `step ${state.step + 1}: loss ${loss}` +
        (bad ? `, and the gradient of ${bad.name} is not finite` : ', gradients finite'),
      { hint: 'A lower learning rate, a warm-up or clipNorm usually helps; the parameters are unchanged.' },
    );
  }

  snapshot(): StateSnapshot {
    return this.state.snapshot();
  }

  restore(snapshot: StateSnapshot): void {
    this.state.restore(snapshot);
  }

  /** Copies of all parameters, frozen ones too. */
  parameters(): Map<string, { shape: readonly number[]; data: Float32Array }> {
    return new Map(
      [...this.layout.slots.values()].map((slot) => [
        slot.name,
        { shape: slot.shape, data: this.state.values(slot).slice() },
      ]),
    );
  }

  /** Sets a parameter: what was learned elsewhere. */
  assign(name: string, values: Float32Array): void {
    this.state.assign(this.slot(name), values);
  }

  async close(): Promise<void> {
    for (const { session } of this.prepared.values()) await session.close();
  }
}

function addTo(sum: Float32Array, term: Float32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) sum[i] += term[i];
}

/** Four sums side by side: one alone waits for its own last addition. */
function sumOfSquares(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= values.length; i += 4) {
    a += values[i] * values[i];
    b += values[i + 1] * values[i + 1];
    c += values[i + 2] * values[i + 2];
    d += values[i + 3] * values[i + 3];
  }
  for (; i < values.length; i++) a += values[i] * values[i];
  return a + b + c + d;
}

/** Sets rows of a table to zero: where most of them are meant, all. */
function clearRows(table: Float32Array, width: number, indices: ArrayLike<number | bigint>): void {
  if (indices.length * width >= table.length) {
    table.fill(0);
    return;
  }
  for (let i = 0; i < indices.length; i++) {
    const start = Number(indices[i]) * width;
    table.fill(0, start, start + width);
  }
}
