/**
 * A loop over the first axis of some tensors, which carries states from one round to the next: ONNX's Scan. It
 * serves rules of gradients and has none of its own.
 */

import { ShapeError } from '../shape-error.ts';
import { applyAll, noGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType, type TensorType } from '../types.ts';
import { sameShape } from '../shape.ts';
import { input } from './source.ts';

/** What one round computes. */
export interface Round {
  /** What the next round starts from: as many as there are initial states, of the same types. */
  readonly states: readonly Tensor[];
  /** Values of this round; those of all rounds are stacked along a new first axis. */
  readonly outputs: readonly Tensor[];
}

export interface ScanInputs {
  /** States before the first round. */
  readonly states: readonly Tensor[];
  /** Tensors [rounds, …]; a round gets one slice of each. */
  readonly sequences: readonly Tensor[];
  /** Tensors of which each round gets the whole, such as weights. */
  readonly captured?: readonly Tensor[];
  /** From the last slice to the first. Outputs stand at the place of the slices that they were made from. */
  readonly reverse?: boolean;
}

/** The body of the loop, traced once with placeholders. */
interface Trace extends Round {
  readonly arguments: readonly Tensor[];
  readonly captured: readonly Tensor[];
}

interface ScanAttributes {
  readonly stateCount: number;
  readonly sequenceCount: number;
  readonly rounds: number;
  readonly reverse: boolean;
  /** A function, since a body is a graph and cannot be compared with that of another loop. */
  readonly trace: () => Trace;
}

export const scanOperation: Operation<ScanAttributes> = {
  name: 'scan',
  infer(inputs, { stateCount, rounds, trace }) {
    const { states, outputs } = trace();
    if (states.length !== stateCount) {
      throw new ShapeError(`scan: ${stateCount} states expected after a round, got ${states.length}`);
    }
    states.forEach((state, i) => {
      if (state.dtype !== inputs[i].dtype || !sameShape(state.shape, inputs[i].shape)) {
        throw new ShapeError(
          `scan: state ${i} is ${showType(inputs[i])} before a round, ${showType(state)} after it`,
        );
      }
    });
    const stacked = outputs.map(({ dtype, shape }): TensorType => ({ dtype, shape: [rounds, ...shape] }));
    return [...states.map(({ dtype, shape }): TensorType => ({ dtype, shape })), ...stacked];
  },
  lower({ emit, inputs, outputs, attributes: { stateCount, sequenceCount, reverse, trace } }) {
    const { arguments: formal, captured, states, outputs: made } = trace();
    const looped = stateCount + sequenceCount;
    const names = new Map(captured.map((tensor, i) => [tensor, inputs[looped + i]]));
    const direction = reverse ? 1 : 0;
    emit.node('Scan', inputs.slice(0, looped), outputs, {
      body: emit.body({ arguments: formal, captured: names, results: [...states, ...made] }),
      num_scan_inputs: { int: sequenceCount },
      scan_input_directions: { ints: new Array<number>(sequenceCount).fill(direction) },
      scan_output_directions: { ints: new Array<number>(made.length).fill(direction) },
    });
  },
  gradient: noGradient,
};

/**
 * Runs `body` once for each slice of the sequences.
 * @param body gets placeholders for states, slices and captured values, in the order in which they are given
 * @returns the states after the last round, and outputs [rounds, …]
 */
export function scan(
  { states, sequences, captured = [], reverse = false }: ScanInputs,
  body: (states: Tensor[], slices: Tensor[], captured: Tensor[]) => Round,
): Round {
  const rounds = sequences[0].size(0);
  for (const sequence of sequences) {
    if (sequence.size(0) !== rounds) {
      throw new ShapeError(
        `scan: sequences of one length expected, got ${sequences.map(showType).join(', ')}`,
      );
    }
  }
  const placeholder = ({ dtype }: Tensor, shape: Tensor['shape']): Tensor => input('', shape, dtype);
  const formal = {
    states: states.map((x) => placeholder(x, x.shape)),
    slices: sequences.map((x) => placeholder(x, x.shape.slice(1))),
    captured: captured.map((x) => placeholder(x, x.shape)),
  };
  const round = body(formal.states, formal.slices, formal.captured);
  const traced = { ...round, arguments: [...formal.states, ...formal.slices], captured: formal.captured };
  const all = applyAll(scanOperation, [...states, ...sequences, ...captured], {
    stateCount: states.length,
    sequenceCount: sequences.length,
    rounds,
    reverse,
    trace: () => traced,
  });
  return { states: all.slice(0, states.length), outputs: all.slice(states.length) };
}
