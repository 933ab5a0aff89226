/** The recipe of a training run: what to learn from and with which settings. */

import { z } from 'zod';
import { readDocument } from '../corpus/document.ts';
import { type EncoderRecipe, encoderRecipeShape } from './encoder/recipe.ts';
import { type KnownRecipe, knownRecipeShape } from './known/recipe.ts';

export const recipeShape = z.strictObject({
  /** Name of the model; its version is that of the tool and the hash of its parts. */
  name: z.string().regex(/^[a-z0-9-]+$/),
  model: z.literal('first'),
  /** Folder of the data set. */
  dataset: z.string(),
  /** Each trains the classifiers once more on a sample of the functions, to show how far figures move. */
  seeds: z.array(z.int().min(0)),
  /** Functions with fewer instructions, padding left out, are neither learned from nor named. */
  floor: z.int().min(1),
  classifier: z.strictObject({
    /** Functions that a token must occur in. */
    leastFunctions: z.int().min(1),
    penalty: z.number().positive(),
    iterations: z.int().min(1),
  }),
  names: z.strictObject({
    /** Cosine below which an entry is no neighbour. */
    similarity: z.number().min(0).max(1),
    /** Share of the given names that are to be right, on packages left out. */
    precision: z.number().min(0).max(1),
    penalty: z.number().positive(),
  }),
  arguments: z.strictObject({
    /** Functions that a kind of case must have been seen with. */
    leastFunctions: z.int().min(1),
  }),
});

export type TrainingRecipe = z.infer<typeof recipeShape>;

/** @throws BinscribeError: `unreadable` where there is no such file, `usage` where it is no recipe. */
export function readTrainingRecipe(path: string): TrainingRecipe | EncoderRecipe | KnownRecipe {
  return readDocument(path, {
    shape: z.discriminatedUnion('model', [recipeShape, encoderRecipeShape, knownRecipeShape], {
      error: 'expected "first", "encoder" or "known"',
    }),
    name: 'recipe of a run',
    absent: 'unreadable',
    wrong: 'usage',
    hint: 'recipes/first.json of the project is an example.',
  });
}
