/** Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000 for the forget gate). */

import { numbers } from '../shape.ts';
import { applyAll, type Operation, type Tensor } from '../tensor.ts';
import { add, mul, sigmoid, sub, tanh } from './elementwise.ts';
import { concat, split, transpose } from './layout.ts';
import { matmul } from './matmul.ts';
import {
  lowerLoop,
  lowerOperator,
  presence,
  projectSteps,
  startingStates,
  weightGradients,
} from './recurrent-forms.ts';
import {
  inferRecurrent,
  packInputs,
  resultGradients,
  unpackInputs,
  type RecurrentAttributes,
  type RecurrentOptions,
  type RecurrentWeights,
} from './recurrent.ts';
import { scan } from './scan.ts';
import { zeros } from './source.ts';

/**
 * Inputs: see `packInputs`. Outputs: states h of all steps, the last h and the last cell c, then what the gradient needs
 * of each step: gates i, o, f, g, tanh of c, and h and c of the step before.
 */
export const lstmOperation: Operation<RecurrentAttributes> = {
  name: 'lstm',
  infer(inputs, attributes) {
    const { sequence, state } = inferRecurrent('lstm', 4, unpackInputs(inputs, attributes));
    return [sequence, state, state, ...Array.from({ length: 7 }, () => sequence)];
  },
  lower(call) {
    if (call.read.slice(3).includes(true)) lowerLoop(call, forward);
    else lowerOperator(call, 'LSTM', 2);
  },
  gradient({ inputs, outputs: [, end, , ...kept], attributes, gradients }) {
    const [dys, dEnd, dCell] = resultGradients('lstm', gradients, 3);
    const given = unpackInputs(inputs, attributes);
    const { recurrent, lengths } = given;
    const { present, absent } = presence(given);
    const none = zeros(numbers(end.shape));
    const [i, o, f, g, t, before, cellBefore] = kept;
    const { states, outputs } = scan(
      {
        states: [dEnd ?? none, dCell ?? none],
        sequences: [i, o, f, g, t, cellBefore, ...(present ? [present, absent] : []), ...(dys ? [dys] : [])],
        captured: [transpose(recurrent, [1, 0])],
        reverse: !attributes.reverse,
      },
      ([dh, dc], [i, o, f, g, t, cell, ...others], [turned]) => {
        const [there, missing] = lengths ? others : [null, null];
        const dy = dys ? others[others.length - 1] : null;
        const d = dy ? add(dh, there ? mul(dy, there) : dy) : dh;
        const dt = mul(d, o);
        const doo = mul(dt, t);
        const inner = add(dc, sub(dt, mul(doo, t)));
        const dg = mul(inner, i);
        const dii = mul(dg, g);
        const kept = mul(inner, f);
        const dff = mul(kept, cell);
        const gates = concat([
          sub(dii, mul(dii, i)),
          sub(doo, mul(doo, o)),
          sub(dff, mul(dff, f)),
          sub(dg, mul(dii, g)),
        ]);
        const carried = matmul(gates, turned);
        return { states: [missing ? add(carried, mul(dh, missing)) : carried, kept], outputs: [gates] };
      },
    );
    return [
      ...weightGradients(given, before, outputs[0], outputs[0]),
      ...(lengths ? [null] : []),
      ...(attributes.started ? states : []),
    ];
  },
};

/** All outputs, in a loop. */
function forward(inputs: readonly Tensor[], attributes: RecurrentAttributes): Tensor[] {
  const given = unpackInputs(inputs, attributes);
  const { x, weight, bias, recurrent, recurrentBias } = given;
  const size = recurrent.size(0);
  const { present, absent } = presence(given);
  const { states, outputs } = scan(
    {
      states: startingStates(given, 2),
      sequences: [projectSteps(x, weight, add(bias, recurrentBias)), ...(present ? [present, absent] : [])],
      captured: [recurrent],
      reverse: attributes.reverse,
    },
    ([h, c], [projected, there, missing], [carried]) => {
      const gates = split(add(matmul(h, carried), projected), [size, size, size, size]);
      const open = gates.slice(0, 3).map(sigmoid);
      const g = tanh(gates[3]);
      // Where a sequence has ended, c stays what it is, and so does its gradient.
      const [i, o] = there ? open.slice(0, 2).map((gate) => mul(gate, there)) : open;
      const f = there ? add(mul(open[2], there), missing) : open[2];
      const cell = add(mul(f, c), mul(i, g));
      const t = tanh(cell);
      const y = mul(o, t);
      return {
        states: [missing ? add(y, mul(h, missing)) : y, cell],
        outputs: [y, i, o, f, g, t, h, c],
      };
    },
  );
  return [outputs[0], ...states, ...outputs.slice(1)];
}

/**
 * i, o, f = sigmoid(x W + h R), g = tanh(x Wg + h Rg), c' = f c + i g, h' = o tanh(c'): gates in the order i, o, f, g,
 * that of ONNX. PyTorch has i, f, g, o, and its weights turned.
 * @param x [steps, batch, inputs]
 * @param initial h and c before the first step, [batch, size]: zeros when not given
 * @returns states h [steps, batch, size], and the last h and c of each sequence, [batch, size]
 */
export function lstm(
  x: Tensor,
  weights: RecurrentWeights,
  options: RecurrentOptions = {},
  initial: { readonly hidden: Tensor; readonly cell: Tensor } | null = null,
): { states: Tensor; hidden: Tensor; cell: Tensor } {
  const { inputs, attributes } = packInputs(x, weights, options, initial && [initial.hidden, initial.cell]);
  const [states, hidden, cell] = applyAll(lstmOperation, inputs, attributes);
  return { states, hidden, cell };
}
