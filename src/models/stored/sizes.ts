/** Sizes of networks in model documents, far above any that two cores train: a damaged file must not ask for all memory. */

import { z } from 'zod';

export const width = z.int().min(1).max(4096);
export const layers = z.int().min(1).max(64);
export const heads = z.int().min(1).max(64);
/** Tokens of a text: as of `PreTrainingRecipe`, an encoder takes 4096 at once. */
export const tokens = z.int().min(4).max(4096);

/** Of an encoder of code or of texts. */
export const encoderSizes = z.strictObject({ width, inner: width, layers, heads });
