/** The recipe of a function encoder. */

import { z } from 'zod';
import { BinscribeError, describeIssue } from '../../error.ts';
import { gridPoints, type GridPoint, type Json } from '../../nn/training/runs.ts';
import { trainingSchema } from '../../nn/training/settings.ts';

const json: z.ZodType<Json> = z.json();

export const encoderRecipeShape = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  model: z.literal('encoder'),
  /** Folder of the data set. */
  dataset: z.string(),
  /** Packages of the training side that are not learned from: they decide which checkpoint is the best. */
  validation: z.array(z.string()).min(1),
  /** Functions with fewer instructions are not learned from. */
  floor: z.int().min(1),
  network: z.strictObject({
    width: z.int().positive(),
    inner: z.int().positive(),
    before: z.int().min(0).max(8),
    after: z.int().min(0).max(8),
    heads: z.int().positive(),
    hidden: z.int().positive(),
    size: z.int().positive(),
    dropout: z.number().min(0).max(0.9),
    longest: z.int().min(8).max(1024),
  }),
  losses: z.strictObject({ contrast: z.number().min(0), temperature: z.number().positive() }),
  /** Builds of a function that are drawn each time it is seen: a batch has `batchSize` functions, each so often. */
  builds: z.int().min(1),
  /** Names are given from known functions of at least this cosine; of those given, `precision` shall be right. */
  names: z.strictObject({
    similarity: z.number().min(0).max(1),
    precision: z.number().min(0).max(1),
    penalty: z.number().min(0),
  }),
  training: trainingSchema,
  /** Each trains once; figures are means with intervals. */
  seeds: z.array(z.int().min(0)).min(1),
  /** Values to try, by the path of a setting in this recipe: `training.optimizer.learningRate`. */
  grid: z.record(z.string(), z.array(json).min(1)).optional(),
});

export type EncoderRecipe = z.infer<typeof encoderRecipeShape>;

/**
 * The points of a recipe's grid, one where it has none.
 * @throws BinscribeError `usage` where a point is no recipe: before anything is trained
 */
export function gridOf({ grid = {}, ...recipe }: EncoderRecipe): GridPoint<EncoderRecipe>[] {
  return gridPoints(recipe as Json, grid).map(({ choice, settings }) => {
    const parsed = encoderRecipeShape.safeParse(settings);
    if (parsed.success) return { choice, settings: parsed.data };
    const issue = describeIssue(parsed.error.issues);
    throw new BinscribeError('usage', `grid: ${JSON.stringify(choice)}: ${issue}`);
  });
}
