/** Cases of loops. */

import { add, tanh } from '../../../src/nn/ops/elementwise.ts';
import { matmul } from '../../../src/nn/ops/matmul.ts';
import { scan } from '../../../src/nn/ops/scan.ts';
import { normal, type Case } from '../support/check.ts';

const inputs = {
  h: normal([2, 3]),
  c: normal([2]),
  xs: normal([4, 2, 3]),
  ys: normal([4, 2]),
  w: normal([3, 3]),
};

export const loops: Readonly<Record<string, readonly Case[]>> = {
  scan: [false, true].map((reverse) => ({
    name: `scan${reverse ? ' from the last to the first' : ''}`,
    inputs,
    none: Object.keys(inputs),
    build: (t) => {
      const { states, outputs } = scan(
        { states: [t['h'], t['c']], sequences: [t['xs'], t['ys']], captured: [t['w']], reverse },
        ([h, c], [x, y], [w]) => {
          const next = tanh(add(matmul(h, w), x));
          return { states: [next, add(c, y)], outputs: [next, add(c, 1)] };
        },
      );
      return [...states, ...outputs];
    },
  })),
};
