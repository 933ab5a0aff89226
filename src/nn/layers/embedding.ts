/** A learned vector for each of a vocabulary's numbers. */

import { normal, type Initializer } from '../initialize.ts';
import { take, takeSum } from '../ops/indexing.ts';
import type { Scope } from '../scope.ts';
import type { Tensor } from '../tensor.ts';

export interface EmbeddingOptions {
  readonly initializer?: Initializer;
}

/** The table itself, for output layers that share it. */
export function embeddingTable(
  scope: Scope,
  vocabulary: number,
  size: number,
  options: EmbeddingOptions = {},
): Tensor {
  return scope.parameter('weight', [vocabulary, size], options.initializer ?? normal(1));
}

/**
 * @param ids whole numbers below `vocabulary`, of any shape; where they are an input of the graph, their
 *   gradient never becomes a table: the trainer adds its rows, and with `update: 'rows'` for the table's parameter
 *   group changes no others
 * @returns [...ids, size]
 */
export function embedding(
  scope: Scope,
  ids: Tensor,
  vocabulary: number,
  size: number,
  options: EmbeddingOptions = {},
): Tensor {
  return scope.layer('embedding', () => take(embeddingTable(scope, vocabulary, size, options), ids));
}

/**
 * The sum of the vectors of several numbers: what has many small properties instead of one name.
 * @param ids [bag, ...], whole numbers below `vocabulary`
 * @returns [..., size]
 */
export function embeddingBag(
  scope: Scope,
  ids: Tensor,
  vocabulary: number,
  size: number,
  options: EmbeddingOptions = {},
): Tensor {
  return scope.layer('embeddingBag', () => takeSum(embeddingTable(scope, vocabulary, size, options), ids));
}
