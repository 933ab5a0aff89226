/** Cases of operations that write token by token. */

import { cachedAttention, memoryAttention } from '../../../src/nn/ops/cached-attention.ts';
import { top } from '../../../src/nn/ops/top.ts';
import { given, normal, whole, type Case } from '../support/check.ts';

const heads = { heads: 2, scale: 0.5 };
const cached = {
  query: normal([3, 6]),
  key: normal([3, 6]),
  value: normal([3, 6]),
  keys: normal([7, 6]),
  values: normal([7, 6]),
  slots: whole([3, 4], 7),
};
const cachedFloats = ['query', 'key', 'value', 'keys', 'values'];

export const generation: Readonly<Record<string, readonly Case[]>> = {
  cachedAttention: [
    {
      name: 'cachedAttention',
      inputs: cached,
      none: cachedFloats,
      build: ({ query, key, value, keys, values, slots }) =>
        cachedAttention(query, key, value, { keys, values, slots, bias: null }, heads),
    },
    {
      name: 'cachedAttention with a bias for each head and no scale',
      inputs: { ...cached, bias: normal([1, 2, 1, 5]) },
      none: [...cachedFloats, 'bias'],
      build: ({ query, key, value, keys, values, slots, bias }) =>
        cachedAttention(query, key, value, { keys, values, slots, bias }, { heads: 2, scale: 1 }),
    },
  ],
  memoryAttention: [1, 0.5].map((scale) => ({
    name: `memoryAttention of three rows a text, scale ${scale}`,
    inputs: {
      query: normal([6, 4]),
      keys: normal([2, 2, 2, 5]),
      values: normal([2, 2, 5, 2]),
      bias: normal([2, 1, 1, 5]),
    },
    none: ['query', 'keys', 'values', 'bias'],
    build: ({ query, keys, values, bias }) =>
      memoryAttention(query, { keys, values, bias }, { heads: 2, scale }),
  })),
  top: [
    {
      name: 'top, the first of several alike',
      inputs: { x: given([2, 5], [1, 3, 2, 3, 0, 5, 5, 5, 9, 1]), count: given([1], [3], 'int64') },
      none: ['x'],
      build: ({ x, count }) => {
        const { values, places } = top(x, count, 3);
        return [values, places];
      },
    },
  ],
};
