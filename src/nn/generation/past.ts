/**
 * Keys and values of all that was computed, on this side of the graph. They lie in one pool for each layer, in the
 * order in which they were computed, and are written there by the graph itself; which of them belong to a row is a
 * list of numbers. So a beam search that goes on with other rows moves nothing but numbers.
 */

import type { HostTensor, HostTensors } from '../runtime.ts';

interface PoolShape {
  readonly layers: number;
  /** Heads times the size of one. */
  readonly width: number;
}

export class Past {
  private readonly width: number;
  private readonly names: readonly string[];
  private readonly pools = new Map<string, Float32Array>();
  private capacity = 0;
  private used = 0;
  /** Slots of each row, one row after the other. */
  private slots = new BigInt64Array(0);
  private rows = 0;
  /** Positions of a row. */
  written = 0;

  constructor({ layers, width }: PoolShape) {
    this.width = width;
    this.names = Array.from({ length: layers }, (_, i) => [`${i}.keys`, `${i}.values`]).flat();
    for (const name of this.names) this.pools.set(name, new Float32Array(0));
  }

  /** What the graph reads. */
  feeds(): HostTensors {
    const feeds: Record<string, HostTensor> = {
      slots: { dtype: 'int64', shape: [this.rows, this.written], data: this.slots },
    };
    for (const name of this.names) feeds[`past.${name}`] = this.view(name, 0, [this.used, this.width]);
    return feeds;
  }

  /** Where the graph shall write: the slots behind those in use, as many as `leading` has elements. */
  space(leading: readonly number[]): HostTensors {
    const count = leading.reduce((product, size) => product * size, 1);
    this.reserve(this.used + count);
    return Object.fromEntries(
      this.names.map((name) => [`fresh.${name}`, this.view(name, this.used, [...leading, this.width])]),
    );
  }

  private view(name: string, from: number, shape: readonly number[]): HostTensor {
    const start = from * this.width;
    const count = shape.reduce((product, size) => product * size, 1);
    const pool = this.pools.get(name) as Float32Array;
    return { dtype: 'float32', shape, data: pool.subarray(start, start + count) };
  }

  private reserve(slots: number): void {
    if (slots <= this.capacity) return;
    this.capacity = Math.max(slots, 2 * this.capacity);
    for (const [name, pool] of this.pools) {
      const larger = new Float32Array(this.capacity * this.width);
      larger.set(pool.subarray(0, this.used * this.width));
      this.pools.set(name, larger);
    }
  }

  /** Rows without a past. */
  begin(rows: number): void {
    this.rows = rows;
  }

  /**
   * Takes what was written for a prompt [batch, length] as the past of each row, the last positions of all in line.
   * @param lengths of each row, at most `length`
   */
  beginWithPrompt(lengths: readonly number[], length: number): void {
    this.rows = lengths.length;
    this.written = length;
    this.slots = new BigInt64Array(this.rows * length);
    lengths.forEach((own, row) => {
      const missing = length - own;
      for (let i = 0; i < own; i++) {
        this.slots[row * length + missing + i] = BigInt(this.used + row * length + i);
      }
    });
    this.used += this.rows * length;
  }

  /**
   * After a step that wrote one position for each row: the rows with which to go on.
   * @param parents for each, which row it continues
   */
  advance(parents: readonly number[]): void {
    const longer = this.written + 1;
    const slots = new BigInt64Array(parents.length * longer);
    parents.forEach((parent, row) => {
      slots.set(this.slots.subarray(parent * this.written, (parent + 1) * this.written), row * longer);
      slots[(row + 1) * longer - 1] = BigInt(this.used + parent);
    });
    this.used += this.rows;
    this.slots = slots;
    this.rows = parents.length;
    this.written = longer;
  }
}
