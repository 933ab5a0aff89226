/**
 * What goes into a recurrent operation, and its types.
 *
 * Time comes first: x is [steps, batch, inputs], so that a step is one stretch of memory. A sequence that is shorter
 * than the others keeps its state in the steps that it lacks, whichever way the loop runs.
 */

import { expectFloats, expectShape } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { soleGradient, type Tensor } from '../tensor.ts';
import { showType, type TensorType } from '../types.ts';

/** Weights of one direction. Columns stand in the order of the operation's gates, `size` for each. */
export interface RecurrentWeights {
  /** [inputs, gates * size], and [gates * size]. */
  readonly weight: Tensor;
  readonly bias: Tensor;
  /** Of the state of the step before: [size, gates * size], and [gates * size]. */
  readonly recurrent: Tensor;
  readonly recurrentBias: Tensor;
}

export interface RecurrentOptions {
  /** From the last step to the first. */
  readonly reverse?: boolean;
  /** Whole numbers [batch]: how many steps each sequence has. The results of others are zeros. */
  readonly lengths?: Tensor | null;
}

export interface RecurrentAttributes {
  readonly reverse: boolean;
  /** Which of the inputs after x and the weights there are. */
  readonly limited: boolean;
  readonly started: boolean;
}

/** The inputs of an operation by name. */
export interface RecurrentInputs extends RecurrentWeights {
  readonly x: Tensor;
  readonly lengths: Tensor | null;
  /** States before the first step, [batch, size] each: all of them or none. */
  readonly initial: readonly Tensor[];
}

export function packInputs(
  x: Tensor,
  { weight, bias, recurrent, recurrentBias }: RecurrentWeights,
  { reverse = false, lengths = null }: RecurrentOptions,
  initial: readonly Tensor[] | null,
): { inputs: Tensor[]; attributes: RecurrentAttributes } {
  return {
    inputs: [
      x,
      weight,
      bias,
      recurrent,
      recurrentBias,
      ...(lengths === null ? [] : [lengths]),
      ...(initial ?? []),
    ],
    attributes: { reverse, limited: lengths !== null, started: initial !== null },
  };
}

export function unpackInputs(inputs: readonly Tensor[], { limited }: RecurrentAttributes): RecurrentInputs {
  const [x, weight, bias, recurrent, recurrentBias, ...others] = inputs;
  const lengths = limited ? others[0] : null;
  return { x, weight, bias, recurrent, recurrentBias, lengths, initial: others.slice(limited ? 1 : 0) };
}

/** @returns the types of the sequence of states and of one state */
export function inferRecurrent(
  name: string,
  gates: number,
  { x, weight, bias, recurrent, recurrentBias, lengths, initial }: RecurrentInputs,
): { sequence: TensorType; state: TensorType } {
  expectFloats(name, [x, weight, bias, recurrent, recurrentBias, ...initial]);
  if (x.rank !== 3) throw new ShapeError(`${name}: [steps, batch, inputs] expected, got ${showType(x)}`);
  const [steps, batch, inputs] = x.shape;
  const size = recurrent.size(0);
  expectShape(weight, [inputs, gates * size], `${name}: weight`);
  expectShape(recurrent, [size, gates * size], `${name}: recurrent weight`);
  expectShape(bias, [gates * size], `${name}: bias`);
  expectShape(recurrentBias, [gates * size], `${name}: recurrent bias`);
  for (const state of initial) expectShape(state, [batch, size], `${name}: initial state`);
  if (lengths) {
    expectShape(lengths, [batch], `${name}: lengths`);
    if (lengths.dtype !== 'int32' && lengths.dtype !== 'int64') {
      throw new ShapeError(`${name}: lengths of int32 or int64 expected, got ${showType(lengths)}`);
    }
  }
  return {
    sequence: { dtype: 'float32', shape: [steps, batch, size] },
    state: { dtype: 'float32', shape: [batch, size] },
  };
}

/**
 * Gradients of what an operation gives: those of its states, `null` where the loss does not depend on one.
 * @throws ShapeError where a loss depends on what it keeps for its own gradient
 */
export function resultGradients(
  name: string,
  gradients: readonly (Tensor | null)[],
  results: number,
): readonly (Tensor | null)[] {
  soleGradient(name, [null, ...gradients.slice(results)]);
  return gradients.slice(0, results);
}
