/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1), as one operation: its gradient needs two
 * passes less over the largest tensor of a transformer than the gradients of its parts do.
 */

import { broadcast, expectFloats, sameShape } from '../shape.ts';
import { ShapeError } from '../shape-error.ts';
import { applyAll, soleGradient, type Operation, type Tensor } from '../tensor.ts';
import { showType } from '../types.ts';
import { sum, unbroadcast } from './broadcast.ts';
import { mul, sub } from './elementwise.ts';
import { matmul } from './matmul.ts';

interface AttentionAttributes {
  readonly scale: number;
  /** Which of the inputs after query, key and value there are. */
  readonly biased: boolean;
  readonly masked: boolean;
}

const optional = (inputs: readonly Tensor[], { biased, masked }: AttentionAttributes) => ({
  bias: biased ? inputs[3] : null,
  mask: masked ? inputs[inputs.length - 1] : null,
});

/** Inputs: query, key, value, then perhaps bias and mask. Outputs: the result, and what was multiplied with value. */
export const attentionOperation: Operation<AttentionAttributes> = {
  name: 'attention',
  infer(inputs, attributes) {
    expectFloats('attention', inputs);
    const [query, key, value] = inputs;
    const { bias, mask } = optional(inputs, attributes);
    const [q, k, v] = [query.shape, key.shape, value.shape];
    const fit =
      q.length === 4 &&
      k.length === 4 &&
      v.length === 4 &&
      q[3] === k[3] &&
      k[2] === v[2] &&
      sameShape(q.slice(0, 2), k.slice(0, 2)) &&
      sameShape(k.slice(0, 2), v.slice(0, 2));
    if (!fit) {
      throw new ShapeError(
        `attention: query ${showType(query)}, key ${showType(key)} and value ${showType(value)} do not fit`,
      );
    }
    const scores = [q[0], q[1], q[2], k[2]];
    if (bias && !sameShape(broadcast(bias.shape, scores), scores)) {
      throw new ShapeError(`attention: bias ${showType(bias)} does not fit scores [${scores.join(', ')}]`);
    }
    if (mask && !sameShape(mask.shape, scores)) {
      throw new ShapeError(
        `attention: mask ${showType(mask)} is not of the scores' shape [${scores.join(', ')}]`,
      );
    }
    const score = { dtype: 'float32', shape: scores } as const;
    return [{ dtype: 'float32', shape: [q[0], q[1], q[2], v[3]] }, score, score];
  },
  lower({ emit, inputs, outputs, attributes, node }) {
    const [query, key, value] = inputs;
    const [result, kept, probabilities] = outputs;
    let scores = emit.temporary();
    if (emit.portable) {
      const [turned, product] = [emit.temporary(), emit.temporary()];
      emit.node('Transpose', [key], [turned], { perm: { ints: [0, 1, 3, 2] } });
      emit.node('MatMul', [query, turned], [product]);
      emit.node('Mul', [product, emit.number(attributes.scale)], [scores]);
    } else {
      const options = { transB: { int: 1 }, alpha: { float: attributes.scale } };
      emit.node('FusedMatMul', [query, key], [scores], options, 'com.microsoft');
    }
    const { bias, mask } = optional(node.inputs, attributes);
    if (bias) {
      const biased = emit.temporary();
      emit.node('Add', [scores, inputs[3]], [biased]);
      scores = biased;
    }
    emit.node('Softmax', [scores], [mask ? probabilities : kept], { axis: { int: -1 } });
    if (mask) emit.node('Mul', [probabilities, inputs[inputs.length - 1]], [kept]);
    emit.node('MatMul', [kept, value], [result]);
  },
  gradient({ inputs, outputs: [result, kept, probabilities], attributes, gradients }) {
    const dy = soleGradient('attention', gradients);
    if (!dy) return inputs.map(() => null);
    const [query, key, value] = inputs;
    const { scale } = attributes;
    const { bias, mask } = optional(inputs, attributes);
    const dv = matmul(kept, dy, { transposeA: true });
    const dropped = matmul(dy, value, { transposeB: true });
    // sum(dP * P) over a row of probabilities is sum(dY * Y) over the row of the result, which is far shorter.
    const row = sum(mul(dy, result), -1, true);
    const ds = mask ? mul(probabilities, sub(mul(dropped, mask), row)) : mul(kept, sub(dropped, row));
    const dq = matmul(ds, key, { scale });
    const dk = matmul(ds, query, { transposeA: true, scale });
    return [dq, dk, dv, ...(bias ? [unbroadcast(ds, bias)] : []), ...(mask ? [null] : [])];
  },
};

export interface AttentionOptions {
  /** Added to the scores: positions, or 0 and a very negative number for a mask. Broadcast. */
  readonly bias?: Tensor | null;
  /** Dropout mask of the probabilities: [batch, heads, queries, keys]. */
  readonly mask?: Tensor | null;
  /** What scores are multiplied with, by default one over the root of the size. */
  readonly scale?: number;
}

/**
 * @param query [batch, heads, queries, size]
 * @param key [batch, heads, keys, size]
 * @param value [batch, heads, keys, width]
 * @returns [batch, heads, queries, width]
 */
export function attention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  const { bias = null, mask = null, scale = 1 / Math.sqrt(query.size(-1)) } = options;
  const inputs = [query, key, value, ...(bias ? [bias] : []), ...(mask ? [mask] : [])];
  return applyAll(attentionOperation, inputs, { scale, biased: bias !== null, masked: mask !== null })[0];
}
