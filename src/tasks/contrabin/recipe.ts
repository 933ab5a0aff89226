/** What a recipe of pre-training says: data, sizes, budget, and the paper's switches. */

import { z } from 'zod';
import { VIEWS } from '../../models/contrabin/views.ts';
import { trainingSchema } from '../../nn/training/settings.ts';
import { CODE_VIEWS } from './programs.ts';

const network = z.strictObject({
  width: z.int().positive(),
  inner: z.int().positive(),
  layers: z.int().positive(),
  heads: z.int().positive(),
  dropout: z.number().min(0).max(0.9),
});

const epochs = z.int().min(0);

/** Contrastive learning (sections 2.2 to 2.4). */
const contrastShape = z.strictObject({
  /** Whether f_a stays as masked pre-training has made it. */
  anchored: z.boolean(),
  /** Of the manifold. */
  size: z.int().positive(),
  dropout: z.number().min(0).max(0.9),
  objective: z.strictObject({
    comparison: z.enum(['soft targets', 'InfoNCE']),
    temperature: z.number().positive(),
    interpolation: z.strictObject({
      joining: z.enum(['sum', 'concatenation']),
      dropout: z.number().min(0).max(0.9),
    }),
  }),
  /** Views that may be left out of a draw: of the others two are compared, or interpolated and compared with it. */
  leftOut: z.array(z.enum(VIEWS)).min(1),
  /** The curriculum: 10/10/10 and 10/30/30 in the paper. A stage without epochs is left out. */
  epochs: z.strictObject({ primary: epochs, linear: epochs, 'non-linear': epochs }),
  training: trainingSchema,
});

export const preTrainingShape = z.strictObject({
  /** Folders of data sets; their training sides are learned from. */
  datasets: z.array(z.string()).min(1),
  /** Packages of these that judge checkpoints. */
  validation: z.array(z.string()).min(1),
  /** Binary code as normalised assembly or as LLVM IR. */
  view: z.enum(CODE_VIEWS),
  floor: z.int().min(1),
  vocabularies: z.strictObject({ code: z.int().min(300).max(65_536), text: z.int().min(300).max(65_536) }),
  limits: z.strictObject({
    code: z.int().min(8).max(4096),
    source: z.int().min(8).max(4096),
    comment: z.int().min(4).max(4096),
  }),
  /** f_t, and f_a. */
  network,
  anchor: network,
  masked: z.strictObject({ trained: trainingSchema, anchored: trainingSchema }),
  /** Null: masked-language pre-training only. */
  contrast: contrastShape.nullable(),
});

export type PreTrainingRecipe = z.infer<typeof preTrainingShape>;
export type ContrastRecipe = z.infer<typeof contrastShape>;
