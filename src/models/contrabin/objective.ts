/**
 * What pre-training minimises (Algorithm 1). One graph serves all of it: which stage a batch is in and which views were
 * drawn for it are numbers that come with the batch, 1 for what counts and 0 for the rest. The vectors are small beside
 * what encodes them, so that computing what is not drawn costs nearly nothing.
 */

import { infoNCE } from '../../nn/losses/contrastive.ts';
import { softClip } from '../../nn/losses/soft-clip.ts';
import { sum } from '../../nn/ops/broadcast.ts';
import { mul } from '../../nn/ops/elementwise.ts';
import { concat, reshape } from '../../nn/ops/layout.ts';
import type { Scope } from '../../nn/scope.ts';
import type { Tensor } from '../../nn/tensor.ts';
import { type Interpolation, linearInterpolation, nonLinearInterpolation } from './interpolation.ts';
import { PAIRS, type Projected, VIEWS, type View } from './views.ts';

/** The stages of gradual learning (section 2.4), in their order. */
export const STAGES = ['primary', 'linear', 'non-linear'] as const;
export type Stage = (typeof STAGES)[number];

/** The paper's soft targets (equations 2 to 5), or the released code's InfoNCE both ways. */
export type Comparison = 'soft targets' | 'InfoNCE';

export interface Objective {
  readonly interpolation: Interpolation;
  readonly comparison: Comparison;
  /** What similarities are divided by: 1 in the paper, 0.1 as released. */
  readonly temperature: number;
}

/** Numbers of `choice`: a stage's come together, in the order of `VIEWS`. */
export const CHOICES = STAGES.length * VIEWS.length;

/** The `choice` that stands for one stage and the view that is left out of the draw. */
export function choiceOf(stage: Stage, leftOut: View): Float32Array {
  const choice = new Float32Array(CHOICES);
  choice[STAGES.indexOf(stage) * VIEWS.length + VIEWS.indexOf(leftOut)] = 1;
  return choice;
}

/**
 * @param views vectors in the manifold, program i in row i of each
 * @param choice [CHOICES]
 * @returns []
 */
export function contraBinLoss(
  scope: Scope,
  views: Projected,
  choice: Tensor,
  { interpolation, comparison, temperature }: Objective,
): Tensor {
  const compare = (a: Tensor, b: Tensor): Tensor =>
    comparison === 'InfoNCE' ? infoNCE(a, b, { temperature, normalize: false }) : softClip(a, b, temperature);
  const between = { linear: linearInterpolation, 'non-linear': nonLinearInterpolation } as const;
  const losses = STAGES.flatMap((stage) =>
    VIEWS.map((leftOut) => {
      const [a, b] = PAIRS[leftOut].map((view) => views[view]);
      if (stage === 'primary') return compare(a, b);
      return compare(between[stage](scope.at(stage), a, b, interpolation), views[leftOut]);
    }),
  );
  return sum(
    mul(
      concat(
        losses.map((loss) => reshape(loss, [1])),
        0,
      ),
      choice,
    ),
  );
}
