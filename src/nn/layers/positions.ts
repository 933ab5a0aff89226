/** Vectors that say where in a sequence something stands. */

import { normal } from '../initialize.ts';
import { add } from '../ops/elementwise.ts';
import { take } from '../ops/indexing.ts';
import { slice } from '../ops/layout.ts';
import { positionsAlong } from '../ops/positions.ts';
import { constant } from '../ops/source.ts';
import type { Scope } from '../scope.ts';
import { ShapeError } from '../shape-error.ts';
import type { Tensor } from '../tensor.ts';

export interface PositionOptions {
  /** Longest sequence. */
  readonly maximum: number;
  /** Numbers of positions, [batch, length] or [length]: by default 0, 1, … */
  readonly ids?: Tensor;
}

/** Adds rows of a table [maximum, width]. */
function addPositions(x: Tensor, table: Tensor, { maximum, ids }: PositionOptions): Tensor {
  const length = x.shape.at(-2);
  if (ids || typeof length !== 'number') return add(x, take(table, ids ?? positionsAlong(x, -2)));
  if (length > maximum) throw new ShapeError(`${length} positions, of at most ${maximum}`);
  return add(x, length === maximum ? table : slice(table, 0, 0, length));
}

/**
 * Adds a learned vector for each position (Gehring et al. 2017; BERT and RoBERTa).
 * @param x [batch, length, width]
 */
export function learnedPositions(scope: Scope, x: Tensor, options: PositionOptions): Tensor {
  return scope.layer('learnedPositions', () =>
    addPositions(x, scope.parameter('weight', [options.maximum, x.size(-1)], normal(0.02)), options),
  );
}

/**
 * Adds sin(p / 10000^(2i / width)) at the even features 2i of position p, and the cosine of the same at the odd
 * ones (Vaswani et al. 2017, section 3.5).
 * @param x [batch, length, width]
 */
export function sinusoidalPositions(scope: Scope, x: Tensor, options: PositionOptions): Tensor {
  return scope.layer('sinusoidalPositions', () => {
    const width = x.size(-1);
    const values = new Float32Array(options.maximum * width);
    for (let i = 0; i < values.length; i++) {
      const feature = i % width;
      const angle = Math.floor(i / width) / 10000 ** ((feature - (feature % 2)) / width);
      values[i] = feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
    return addPositions(x, constant(values, [options.maximum, width]), options);
  });
}
