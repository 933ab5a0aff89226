/** The recipe of known functions: which an encoder shall know beside its own. */

import { z } from 'zod';

export const knownRecipeShape = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  model: z.literal('known'),
  /** Folder of the encoder: its network gives the vectors. */
  encoder: z.string(),
  /** Folder of the data set. */
  dataset: z.string(),
  /** Packages of the training side whose functions shall be known. */
  packages: z.array(z.string()).min(1),
  /** Functions with fewer instructions, padding left out, are not taken: the encoder names none of them. */
  floor: z.int().min(1),
  /** Whether of shared libraries alone, and not of programs and tests beside them. */
  libraries: z.boolean(),
  /** Builds that are taken, as `gcc-12 O2`; all where absent. */
  builds: z.array(z.string()).min(1).optional(),
  /** Packages whose comments may be quoted: of these, or of those that the encoder knows already. */
  quoted: z.array(z.string()),
  /**
   * Names in the company of others are learned from the functions of all training packages, each without what is known of
   * its own; of those that are given, `precision` shall be right. Not learned where absent.
   */
  company: z.strictObject({ precision: z.number().min(0).max(1), penalty: z.number().min(0) }).optional(),
});

export type KnownRecipe = z.infer<typeof knownRecipeShape>;
