/** Stochastic gradient descent with momentum (Sutskever et al. 2013), as PyTorch computes it. */

import { add, mul, sub } from '../ops/elementwise.ts';
import type { Optimizer } from './optimizer.ts';

export interface SgdOptions {
  readonly learningRate?: number;
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
}

export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 0.01, momentum = 0, nesterov = false, weightDecay = 0 } = options;
  return {
    name: 'sgd',
    learningRate,
    weightDecay,
    state: momentum === 0 ? [] : ['velocity'],
    scalars: ({ learningRate: rate, weightDecay: decay, gradientScale }) => ({
      rate,
      decay,
      scale: gradientScale,
    }),
    update({ parameter, gradient, state, scalars }) {
      const g = add(mul(gradient, scalars['scale']), mul(parameter, scalars['decay']));
      if (momentum === 0) return { parameter: sub(parameter, mul(g, scalars['rate'])), state: {} };
      const velocity = add(mul(state['velocity'], momentum), g);
      const direction = nesterov ? add(g, mul(velocity, momentum)) : velocity;
      return { parameter: sub(parameter, mul(direction, scalars['rate'])), state: { velocity } };
    },
  };
}
