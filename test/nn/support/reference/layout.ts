/** Operations that move values, and those that pick or add them by number. */

import { expandOperation } from '../../../../src/nn/ops/broadcast.ts';
import * as indexing from '../../../../src/nn/ops/indexing.ts';
import * as layout from '../../../../src/nn/ops/layout.ts';
import * as positions from '../../../../src/nn/ops/positions.ts';
import { zerosOperation } from '../../../../src/nn/ops/source.ts';
import { at, eachIndex, make, offset, size, type NDArray } from '../array.ts';
import { reference, type Reference } from './types.ts';

/** A copy of an index with another number at one axis. */
function replaced(index: readonly number[], axis: number, value: number): number[] {
  return index.map((i, a) => (a === axis ? value : i));
}

/** The part of an axis from `start` on that is `length` long. */
function part(x: NDArray, axis: number, start: number, length: number): NDArray {
  return make(replaced(x.shape, axis, length), (index) => at(x, replaced(index, axis, index[axis] + start)));
}

function concatenated(inputs: readonly NDArray[], axis: number): NDArray {
  const total = inputs.reduce((sum, x) => sum + x.shape[axis], 0);
  return make(replaced(inputs[0].shape, axis, total), (index) => {
    let place = index[axis];
    for (const x of inputs) {
      if (place < x.shape[axis]) return at(x, replaced(index, axis, place));
      place -= x.shape[axis];
    }
    throw new RangeError('beyond the last input');
  });
}

export const layouts: readonly Reference[] = [
  reference(zerosOperation, (_, { shape }) => make(shape, () => 0)),
  reference(layout.reshapeOperation, ([x], { shape }) => ({ shape: shape as number[], data: x.data })),
  reference(layout.transposeOperation, ([x], { order }) =>
    make(
      order.map((axis) => x.shape[axis]),
      (index) => {
        const from = x.shape.map(() => 0);
        order.forEach((axis, i) => (from[axis] = index[i]));
        return at(x, from);
      },
    ),
  ),
  reference(layout.concatOperation, (inputs, { axis }) => concatenated(inputs, axis)),
  reference(layout.splitOperation, ([x], { sizes, axis }) => {
    let start = 0;
    return sizes.map((length) => {
      const found = part(x, axis, start, length);
      start += length;
      return found;
    });
  }),
  reference(layout.sliceOperation, ([x], { axis, start, end }) => part(x, axis, start, end - start)),
  reference(layout.padOperation, ([x], { axis, before, after }) => {
    const length = x.shape[axis];
    return make(replaced(x.shape, axis, before + length + after), (index) => {
      const place = index[axis] - before;
      return place < 0 || place >= length ? 0 : at(x, replaced(index, axis, place));
    });
  }),
  reference(positions.sizeOperation, ([x], { axis }) => make([], () => x.shape[axis])),
  reference(positions.positionsOperation, ([x], { axis }) => make([x.shape[axis]], ([i]) => i)),
  reference(positions.cumulativeSumOperation, ([x], { axis, reverse }) =>
    make(x.shape, (index) => {
      let total = 0;
      for (let i = 0; i < x.shape[axis]; i++) {
        if (reverse ? i >= index[axis] : i <= index[axis]) total += at(x, replaced(index, axis, i));
      }
      return total;
    }),
  ),
  reference(expandOperation, ([x], { shape }) => make(shape as number[], (index) => at(x, index))),
  reference(indexing.takeOperation, ([table, indices]) =>
    make([...indices.shape, ...table.shape.slice(1)], (index) => {
      const row = at(indices, index.slice(0, indices.shape.length));
      return at(table, [row, ...index.slice(indices.shape.length)]);
    }),
  ),
  reference(indexing.addRowsOperation, ([values, indices], { rows, outer }) => {
    const row = values.shape.slice(indices.shape.length - outer);
    const width = size(row);
    const data = new Float64Array(rows * width);
    indices.data.forEach((to, i) => {
      for (let k = 0; k < width; k++)
        data[to * width + k] += values.data[(i * width + k) % values.data.length];
    });
    return { shape: [rows, ...row], data };
  }),
  reference(indexing.takeSumOperation, ([table, indices], { outer }) => {
    const inner = indices.shape.slice(outer);
    const times = size(indices.shape.slice(0, outer));
    const row = table.shape.slice(1);
    const width = size(row);
    const count = size(inner);
    const data = new Float64Array(count * width);
    for (let i = 0; i < times * count; i++) {
      for (let k = 0; k < width; k++) {
        data[(i % count) * width + k] += table.data[indices.data[i] * width + k];
      }
    }
    return { shape: [...inner, ...row], data };
  }),
  reference(indexing.rearrangeOperation, ([x, from]) =>
    make([...from.shape, x.shape[1]], (index) => {
      const row = at(from, index.slice(0, -1));
      return row < 0 ? 0 : at(x, [row, index[index.length - 1]]);
    }),
  ),
  reference(indexing.takeAlongOperation, ([x, indices], { axis }) =>
    make(indices.shape, (index) => at(x, replaced(index, axis, at(indices, index)))),
  ),
  reference(indexing.oneHotOperation, ([indices], { size: classes }) =>
    make([...indices.shape, classes], (index) => Number(at(indices, index.slice(0, -1)) === index.at(-1))),
  ),
  reference(indexing.addAlongOperation, ([base, values, indices], { axis }) => {
    const data = base.data.slice();
    eachIndex(values.shape, (index, flat) => {
      data[offset(base.shape, replaced(index, axis, indices.data[flat]))] += values.data[flat];
    });
    return { shape: base.shape, data };
  }),
];
