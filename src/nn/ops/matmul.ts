/** Matrix products: nine tenths of the work. */

import { broadcast, elements, expectFloats } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { apply, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';
import { sum, unbroadcast } from './broadcast.ts';
import { add } from './elementwise.ts';
import { reshape } from './layout.ts';

export interface MatmulAttributes {
  /** Whether the last two axes of an operand are swapped first. */
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** What the product is multiplied with: ONNX Runtime's kernel does it for nothing. */
  readonly scale: number;
}

const lastTwo = (x: Tensor, swapped: boolean) => {
  const [rows, columns] = x.shape.slice(-2);
  return swapped ? [columns, rows] : [rows, columns];
};

/** The axes of a matrix swapped, for a tool that knows standard operators alone. */
const swapLast = (rank: number): number[] => [
  ...Array.from({ length: rank - 2 }, (_, i) => i),
  rank - 1,
  rank - 2,
];

export const matmulOperation: Operation<MatmulAttributes> = {
  name: 'matmul',
  infer([a, b], { transposeA, transposeB }) {
    expectFloats('matmul', [a, b]);
    if (a.rank < 2 || b.rank < 2) {
      throw new ShapeError(`matmul: two matrices expected, got ${showType(a)} and ${showType(b)}`);
    }
    const [rows, inner] = lastTwo(a, transposeA);
    const [other, columns] = lastTwo(b, transposeB);
    if (inner !== other) {
      throw new ShapeError(
        `matmul: ${showType(a)}${transposeA ? ' transposed' : ''} has ${inner} columns, ` +
          `${showType(b)}${transposeB ? ' transposed' : ''} has ${other} rows`,
      );
    }
    return [
      { dtype: 'float32', shape: [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns] },
    ];
  },
  lower({ emit, inputs, outputs, attributes: { transposeA, transposeB, scale }, node }) {
    if (!transposeA && !transposeB && scale === 1) return emit.node('MatMul', inputs, outputs);
    if (!emit.portable) {
      const attributes = {
        transA: { int: transposeA ? 1 : 0 },
        transB: { int: transposeB ? 1 : 0 },
        alpha: { float: scale },
      };
      return emit.node('FusedMatMul', inputs, outputs, attributes, 'com.microsoft');
    }
    const operands = inputs.map((name, i) => {
      if (!(i === 0 ? transposeA : transposeB)) return name;
      const swapped = emit.temporary();
      emit.node('Transpose', [name], [swapped], { perm: { ints: swapLast(node.inputs[i].rank) } });
      return swapped;
    });
    if (scale === 1) return emit.node('MatMul', operands, outputs);
    const product = emit.temporary();
    emit.node('MatMul', operands, [product]);
    emit.node('Mul', [product, emit.number(scale)], outputs);
  },
  gradient({ inputs: [a, b], attributes: { transposeA, transposeB, scale }, gradients: [dy] }) {
    if (!dy) return [null, null];
    const product = (x: Tensor, y: Tensor, tx: boolean, ty: boolean): Tensor =>
      matmul(x, y, { transposeA: tx, transposeB: ty, scale });
    // Y = A B: dA = dY B', dB = A' dY; and the same with an operand transposed.
    const da = transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB);
    const db = transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false);
    return [unbroadcast(da, a), unbroadcast(db, b)];
  },
};

/** Product of the last two axes; the axes before them are broadcast. */
export function matmul(a: Tensor, b: Tensor, attributes: Partial<MatmulAttributes> = {}): Tensor {
  return apply(matmulOperation, [a, b], { transposeA: false, transposeB: false, scale: 1, ...attributes });
}

export const affineOperation: Operation<{ transposed: boolean }> = {
  name: 'affine',
  infer([x, weight, bias], { transposed }) {
    expectFloats('affine', [x, weight, bias]);
    const [inner, columns] = lastTwo(weight, transposed);
    if (x.rank !== 2 || weight.rank !== 2 || x.shape[1] !== inner) {
      throw new ShapeError(
        `input ${showType(x)} does not fit ${inner} inputs of the weight ${showType(weight)}`,
      );
    }
    if (bias.rank !== 1 || bias.shape[0] !== columns) {
      throw new ShapeError(`bias ${showType(bias)} does not fit ${columns} outputs of ${showType(weight)}`);
    }
    return [{ dtype: 'float32', shape: [x.shape[0], columns] }];
  },
  lower({ emit, inputs, outputs, attributes: { transposed } }) {
    emit.node('Gemm', inputs, outputs, { transB: { int: transposed ? 1 : 0 } });
  },
  gradient({ inputs: [x, weight], attributes: { transposed }, gradients: [dy] }) {
    if (!dy) return [null, null, null];
    return [
      matmul(dy, weight, { transposeB: !transposed }),
      transposed ? matmul(dy, x, { transposeA: true }) : matmul(x, dy, { transposeA: true }),
      sum(dy, 0),
    ];
  },
};

/**
 * x W + b in one kernel.
 * @param x [rows, inputs]
 * @param weight [inputs, outputs], or [outputs, inputs] when `transposed`
 * @param bias [outputs]
 */
export function affine(x: Tensor, weight: Tensor, bias: Tensor, transposed = false): Tensor {
  return apply(affineOperation, [x, weight, bias], { transposed });
}

/**
 * x W (+ b) for x of any rank. Where all sizes are known, the leading axes are made one, so that a single
 * product does the work and its gradient too; else they stay, for the names of sizes cannot be multiplied.
 */
export function project(x: Tensor, weight: Tensor, bias: Tensor | null, transposed = false): Tensor {
  const outputs = weight.shape[transposed ? 0 : 1];
  const known = x.shape.every((dim) => typeof dim === 'number');
  if (!known && x.rank !== 2) {
    const y = matmul(x, weight, { transposeB: transposed });
    return bias ? add(y, bias) : y;
  }
  const rows = x.rank === 2 ? x : reshape(x, [elements(x.shape.slice(0, -1)), x.shape[x.rank - 1]]);
  const y = bias ? affine(rows, weight, bias, transposed) : matmul(rows, weight, { transposeB: transposed });
  return x.rank === 2 ? y : reshape(y, [...x.shape.slice(0, -1), outputs]);
}
