/** What a recipe says of a training, checked before anything starts. */

import { z } from 'zod';
import { BinscribeError } from '../../error.ts';

const rate = z.number().positive();
const share = z.number().min(0).max(1);

const optimizerSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.enum(['adam', 'adamW']),
    learningRate: rate.default(1e-3),
    beta1: share.default(0.9),
    beta2: share.default(0.999),
    epsilon: z.number().positive().default(1e-8),
    weightDecay: z.number().nonnegative().optional(),
  }),
  z.strictObject({
    name: z.literal('sgd'),
    learningRate: rate.default(0.01),
    momentum: share.default(0),
    nesterov: z.boolean().default(false),
    weightDecay: z.number().nonnegative().default(0),
  }),
]);

const scheduleSchema = z.strictObject({
  name: z.enum(['constant', 'cosine', 'linear', 'noam', 'plateau']).default('constant'),
  /** Steps over which the rate grows from 0. */
  warmUp: z.int().nonnegative().default(0),
  /** Share of the rate that is left at the end. */
  floor: share.default(0),
  /** Of the model, for `noam`. */
  width: z.int().positive().optional(),
  /** For `plateau`: see `Plateau`. */
  factor: share.default(0.1),
  patience: z.int().nonnegative().default(2),
});

export const trainingSchema = z.strictObject({
  optimizer: optimizerSchema.default({
    name: 'adamW',
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
  }),
  schedule: scheduleSchema.prefault({}),
  epochs: z.int().positive().default(1),
  batchSize: z.int().positive().default(32),
  /** Batches of which the gradients make one step. */
  accumulate: z.int().positive().default(1),
  clipNorm: z.number().positive().optional(),
  /** Lengths that batches are padded to, rising. */
  buckets: z
    .array(z.int().positive())
    .refine((lengths) => lengths.every((length, i) => i === 0 || length > lengths[i - 1]), 'must rise')
    .optional(),
  /** Steps between evaluations; by default an evaluation at the end of each epoch. */
  evaluateEvery: z.int().positive().optional(),
  /** Steps between checkpoints besides those of evaluations. */
  checkpointEvery: z.int().positive().default(200),
  /** Evaluations without a better metric after which training stops. */
  patience: z.int().positive().optional(),
});

export type TrainingSettings = z.infer<typeof trainingSchema>;

/** @throws BinscribeError `usage` that names each wrong field */
export function parseSettings(value: unknown, where = 'training'): TrainingSettings {
  const result = trainingSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((i) => `${[where, ...i.path].join('.')}: ${i.message}`);
  throw new BinscribeError('usage', problems.join('; '));
}
