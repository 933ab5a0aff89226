/**
 * Attention of one new position for each row, over keys and values that were computed before. For writing token by
 * token; no gradient flows.
 *
 * What a step computes is appended to a pool and never moved: `slots` says where in the pool each row's past lies.
 * A beam that continues another takes over its slots; one that is given up just leaves its own.
 */

import { addDims } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, noGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';

interface Heads {
  readonly heads: number;
  /** What scores are multiplied with. */
  readonly scale: number;
}

interface CachedAttributes extends Heads {
  /** Whether there is an input after the slots. */
  readonly biased: boolean;
}

/** Inputs: query, key and value of the new position, keys and values of the pool, slots, and perhaps a bias. */
export const cachedAttentionOperation: Operation<CachedAttributes> = {
  name: 'cachedAttention',
  infer([query, key, value, keys, values, slots, bias], { heads, biased }) {
    const [rows, width] = query.shape;
    const fit =
      [query, key, value, keys, values].every((x) => x.rank === 2 && x.shape[1] === width) &&
      key.shape[0] === rows &&
      value.shape[0] === rows &&
      keys.shape[0] === values.shape[0] &&
      slots.rank === 2 &&
      slots.shape[0] === rows;
    if (!fit || typeof width !== 'number' || width % heads !== 0) {
      const all = [query, key, value, keys, values, slots].map(showType).join(', ');
      throw new ShapeError(`cachedAttention: ${all} do not fit each other and ${heads} heads`);
    }
    if (slots.dtype !== 'int64') {
      throw new ShapeError(`cachedAttention: slots of int64 expected, got ${showType(slots)}`);
    }
    const seen = addDims([slots.shape[1], 1]);
    if (biased && (bias.rank !== 4 || bias.shape[3] !== seen || bias.shape[2] !== 1)) {
      throw new ShapeError(`cachedAttention: bias ${showType(bias)} does not fit ${seen} positions`);
    }
    return [{ dtype: 'float32', shape: [rows, width] }];
  },
  lower({ emit, inputs: [query, key, value, keys, values, slots, bias], outputs, attributes, node }) {
    const { heads, scale } = attributes;
    const width = node.inputs[0].size(1);
    const size = width / heads;
    const make = (
      type: string,
      from: readonly string[],
      options?: Parameters<typeof emit.node>[3],
    ): string => {
      const name = emit.temporary();
      emit.node(type, from, [name], options);
      return name;
    };
    const reshape = (x: string, shape: readonly number[]): string =>
      make('Reshape', [x, emit.integers(shape)]);
    // A head of a slot is a row of a matrix: one Gather then finds all and leaves them in order.
    const first = make('Mul', [make('Unsqueeze', [slots, emit.integers([1])]), emit.integer(heads)]);
    const numbers = emit.integers(Array.from({ length: heads }, (_, i) => i));
    const places = make('Add', [first, make('Unsqueeze', [numbers, emit.integers([1])])]);
    const find = (pool: string): string => make('Gather', [reshape(pool, [-1, size]), places]);

    const column = reshape(query, [0, heads, size, 1]);
    const scaled = scale === 1 ? column : make('Mul', [column, emit.number(scale)]);
    const before = make('MatMul', [find(keys), scaled]);
    const now = make('MatMul', [reshape(key, [0, heads, 1, size]), scaled]);
    const turned = make('Transpose', [make('Concat', [before, now], { axis: { int: 2 } })], {
      perm: { ints: [0, 1, 3, 2] },
    });
    const scores = bias === undefined ? turned : make('Add', [turned, bias]);
    const shares = make('Softmax', [scores], { axis: { int: -1 } });
    const part = (from: number, to: number): string =>
      make('Slice', [shares, emit.integers([from]), emit.integers([to]), emit.integers([3])]);
    const found = make('MatMul', [part(0, -1), find(values)]);
    const own = make('Mul', [part(-1, END), reshape(value, [0, heads, 1, size])]);
    emit.node('Reshape', [make('Add', [found, own]), emit.integers([0, width])], outputs);
  },
  gradient: noGradient,
};

/** ONNX's way to say: up to the end. */
const END = 2 ** 31 - 1;

export interface Past {
  /** The pool, [slots, heads * size] each. */
  readonly keys: Tensor;
  readonly values: Tensor;
  /** Where in the pool each row's positions lie, in their order: int64 [rows, written]. */
  readonly slots: Tensor;
  /** Added to the scores, that of the new position last: broadcast to [rows, heads, 1, written + 1]. */
  readonly bias: Tensor | null;
}

/**
 * @param query [rows, heads * size]
 * @param key [rows, heads * size]
 * @param value [rows, heads * size]
 * @returns [rows, heads * size]
 */
export function cachedAttention(query: Tensor, key: Tensor, value: Tensor, past: Past, heads: Heads): Tensor {
  const { keys, values, slots, bias } = past;
  const inputs = [query, key, value, keys, values, slots, ...(bias ? [bias] : [])];
  return apply(cachedAttentionOperation, inputs, { ...heads, biased: bias !== null });
}

/** Inputs: query, turned keys, values, bias. */
export const memoryAttentionOperation: Operation<Heads> = {
  name: 'memoryAttention',
  infer([query, keys, values, bias], { heads }) {
    const [batch, , size, length] = keys.shape;
    const fit =
      query.rank === 2 &&
      keys.rank === 4 &&
      keys.shape[1] === heads &&
      query.shape[1] === heads * Number(size) &&
      [batch, heads, length, size].every((dim, axis) => values.shape[axis] === dim) &&
      [batch, 1, 1, length].every((dim, axis) => bias.shape[axis] === dim);
    if (!fit) {
      throw new ShapeError(
        `memoryAttention: query ${showType(query)}, keys ${showType(keys)}, values ${showType(values)} and bias ` +
          `${showType(bias)} do not fit each other and ${heads} heads`,
      );
    }
    return [{ dtype: 'float32', shape: query.shape }];
  },
  lower({ emit, inputs: [query, keys, values, bias], outputs, attributes: { heads, scale }, node }) {
    const width = node.inputs[0].size(1);
    const names = Array.from({ length: 9 }, () => emit.temporary());
    const [batch, shape, split, rows, scaled, product, scores, shares, found] = names;
    emit.node('Shape', [keys], [batch], { start: { int: 0 }, end: { int: 1 } });
    emit.node('Concat', [batch, emit.integers([-1, heads, width / heads])], [shape], { axis: { int: 0 } });
    emit.node('Reshape', [query, shape], [split]);
    emit.node('Transpose', [split], [rows], { perm: { ints: [0, 2, 1, 3] } });
    if (scale !== 1) emit.node('Mul', [rows, emit.number(scale)], [scaled]);
    emit.node('MatMul', [scale === 1 ? rows : scaled, keys], [product]);
    emit.node('Add', [product, bias], [scores]);
    emit.node('Softmax', [scores], [shares], { axis: { int: -1 } });
    emit.node('MatMul', [shares, values], [found]);
    const turned = emit.temporary();
    emit.node('Transpose', [found], [turned], { perm: { ints: [0, 2, 1, 3] } });
    emit.node('Reshape', [turned, emit.integers([-1, width])], outputs);
  },
  gradient: noGradient,
};

export interface Memory {
  /** [batch, heads, size, length]: turned, as the product takes them. */
  readonly keys: Tensor;
  /** [batch, heads, length, size]. */
  readonly values: Tensor;
  /** Added to the scores: [batch, 1, 1, length]. */
  readonly bias: Tensor;
}

/**
 * Attention over what an encoder has read, which all rows of a text share: rows are those of the first text, then
 * those of the second, as many for each.
 * @param query [rows, heads * size]
 * @returns [rows, heads * size]
 */
export function memoryAttention(query: Tensor, { keys, values, bias }: Memory, heads: Heads): Tensor {
  return apply(memoryAttentionOperation, [query, keys, values, bias], { ...heads });
}
