/** The gated recurrent unit (Cho et al. 2014), in the form of PyTorch and cuDNN. */

import { numbers } from '../shape.ts';
import { applyAll, type Operation, type Tensor } from '../tensor.ts';
import { add, mul, sigmoid, sub, tanh } from './elementwise.ts';
import { concat, split, transpose } from './layout.ts';
import { affine, matmul } from './matmul.ts';
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
 * Inputs: see `packInputs`. Outputs: states of all steps and the last, then what the gradient needs of each step:
 * gates z, r, n, what r was multiplied with, and the state before.
 */
export const gruOperation: Operation<RecurrentAttributes> = {
  name: 'gru',
  infer(inputs, attributes) {
    const { sequence, state } = inferRecurrent('gru', 3, unpackInputs(inputs, attributes));
    return [sequence, state, sequence, sequence, sequence, sequence, sequence];
  },
  lower(call) {
    if (call.read.slice(2).includes(true)) lowerLoop(call, forward);
    else lowerOperator(call, 'GRU', 1);
  },
  gradient({ inputs, outputs: [, end, ...kept], attributes, gradients }) {
    const [dys, dEnd] = resultGradients('gru', gradients, 2);
    const given = unpackInputs(inputs, attributes);
    const { recurrent, lengths } = given;
    const { present } = presence(given);
    const { states, outputs } = scan(
      {
        states: [dEnd ?? zeros(numbers(end.shape))],
        sequences: [...kept, ...(dys ? [dys] : []), ...(present ? [present] : [])],
        captured: [transpose(recurrent, [1, 0])],
        reverse: !attributes.reverse,
      },
      ([dh], [z, r, n, product, before, ...others], [turned]) => {
        const d = dys ? add(dh, lengths ? mul(others[0], others[1]) : others[0]) : dh;
        const dzh = mul(d, z);
        const rest = sub(d, dzh);
        const dz = mul(mul(rest, z), sub(before, n));
        const dn = sub(rest, mul(rest, mul(n, n)));
        const dProduct = mul(dn, r);
        const drr = mul(dProduct, product);
        const dr = sub(drr, mul(drr, r));
        const carried = concat([dz, dr, dProduct]);
        return {
          states: [add(matmul(carried, turned), dzh)],
          outputs: [concat([dz, dr, dn]), carried],
        };
      },
    );
    const [projected, carried] = outputs;
    return [
      ...weightGradients(given, kept[4], projected, carried),
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
  /** Both gates, and the candidate, for r acts on the product of the latter alone. */
  const apart = [2 * size, size];
  const [gateWeight, newWeight] = split(weight, apart);
  const [gateRecurrent, newRecurrent] = split(recurrent, apart);
  const [gateBias, newBias] = split(bias, apart);
  const [gateRecurrentBias, newRecurrentBias] = split(recurrentBias, apart);
  const { present, absent } = presence(given);
  const { states, outputs } = scan(
    {
      states: startingStates(given, 1),
      sequences: [
        projectSteps(x, gateWeight, add(gateBias, gateRecurrentBias)),
        projectSteps(x, newWeight, newBias),
        ...(present ? [present, absent] : []),
      ],
      captured: [gateRecurrent, newRecurrent, newRecurrentBias],
      reverse: attributes.reverse,
    },
    ([h], [forGates, forNew, there, missing], [gates, candidate, candidateBias]) => {
      const [z, r] = split(add(matmul(h, gates), forGates), [size, size]).map(sigmoid);
      const product = affine(h, candidate, candidateBias);
      const n = tanh(add(forNew, mul(r, product)));
      const next = add(n, mul(z, sub(h, n)));
      if (!there) return { states: [next], outputs: [next, z, r, n, product, h] };
      const y = mul(next, there);
      // With z = 1 a step hands the gradient of the state on, and has none of its own.
      const kept = add(mul(z, there), missing);
      return { states: [add(y, mul(h, missing))], outputs: [y, kept, r, n, product, h] };
    },
  );
  return [outputs[0], states[0], ...outputs.slice(1)];
}

/**
 * z = sigmoid(x Wz + h Rz), r = sigmoid(x Wr + h Rr), n = tanh(x Wn + bn + r (h Rn + cn)), h' = z h + (1 - z) n: gates in
 * the order z, r, n, that of ONNX. PyTorch has r, z, n, and its weights turned.
 * @param x [steps, batch, inputs]
 * @param initial the state before the first step, [batch, size]: zeros when not given
 * @returns states [steps, batch, size], and the last of each sequence, [batch, size]
 */
export function gru(
  x: Tensor,
  weights: RecurrentWeights,
  options: RecurrentOptions = {},
  initial: Tensor | null = null,
): { states: Tensor; hidden: Tensor } {
  const { inputs, attributes } = packInputs(x, weights, options, initial && [initial]);
  const [states, hidden] = applyAll(gruOperation, inputs, attributes);
  return { states, hidden };
}
