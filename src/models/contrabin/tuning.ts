/** What stands on an encoder of code that is tuned for a question (section 3.2): which class, or which are alike. */

import { classificationHead } from '../../nn/layers/heads.ts';
import { linear } from '../../nn/layers/linear.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { supervisedContrastive } from '../../nn/losses/contrastive.ts';
import { addN, mul } from '../../nn/ops/elementwise.ts';
import { l2Normalize } from '../../nn/ops/vectors.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { tokenBatch, type TextLayout } from './batch.ts';
import { encodeView, type ViewNetwork } from './encoder.ts';
import { ENCODERS } from './training.ts';

/** Which vectors are alike (Khosla et al. 2020), and how they are compared. */
export interface Likeness {
  /** Numbers of a vector. */
  readonly size: number;
  /** What similarities are divided by. */
  readonly temperature: number;
  /** Factor of the loss that draws texts of one class together; the other is that of telling the class. */
  readonly weight: number;
}

export interface Tuning {
  readonly network: ViewNetwork;
  /** Classes of the training. */
  readonly classes: number;
  /** Where texts of classes that training does not know are to be compared. */
  readonly likeness?: Likeness | undefined;
  /** Of the heads. */
  readonly dropout: number;
}

/**
 * Inputs: those of `ViewTokens`, and `classes`, [texts]. Outputs: the loss; `logits`, [texts, classes]; `vector`, of length
 * 1, [texts, size].
 */
export function tunedModel({ network, classes, likeness, dropout }: Tuning): Model {
  return (scope, { tokens, owner, numbers, classes: labels }) => {
    const encoder = scope.at(ENCODERS.binary);
    const { pooled } = encodeView(encoder, { tokens, owner, numbers }, network);
    const logits = classificationHead(scope.at('classes'), pooled, classes, { dropout });
    const told = crossEntropy(logits, labels);
    if (likeness === undefined) return { loss: told, logits };
    const { size, temperature, weight } = likeness;
    const vector = l2Normalize(linear(scope.at('vector'), pooled, size));
    const alike = supervisedContrastive(vector, labels, { temperature, normalize: false });
    return { loss: addN([told, mul(alike, weight)]), logits, vector };
  };
}

/** @param classes of each text */
export function tunedBatch(
  texts: readonly ArrayLike<number>[],
  classes: readonly number[],
  layout?: TextLayout,
): HostTensors {
  return {
    ...tokenBatch(texts, layout),
    classes: { dtype: 'int32', shape: [classes.length], data: Int32Array.from(classes) },
  };
}
