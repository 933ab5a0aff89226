/** Recurrent networks, one sequence and one step at a time. What operations keep for their gradients is left out. */

import { gruOperation } from '../../../../src/nn/ops/gru.ts';
import { lstmOperation } from '../../../../src/nn/ops/lstm.ts';
import type { RecurrentAttributes } from '../../../../src/nn/ops/recurrent.ts';
import { at, make, type NDArray } from '../array.ts';
import { reference, type Reference } from './types.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** A gate before its activation: what the input, and what the state before, has to say. */
type Gates = (gate: number, unit: number) => { fromInput: number; fromState: number };

/** One step of one sequence: from states [kinds][size] to those after it, the first of which is the result. */
type Cell = (gates: Gates, states: readonly number[][]) => number[][];

function run(
  inputs: readonly NDArray[],
  { reverse, limited, started }: RecurrentAttributes,
  kinds: number,
  cell: Cell,
): NDArray[] {
  const [x, weight, bias, recurrent, recurrentBias, ...others] = inputs;
  const [steps, batch, width] = x.shape;
  const [size] = recurrent.shape;
  const starts = started ? others.slice(limited ? 1 : 0) : [];
  const sequence = make([steps, batch, size], () => 0);
  const ends = Array.from({ length: kinds }, () => make([batch, size], () => 0));
  for (let row = 0; row < batch; row++) {
    const length = limited ? others[0].data[row] : steps;
    let states = Array.from({ length: kinds }, (_, kind) =>
      Array.from({ length: size }, (_, unit) => (started ? at(starts[kind], [row, unit]) : 0)),
    );
    for (let i = 0; i < length; i++) {
      const step = reverse ? length - 1 - i : i;
      const [before] = states;
      const gates: Gates = (gate, unit) => {
        const column = gate * size + unit;
        let [fromInput, fromState] = [bias.data[column], recurrentBias.data[column]];
        for (let j = 0; j < width; j++) fromInput += at(x, [step, row, j]) * at(weight, [j, column]);
        for (let j = 0; j < size; j++) fromState += before[j] * at(recurrent, [j, column]);
        return { fromInput, fromState };
      };
      states = cell(gates, states);
      sequence.data.set(states[0], (step * batch + row) * size);
    }
    states.forEach((state, kind) => ends[kind].data.set(state, row * size));
  }
  return [sequence, ...ends];
}

export const recurrent: readonly Reference[] = [
  reference(gruOperation, (inputs, attributes) =>
    run(inputs, attributes, 1, (gates, [h]) => [
      h.map((before, unit) => {
        const [z, r, n] = [0, 1, 2].map((gate) => gates(gate, unit));
        const update = sigmoid(z.fromInput + z.fromState);
        const reset = sigmoid(r.fromInput + r.fromState);
        return update * before + (1 - update) * Math.tanh(n.fromInput + reset * n.fromState);
      }),
    ]),
  ),
  reference(lstmOperation, (inputs, attributes) =>
    run(inputs, attributes, 2, (gates, [h, c]) => {
      const of = (gate: number, unit: number): number => {
        const { fromInput, fromState } = gates(gate, unit);
        return fromInput + fromState;
      };
      const cell = c.map(
        (before, unit) => sigmoid(of(2, unit)) * before + sigmoid(of(0, unit)) * Math.tanh(of(3, unit)),
      );
      return [h.map((_, unit) => sigmoid(of(1, unit)) * Math.tanh(cell[unit])), cell];
    }),
  ),
];
