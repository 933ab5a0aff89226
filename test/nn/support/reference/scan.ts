/** Loops. */

import { scanOperation } from '../../../../src/nn/ops/scan.ts';
import type { Tensor } from '../../../../src/nn/tensor.ts';
import { make, size, type NDArray } from '../array.ts';
import { reference, type Reference } from './types.ts';

function sliceOf({ shape, data }: NDArray, round: number): NDArray {
  const width = size(shape.slice(1));
  return { shape: shape.slice(1), data: data.subarray(round * width, (round + 1) * width) };
}

export const loops: readonly Reference[] = [
  reference(scanOperation, (inputs, { stateCount, sequenceCount, rounds, reverse, trace }, evaluate) => {
    const body = trace();
    const sequences = inputs.slice(stateCount, stateCount + sequenceCount);
    let states: readonly NDArray[] = inputs.slice(0, stateCount);
    const outputs = body.outputs.map(({ shape }) => make([rounds, ...(shape as number[])], () => 0));
    for (let i = 0; i < rounds; i++) {
      const round = reverse ? rounds - 1 - i : i;
      const given = new Map<Tensor, NDArray>();
      const slices = sequences.map((sequence) => sliceOf(sequence, round));
      body.arguments.forEach((tensor, j) => given.set(tensor, [...states, ...slices][j]));
      body.captured.forEach((tensor, j) => given.set(tensor, inputs[stateCount + sequenceCount + j]));
      const results = evaluate([...body.states, ...body.outputs], given);
      states = results.slice(0, stateCount);
      outputs.forEach(({ data }, j) => {
        const { data: made } = results[stateCount + j];
        data.set(made, round * made.length);
      });
    }
    return [...states, ...outputs];
  }),
];
