/** Operations that write token by token. */

import {
  cachedAttentionOperation,
  memoryAttentionOperation,
} from '../../../../src/nn/ops/cached-attention.ts';
import { topOperation } from '../../../../src/nn/ops/top.ts';
import { at, make, size } from '../array.ts';
import { reference, type Reference } from './types.ts';

/** The mean of values, each weighted with the softmax of its score. */
function attend(scores: readonly number[], value: (position: number) => number): number {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.reduce((sum, power, i) => sum + (power / total) * value(i), 0);
}

export const generation: readonly Reference[] = [
  reference(cachedAttentionOperation, ([query, key, value, keys, values, slots, bias], { heads, scale }) => {
    const [, width] = query.shape;
    const [, past] = slots.shape;
    const each = width / heads;
    return make(query.shape, ([row, column]) => {
      const head = Math.floor(column / each);
      const scores = Array.from({ length: past + 1 }, (_, i) => {
        let score = bias ? at(bias, [row, head, 0, i]) : 0;
        for (let j = head * each; j < (head + 1) * each; j++) {
          const seen = i < past ? at(keys, [at(slots, [row, i]), j]) : at(key, [row, j]);
          score += scale * at(query, [row, j]) * seen;
        }
        return score;
      });
      return attend(scores, (i) =>
        i < past ? at(values, [at(slots, [row, i]), column]) : at(value, [row, column]),
      );
    });
  }),
  reference(memoryAttentionOperation, ([query, keys, values, bias], { scale }) => {
    const [rows, width] = query.shape;
    const [texts, , each, length] = keys.shape;
    return make([rows, width], ([row, column]) => {
      const text = Math.floor(row / (rows / texts));
      const [head, feature] = [Math.floor(column / each), column % each];
      const scores = Array.from({ length }, (_, i) => {
        let score = at(bias, [text, 0, 0, i]);
        for (let j = 0; j < each; j++) {
          score += scale * at(query, [row, head * each + j]) * at(keys, [text, head, j, i]);
        }
        return score;
      });
      return attend(scores, (i) => at(values, [text, head, i, feature]));
    });
  }),
  reference(topOperation, ([x, count]) => {
    const width = x.shape[x.shape.length - 1];
    const [k] = count.data;
    const shape = [...x.shape.slice(0, -1), k];
    const order = Array.from({ length: size(x.shape) / width }, (_, row) => {
      const places = Array.from({ length: width }, (_, i) => i);
      return places.sort((a, b) => x.data[row * width + b] - x.data[row * width + a] || a - b).slice(0, k);
    });
    const values = order.flatMap((places, row) => places.map((i) => x.data[row * width + i]));
    return [
      { shape, data: Float64Array.from(values) },
      { shape, data: Float64Array.from(order.flat()) },
    ];
  }),
];
