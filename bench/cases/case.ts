/** What a training benchmark is: a model of ours, its batches, and the name under which the peer has its twin. */

import type { Optimizer } from '../../src/nn/optimizers/optimizer.ts';
import { RandomStream } from '../../src/nn/random.ts';
import type { HostTensor, HostTensors } from '../../src/nn/runtime.ts';
import type { Model } from '../../src/nn/training/gradient-graph.ts';

export interface TrainingCase {
  readonly name: string;
  readonly model: Model;
  readonly optimizer: Optimizer;
  /** Batches, used in turn. */
  readonly batches: readonly HostTensors[];
  /** Sizes that the peer needs to build its twin. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Only the forward pass, without dropout. */
  readonly inference?: boolean;
}

/** Batches in turn: enough that nobody learns one by heart in 30 steps. */
const BATCHES = 4;

export function ids(random: RandomStream, shape: readonly number[], below: number): HostTensor {
  const data = new Int32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = random.below(below);
  return { dtype: 'int32', shape, data };
}

/** Rows of ones up to a random length between half of it and the whole, then zeros. */
export function mask(random: RandomStream, batch: number, length: number): HostTensor {
  const data = new Float32Array(batch * length);
  for (let i = 0; i < batch; i++) {
    data.fill(1, i * length, i * length + Math.ceil(length / 2) + random.below(Math.floor(length / 2) + 1));
  }
  return { dtype: 'float32', shape: [batch, length], data };
}

export function batches(name: string, make: (random: RandomStream) => HostTensors): HostTensors[] {
  return Array.from({ length: BATCHES }, (_, i) => make(new RandomStream(7, name, i)));
}
