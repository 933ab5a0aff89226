/** Initial values of parameters. Each parameter has a stream of its own, so that a new layer changes no other. */

import { elements } from './shape.ts';
import type { RandomStream } from './random.ts';

/** Fills a new parameter. */
export type Initializer = (values: Float32Array, shape: readonly number[], random: RandomStream) => void;

/** The same value everywhere. */
export function filled(value: number): Initializer {
  return (values) => values.fill(value);
}

export const zerosInit: Initializer = filled(0);
export const onesInit: Initializer = filled(1);

/** Normal distribution, mean 0; BERT's embeddings and matrices have `deviation` .02. */
export function normal(deviation: number): Initializer {
  return (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = deviation * random.normal();
  };
}

/** Evenly spread in [-bound, bound). */
export function uniform(bound: number): Initializer {
  return (values, _shape, random) => {
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.uniform() - 1);
  };
}

/** Glorot and Bengio 2010, equation 16: the last two axes are inputs and outputs. */
export const xavier: Initializer = (values, shape, random) => {
  const [fanIn, fanOut] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  uniform(Math.sqrt(6 / (fanIn + fanOut)))(values, shape, random);
};

/** What PyTorch's Linear does: spread in 1/sqrt(inputs) either way. */
export const fanIn: Initializer = (values, shape, random) => {
  const inputs = shape.length < 2 ? shape[0] : elements(shape) / shape[shape.length - 1];
  uniform(1 / Math.sqrt(inputs))(values, shape, random);
};
