/**
 * What a piece of a network gives and what our differentiation makes of it, both computed by ONNX Runtime in
 * float32, against the reference in float64: its forward, and central differences of it.
 */

import { gradientTerms } from '../../../src/nn/autodiff.ts';
import { addN, mul } from '../../../src/nn/ops/elementwise.ts';
import { sum } from '../../../src/nn/ops/broadcast.ts';
import { constant, input, maskOperation, type MaskAttributes } from '../../../src/nn/ops/source.ts';
import { RandomStream } from '../../../src/nn/random.ts';
import { allocate, type HostTensor } from '../../../src/nn/runtime.ts';
import { Scope } from '../../../src/nn/scope.ts';
import { evaluate } from '../../../src/nn/session.ts';
import { elements } from '../../../src/nn/shape.ts';
import { topological, type Tensor } from '../../../src/nn/tensor.ts';
import type { DType } from '../../../src/nn/types.ts';
import { nodeRuntime } from '../../../src/runtimes/node.ts';
import { distance, norm, scaleOf, size, type NDArray } from './array.ts';
import { Interpreter } from './interpreter.ts';

/** A value to feed: its type and shape, and how an element is drawn. */
export interface Feed {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly draw: (random: RandomStream, element: number) => number;
}

/** Standard normal, times a factor. */
export const normal = (shape: readonly number[], deviation = 1): Feed => ({
  dtype: 'float32',
  shape,
  draw: (random) => deviation * random.normal(),
});

export const uniform = (shape: readonly number[], low: number, high: number): Feed => ({
  dtype: 'float32',
  shape,
  draw: (random) => low + (high - low) * random.uniform(),
});

/** At least .1 from zero on either side, where kinks are. */
export const signed = (shape: readonly number[]): Feed => ({
  dtype: 'float32',
  shape,
  draw: (random) => (0.1 + random.uniform()) * (random.uniform() < 0.5 ? -1 : 1),
});

/** Whole numbers below `limit`. */
export const whole = (shape: readonly number[], limit: number, dtype: DType = 'int64'): Feed => ({
  dtype,
  shape,
  draw: (random) => random.below(limit),
});

export const given = (
  shape: readonly number[],
  values: readonly number[],
  dtype: DType = 'float32',
): Feed => ({ dtype, shape, draw: (_, i) => values[i] });

export interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Feed>>;
  /** Builds what is tested. Parameters that it asks the scope for are inputs too. */
  readonly build: (x: Record<string, Tensor>, scope: Scope) => Tensor | readonly Tensor[];
  /** Inputs of float32 and parameters that no gradient reaches. */
  readonly none?: readonly string[];
  /** Whether dropout acts. */
  readonly training?: boolean;
}

/** Relative errors by name of the output or input, Euclidean norms. */
export interface Errors {
  readonly forward: Readonly<Record<string, number>>;
  readonly gradient: Readonly<Record<string, number>>;
  /** Inputs of float32 and parameters that no gradient reaches. */
  readonly unreached: readonly string[];
}

const runtime = nodeRuntime({ threads: 1 });

/** Values as the graph gets them: rounded to float32 where that is their type. */
function drawn(name: string, { dtype, shape, draw }: Feed): NDArray {
  const random = new RandomStream(7, name);
  const data = Float64Array.from({ length: size(shape) }, (_, i) => draw(random, i));
  return { shape, data: dtype === 'float32' ? data.map(Math.fround) : data };
}

export function hostTensor(dtype: DType, { shape, data }: NDArray): HostTensor {
  const host = allocate(dtype, data.length);
  data.forEach((value, i) => (host[i] = host instanceof BigInt64Array ? BigInt(value) : value));
  return { dtype, shape, data: host };
}

/** A loss in which each element of each output has a weight of its own. */
function weighted(outputs: readonly Tensor[]): Tensor {
  const terms = outputs.flatMap((y, i) => {
    if (y.dtype !== 'float32') return [];
    const shape = y.shape as readonly number[];
    const random = new RandomStream(11, `weights ${i}`);
    const weights = Float32Array.from({ length: elements(shape) }, () => random.normal());
    return [sum(mul(y, constant(weights, shape)))];
  });
  return addN(terms);
}

/** A parameter's values: small ones around what its initializer would give, for zeros hide mistakes. */
function parameterValues(name: string, tensor: Tensor): NDArray {
  const shape = tensor.shape as readonly number[];
  const near = name.endsWith('scale') ? 1 : 0;
  return drawn(name, { dtype: 'float32', shape, draw: (random) => near + 0.5 * random.normal() });
}

function maskValues({ name, shape, rate }: MaskAttributes): NDArray {
  const values = new Float32Array(size(shape));
  new RandomStream(3, name).mask(values, rate);
  return { shape, data: Float64Array.from(values) };
}

/** @returns the outputs as the graph and as the reference have them, and errors of gradients */
export async function check({ inputs, build, training = false }: Case): Promise<Errors> {
  const scope = new Scope(training);
  const fed = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const outputs = [build(fed, scope)].flat() as readonly Tensor[];
  const sources: Record<string, Tensor> = { ...fed, ...Object.fromEntries(scope.declarations.parameters) };
  const values: Record<string, NDArray> = {};
  for (const [name, feed] of Object.entries(inputs)) values[name] = drawn(name, feed);
  for (const [name, tensor] of scope.declarations.parameters) values[name] = parameterValues(name, tensor);
  for (const { operation, attributes } of topological(outputs)) {
    if (operation.name !== maskOperation.name) continue;
    values[(attributes as MaskAttributes).name] = maskValues(attributes as MaskAttributes);
  }

  const loss = outputs.some((y) => y.dtype === 'float32') ? weighted(outputs) : null;
  const names = Object.keys(sources);
  const terms = loss
    ? gradientTerms(
        loss,
        names.map((name) => sources[name]),
      )
    : names.map(() => []);
  const reached = names.filter((_, i) => terms[i].length > 0);
  const wanted: Record<string, Tensor> = Object.fromEntries(outputs.map((y, i) => [`output.${i}`, y]));
  names.forEach((name, i) => {
    if (terms[i].length > 0) wanted[`gradient.${name}`] = addN(terms[i]);
  });
  const feeds = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      hostTensor(sources[name]?.dtype ?? 'float32', value),
    ]),
  );
  const interpreter = new Interpreter(loss ? [...outputs, loss] : outputs, values);
  const differences = Object.fromEntries(
    reached.map((name) => [name, interpreter.gradient(loss as Tensor, sources[name])]),
  );

  const largest = Math.max(0, ...Object.values(differences).map(norm));
  const forward: Record<string, number> = {};
  const gradient: Record<string, number> = {};
  for (const portable of [false, true]) {
    const kind = portable ? ' (portable)' : '';
    const results = await evaluate(runtime, wanted, feeds, { portable });
    outputs.forEach((y, i) => {
      const expected = interpreter.value(y).data;
      forward[`${i}${kind}`] = relative(results[`output.${i}`], y.shape, expected, 0);
    });
    for (const name of reached) {
      gradient[`${name}${kind}`] = relative(
        results[`gradient.${name}`],
        sources[name].shape,
        differences[name],
        largest,
      );
    }
  }
  const unreached = names.filter((name) => sources[name].dtype === 'float32' && !reached.includes(name));
  return { forward, gradient, unreached };
}

/** The distance from what was expected over its length; infinite where shapes differ or something is no number. */
function relative(
  { shape, data }: HostTensor,
  expectedShape: readonly (number | string)[],
  expected: Float64Array,
  largest: number,
): number {
  if (shape.join() !== expectedShape.join()) return Infinity;
  const error = distance(Array.from(data, Number), expected) / scaleOf(expected, largest);
  return Number.isNaN(error) ? Infinity : error;
}
