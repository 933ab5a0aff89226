/**
 * Sequences of a batch one after another in one row of positions: lengths differ by a factor of a hundred, so that
 * padding each to the longest would make most of the work. A matrix of ownership keeps their sums apart.
 */

import { linear } from '../nn/layers/linear.ts';
import { sum } from '../nn/ops/broadcast.ts';
import { add, cast, div, equal, exp, maximum, mul, tanh } from '../nn/ops/elementwise.ts';
import { pad, reshape } from '../nn/ops/layout.ts';
import { matmul } from '../nn/ops/matmul.ts';
import type { Scope } from '../nn/scope.ts';
import type { Tensor } from '../nn/tensor.ts';

/** Bounds the exponents of the pooling, whose sums are over thousands of positions. */
const SHARPEST = 8;
/** Of weights: the smallest of one position is exp(-8); sequences that fill up a batch have none. */
const SMALLEST_TOTAL = 1e-6;

export class Flat {
  /** 1 where a position is a sequence's. [sequences, positions] */
  private readonly owned: Tensor;
  private readonly owner: Tensor;
  /** Positions of each, at least 1. [sequences, 1] */
  private readonly sizes: Tensor;

  /**
   * @param owner number of the sequence that a position is of; -1 for what fills up. [positions]
   * @param numbers the sequences' numbers, of the same type. [sequences]
   */
  constructor(owner: Tensor, numbers: Tensor) {
    this.owner = owner;
    const positions = reshape(owner, [1, owner.shape[0]]);
    const sequences = reshape(numbers, [numbers.shape[0], 1]);
    this.owned = cast(equal(sequences, positions), 'float32');
    this.sizes = maximum(sum(this.owned, 1, true), 1);
  }

  /** Of each sequence's positions; zeros where it has none. [positions, width] gives [sequences, width] */
  mean(x: Tensor): Tensor {
    return div(matmul(this.owned, x), this.sizes);
  }

  /** Adds a sequence's vector to each of its positions. [positions, width], [sequences, width] */
  give(x: Tensor, vectors: Tensor): Tensor {
    return add(x, matmul(this.owned, vectors, { transposeA: true }));
  }

  /** What stands `by` positions before (after, where negative), zeros where that is no position of the sequence. */
  neighbour(x: Tensor, by: number): Tensor {
    const same = equal(shifted(this.owner, by), this.owner);
    return mul(shifted(x, by), reshape(cast(same, 'float32'), [x.shape[0], 1]));
  }

  /**
   * Weighted means, each of a part of the width, whose weights are learned (Bahdanau et al. 2015's way of looking).
   * [positions, width] gives [sequences, width]
   */
  attend(scope: Scope, x: Tensor, heads: number): Tensor {
    const [length, width] = [x.shape[0], x.size(1)];
    const [count] = this.owned.shape;
    const scores = mul(tanh(mul(linear(scope, x, heads), 1 / SHARPEST)), SHARPEST);
    const weights = exp(scores);
    const shares = reshape(weights, [length, heads, 1]);
    const weighted = reshape(mul(reshape(x, [length, heads, width / heads]), shares), [length, width]);
    const totals = reshape(maximum(matmul(this.owned, weights), SMALLEST_TOTAL), [count, heads, 1]);
    const found = div(reshape(matmul(this.owned, weighted), [count, heads, width / heads]), totals);
    return reshape(found, [count, width]);
  }
}

/** x some positions later, or earlier where `by` is negative; zeros at the end. */
export function shifted(x: Tensor, by: number): Tensor {
  return pad(x, 0, by, -by);
}
