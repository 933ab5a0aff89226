/** Contrastive pre-training as something to train: encoders, their projections into the manifold, and the objective. */

import { projectionHead } from '../../nn/layers/heads.ts';
import type { RandomStream } from '../../nn/random.ts';
import type { HostTensors } from '../../nn/runtime.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import type { Model } from '../../nn/training/gradient-graph.ts';
import { tokenBatch, type TextLayout } from './batch.ts';
import { encodeView, type ViewNetwork } from './encoder.ts';
import { choiceOf, CHOICES, contraBinLoss, type Objective, type Stage } from './objective.ts';
import { type Projected, VIEWS, type View } from './views.ts';

/** Paths of the encoders' parameters: f_t of binary code, and f_a of source code and comments. */
export const ENCODERS = { binary: 'trained', source: 'anchored', comment: 'anchored' } as const;

/** Path of the heads' parameters: each has its encoder's path below it. */
export const HEADS = 'heads';

export interface PreTraining {
  readonly network: ViewNetwork;
  /** Of the anchored encoder, whose vocabulary is another. */
  readonly anchor: ViewNetwork;
  /** Whether the anchored encoder stays as it is: then its vectors are computed once, and are inputs of the graph. */
  readonly anchored: boolean;
  /** Of the manifold, d. */
  readonly size: number;
  readonly dropout: number;
  readonly objective: Objective;
}

/**
 * Equation (1) for each view, and the loss of Algorithm 1. Inputs: those of `ViewTokens` for each view that is encoded,
 * named `binary.tokens` and so on; where the anchor stays as it is `source.vectors` and `comment.vectors`, its pooled
 * ones; `choice`, [CHOICES]. Outputs: the loss, and the views in the manifold.
 */
export function contraBinModel(training: PreTraining): Model {
  const { network, anchor, anchored, size, dropout, objective } = training;
  return (scope, inputs) => {
    const encode = (view: View): Tensor => {
      if (anchored && view !== 'binary') return inputs[`${view}.vectors`];
      const [tokens, owner, numbers] = ['tokens', 'owner', 'numbers'].map(
        (name) => inputs[`${view}.${name}`],
      );
      const settings = view === 'binary' ? network : anchor;
      return encodeView(scope.at(ENCODERS[view]), { tokens, owner, numbers }, settings).pooled;
    };
    const project = (at: Scope, view: View): Tensor =>
      projectionHead(at.at(ENCODERS[view]), encode(view), size, { dropout });
    const heads = scope.at(HEADS);
    const views: Projected = {
      source: project(heads, 'source'),
      binary: project(heads, 'binary'),
      comment: project(heads, 'comment'),
    };
    return { loss: contraBinLoss(scope.at('objective'), views, inputs['choice'], objective), ...views };
  };
}

/** A program's views: tokens of what is encoded, or the anchored encoder's vector. */
export type ProgramViews = Readonly<Record<View, ArrayLike<number>>>;

/**
 * Two of the views are drawn anew for each batch.
 *
 * @param leftOut views that may be the third
 * @param layouts of the views that are encoded
 * @param sparing whether of a view that is compared with nothing one token is enough: nothing is learned from it
 */
export function contraBinBatch(
  programs: readonly ProgramViews[],
  stage: Stage,
  leftOut: readonly View[],
  anchored: boolean,
  random: RandomStream,
  layouts: Readonly<Record<View, TextLayout>>,
  sparing = false,
): HostTensors {
  const drawn = leftOut[random.below(leftOut.length)];
  const inputs: Record<string, HostTensors[string]> = {
    choice: { dtype: 'float32', shape: [CHOICES], data: choiceOf(stage, drawn) },
  };
  const spared = sparing && stage === 'primary' ? drawn : null;
  for (const view of VIEWS) {
    const own = programs.map((program) => program[view]);
    if (anchored && view !== 'binary') {
      const width = own[0].length;
      const data = new Float32Array(own.length * width);
      own.forEach((vector, i) => data.set(vector, i * width));
      inputs[`${view}.vectors`] = { dtype: 'float32', shape: [own.length, width], data };
      continue;
    }
    const batch = tokenBatch(
      view === spared ? own.map((text) => Int32Array.from(text).subarray(0, 1)) : own,
      layouts[view],
    );
    for (const [name, tensor] of Object.entries(batch)) inputs[`${view}.${name}`] = tensor;
  }
  return inputs;
}
