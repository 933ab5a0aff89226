/** The three views of a program, and what is drawn of them for a batch. */

import type { Tensor } from '../../nn/tensor.ts';

/** Source code, binary code and comment: s, b and c of the paper. */
export const VIEWS = ['source', 'binary', 'comment'] as const;
export type View = (typeof VIEWS)[number];

/** Batches of vectors in the manifold, one a view: [batch, size] each. */
export type Projected = Readonly<Record<View, Tensor>>;

/**
 * The two views that are drawn, by the one that is left out: primary contrastive learning compares the two, intermediate
 * contrastive learning interpolates them and compares what comes of it with the third. Binary code stands first, so
 * that the other is the row of equation (2).
 */
export const PAIRS: Readonly<Record<View, readonly [View, View]>> = {
  source: ['binary', 'comment'],
  binary: ['source', 'comment'],
  comment: ['binary', 'source'],
};
