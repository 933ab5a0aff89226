/**
 * The kernels in plain TypeScript: what the WebAssembly computes, said as simply as we can. The tests compare the
 * two, and it trains (on one thread, some ten times slower) where an engine has no WebAssembly with vectors.
 */

import { Sfc32 } from '../../random.ts';
import { HEAD } from './corpus.ts';
import { BATCH_BYTES, type Plan } from './plan.ts';

/** As in `kernel/random.ts`. */
const SEED_ROUNDS = 15;

/** A word vector's share in the hidden vector. */
interface Part {
  readonly row: number;
  readonly slot: number;
  readonly weight: number;
  /** Share of the hidden vector's gradient that it gets back. */
  readonly back: number;
}

export class PlainKernel {
  private readonly plan: Plan;
  private readonly integers: Uint32Array;
  private readonly floats: Float32Array;
  private readonly doubles: Float64Array;
  private readonly hidden: Float32Array;
  private readonly work: Float32Array;
  private stream = new Sfc32([0, 0, 0], SEED_ROUNDS);
  private alpha = 0;
  private noise: number[] = [];

  /** @param memory As `writeMemory` leaves it */
  constructor(plan: Plan, memory: ArrayBufferLike) {
    this.plan = plan;
    this.integers = new Uint32Array(memory);
    this.floats = new Float32Array(memory);
    this.doubles = new Float64Array(memory);
    this.hidden = new Float32Array((plan.slots * plan.rowBytes) / 4);
    this.work = new Float32Array(this.hidden.length);
  }

  /** Takes batches from the queue until none is left. */
  run(): void {
    const { integers } = this;
    const queue = this.plan.at.queue / 4;
    for (; integers[queue] < integers[queue + 1]; integers[queue]++) this.trainBatch(integers[queue]);
    // As threads do that look for more.
    integers[queue]++;
  }

  private trainBatch(batch: number): void {
    const { at, batches, settings } = this.plan;
    const epoch = Math.floor(batch / batches);
    const entry = at.batch + (batch % batches) * BATCH_BYTES;
    const progress = (epoch + this.doubles[entry / 8 + 1]) * (1 / settings.epochs);
    this.alpha = Math.fround(
      Math.max(settings.minAlpha, settings.alpha - (settings.alpha - settings.minAlpha) * progress),
    );
    for (let i = this.integers[entry / 4]; i < this.integers[entry / 4 + 1]; i++) {
      this.stream = new Sfc32([settings.seed, this.integers[at.seeds / 4 + i], epoch], SEED_ROUNDS);
      const [from, to] = [this.integers[at.starts / 4 + i], this.integers[at.starts / 4 + i + 1]];
      const tokens = this.integers.subarray(at.tokens / 4 + from, at.tokens / 4 + to);
      const owner = this.integers[at.owners / 4 + i];
      if (settings.model === 'skip-gram') this.skipGram(tokens);
      else if (settings.model === 'pv-dm') this.mean(tokens, owner);
      else if (settings.model === 'pv-dm-concat') this.concat(tokens, owner);
      else this.instructions(tokens, owner);
    }
  }

  private skipGram(tokens: Uint32Array): void {
    const kept = this.subsample(tokens);
    this.drawNoise();
    for (let i = 0; i < kept.length; i++) {
      const [from, to] = this.window(i, kept.length);
      for (let j = from; j < to; j++) {
        if (j === i) continue;
        const row = this.inputRow(kept[j]);
        this.hidden.set(row);
        this.work.fill(0);
        this.predict(kept[i]);
        for (let k = 0; k < row.length; k++) row[k] += this.work[k];
      }
    }
  }

  private mean(tokens: Uint32Array, owner: number): void {
    const kept = this.subsample(tokens);
    this.drawNoise();
    for (let i = 0; i < kept.length; i++) {
      const [from, to] = this.window(i, kept.length);
      const weight = Math.fround(1 / (to - from));
      const parts: Part[] = [];
      for (let j = from; j < to; j++) if (j !== i) parts.push({ row: kept[j], slot: 0, weight, back: 1 });
      this.compose(owner, weight, parts);
      this.predict(kept[i]);
      this.giveBack(owner, 1, parts);
    }
  }

  private concat(tokens: Uint32Array, owner: number): void {
    const { words, settings } = this.plan;
    const kept = this.subsample(tokens);
    this.drawNoise();
    for (let i = 0; i < kept.length; i++) {
      const parts: Part[] = [];
      for (let j = i - settings.window; j <= i + settings.window; j++) {
        if (j === i) continue;
        parts.push({
          row: kept.at(j < 0 ? kept.length : j) ?? words,
          slot: parts.length + 1,
          weight: 1,
          back: 1,
        });
      }
      this.compose(owner, 1, parts);
      this.predict(kept[i]);
      this.giveBack(owner, 1, parts);
    }
  }

  private instructions(tokens: Uint32Array, owner: number): void {
    const instructions: number[][] = [];
    for (const token of tokens) {
      if (token >= HEAD) instructions.push([]);
      instructions[instructions.length - 1].push(token & (HEAD - 1));
    }
    this.drawNoise();
    instructions.forEach((instruction, i) => {
      const around = [instructions.at(i === 0 ? instructions.length : i - 1), instructions.at(i + 1)].filter(
        (one) => one !== undefined,
      );
      const weight = Math.fround(1 / (1 + around.length));
      const parts = around.flatMap(([mnemonic, ...operands]) => {
        const share = Math.fround(weight / operands.length);
        return [
          { row: mnemonic, slot: 0, weight, back: weight },
          ...operands.map((row) => ({ row, slot: 1, weight: share, back: share })),
        ];
      });
      this.compose(owner, weight, parts);
      for (const token of instruction) this.predict(token);
      this.giveBack(owner, weight, parts);
    });
  }

  /** A view of a word's vector. */
  private inputRow(word: number): Float32Array {
    const { at, rowBytes } = this.plan;
    const start = (at.input + word * rowBytes) / 4;
    return this.floats.subarray(start, start + rowBytes / 4);
  }

  private documentVector(owner: number): Float32Array {
    const { at, rowBytes, documentSlots } = this.plan;
    const length = (rowBytes / 4) * documentSlots;
    const start = at.document / 4 + owner * length;
    return this.floats.subarray(start, start + length);
  }

  private subsample(tokens: Uint32Array): Uint32Array {
    const { at, settings } = this.plan;
    if (settings.sample === 0) return tokens;
    return tokens.filter((word) => this.integers[at.keep / 4 + word] >= this.stream.uint32());
  }

  private window(position: number, count: number): [from: number, to: number] {
    const { window } = this.plan.settings;
    const width = window - (this.stream.uint32() % window);
    return [Math.max(0, position - width), Math.min(count, position + width + 1)];
  }

  private compose(owner: number, weight: number, parts: readonly Part[]): void {
    const { rowBytes } = this.plan;
    this.hidden.fill(0);
    this.work.fill(0);
    this.documentVector(owner).forEach((value, k) => (this.hidden[k] = weight * value));
    for (const { row, slot, weight } of parts) {
      const offset = (slot * rowBytes) / 4;
      this.inputRow(row).forEach((value, k) => (this.hidden[offset + k] += weight * value));
    }
  }

  private giveBack(owner: number, back: number, parts: readonly Part[]): void {
    const { rowBytes, frozen } = this.plan;
    const document = this.documentVector(owner);
    for (let k = 0; k < document.length; k++) document[k] += back * this.work[k];
    if (frozen) return;
    for (const { row, slot, back } of parts) {
      const vector = this.inputRow(row);
      const offset = (slot * rowBytes) / 4;
      for (let k = 0; k < vector.length; k++) vector[k] += back * this.work[offset + k];
    }
  }

  /** Words of the noise for the next prediction: drawn one ahead, so that memory has time to bring their vectors. */
  private drawNoise(): void {
    this.noise = Array.from({ length: this.plan.settings.negative }, () => this.draw());
  }

  /** A word of the noise. */
  private draw(): number {
    const { at, words } = this.plan;
    const random = this.stream.uint32();
    const slot = Math.floor((random * words) / 2 ** 32);
    // The low half of the product. Its factors need not fit a double's 53 bits.
    const fraction = Math.imul(random, words) >>> 0;
    const entry = at.alias / 4 + 2 * slot;
    return fraction < this.integers[entry] ? slot : this.integers[entry + 1];
  }

  /** Learns that the hidden vector predicts `seen`; adds to `work`. All products come before all updates. */
  private predict(seen: number): void {
    const { plan, hidden, work, floats } = this;
    const targets = [seen, ...this.noise];
    this.drawNoise();
    const starts = targets.map((word) => (plan.at.output + word * hidden.length * 4) / 4);
    const gradients = starts.map((start, k) => {
      if (k > 0 && targets[k] === seen) return 0;
      let product = 0;
      for (let n = 0; n < hidden.length; n++) product += hidden[n] * floats[start + n];
      return ((k === 0 ? 1 : 0) - 1 / (1 + Math.exp(-product))) * this.alpha;
    });
    starts.forEach((start, k) => {
      const gradient = gradients[k];
      for (let n = 0; n < hidden.length; n++) {
        const value = floats[start + n];
        work[n] += gradient * value;
        if (!plan.frozen) floats[start + n] = value + gradient * hidden[n];
      }
    });
  }
}
