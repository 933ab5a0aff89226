/** Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), as PyTorch computes them. */

import { add, div, mul, sqrt, sub } from '../ops/elementwise.ts';
import type { Optimizer, StepNumbers, UpdateInputs } from './optimizer.ts';

export interface AdamOptions {
  readonly learningRate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
}

/** Weight decay apart from the gradient: every step shrinks the parameters by rate times decay. */
export function adamW(options: AdamOptions = {}): Optimizer {
  return adamLike('adamW', { weightDecay: 0.01, ...options }, true);
}

/** Weight decay as a part of the gradient (L2). */
export function adam(options: AdamOptions = {}): Optimizer {
  return adamLike('adam', options, false);
}

function adamLike(name: string, options: AdamOptions, decoupled: boolean): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  return {
    name,
    learningRate,
    weightDecay,
    state: ['mean', 'square'],
    /**
     * The corrections of the first steps go into two numbers, so that the graph has no pass for them:
     * rate * (m / c1) / (sqrt(v / c2) + e) = (rate * sqrt(c2) / c1) * m / (sqrt(v) + e * sqrt(c2)).
     */
    scalars({ step, learningRate: rate, weightDecay: decay, gradientScale }: StepNumbers) {
      const correction1 = 1 - beta1 ** step;
      const root2 = Math.sqrt(1 - beta2 ** step);
      return {
        rate: (rate * root2) / correction1,
        epsilon: epsilon * root2,
        keep: decoupled ? 1 - rate * decay : 1,
        scale: gradientScale,
        decay: decoupled ? 0 : decay,
        meanShare: 1 - beta1,
        squareShare: 1 - beta2,
      };
    },
    update({ parameter, gradient, state, scalars }: UpdateInputs) {
      const scaled = mul(gradient, scalars['scale']);
      const g = decoupled ? scaled : add(scaled, mul(parameter, scalars['decay']));
      const mean = add(mul(state['mean'], beta1), mul(g, scalars['meanShare']));
      const square = add(mul(state['square'], beta2), mul(mul(g, g), scalars['squareShare']));
      const step = mul(div(mean, add(sqrt(square), scalars['epsilon'])), scalars['rate']);
      const kept = decoupled ? mul(parameter, scalars['keep']) : parameter;
      return { parameter: sub(kept, step), state: { mean, square } };
    },
  };
}
