/** What the schemas of `config.json` have in common. A stranger may have written any number there. */

import { z } from 'zod';

/** Larger than any size of a layer, and small enough that products of two stay exact. */
export const sizeSchema = z
  .int()
  .min(1)
  .max(2 ** 24);

export const rateSchema = z.number().min(0).lt(1);

/** transformers' words for activations, of which several mean one. */
const ACTIVATION_NAMES = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  gelu_fast: 'geluTanh',
  relu: 'relu',
} as const;

export const activationSchema = z
  .enum(Object.keys(ACTIVATION_NAMES) as (keyof typeof ACTIVATION_NAMES)[])
  .transform((name) => ACTIVATION_NAMES[name]);
