/**
 * Work in pieces that fit the cache. ONNX Runtime makes a pass over memory for each element-wise operation;
 * where such passes run over a few megabytes, they run in the cache.
 */

import { elements } from '../shape.ts';
import { concat, reshape, split } from '../ops/layout.ts';
import type { Tensor } from '../tensor.ts';

/**
 * Elements of the widest value within a piece: 4 MB. Measured on two cores with 1 MB of second-level cache each
 * and a shared third level: half of it and twice of it are slower.
 */
const PIECE = 1 << 20;

/** Sizes of the pieces of an axis, as even as they can be. */
function pieces(size: number, each: number): number[] {
  const count = Math.max(1, Math.round((size * each) / PIECE));
  return Array.from(
    { length: count },
    (_, i) => Math.floor(((i + 1) * size) / count) - Math.floor((i * size) / count),
  ).filter((n) => n > 0);
}

/**
 * Applies a function to the rows of a tensor, piece by piece.
 * @param x [..., width]; where a size has only a name it stays whole
 * @param widest elements of a row in the largest value that the function makes
 */
export function byRows(x: Tensor, widest: number, body: (rows: Tensor) => Tensor): Tensor {
  const leading = x.shape.slice(0, -1);
  if (leading.some((dim) => typeof dim !== 'number')) return body(x);
  const rows = elements(leading);
  const sizes = pieces(rows, widest);
  if (sizes.length < 2) return body(x);
  const flat = reshape(x, [rows, x.size(-1)]);
  const results = split(flat, sizes, 0).map(body);
  const whole = concat(results, 0);
  return reshape(whole, [...leading, whole.size(-1)]);
}

/** Applies a function to tensors of one batch, a few of its items at a time. @param widest elements of an item */
export function byItems(
  xs: readonly Tensor[],
  widest: number,
  body: (xs: readonly Tensor[]) => Tensor,
): Tensor {
  const [batch] = xs[0].shape;
  if (typeof batch !== 'number') return body(xs);
  const sizes = pieces(batch, widest);
  if (sizes.length < 2) return body(xs);
  const parts = xs.map((x) => split(x, sizes, 0));
  return concat(
    sizes.map((_, i) => body(parts.map((part) => part[i]))),
    0,
  );
}
