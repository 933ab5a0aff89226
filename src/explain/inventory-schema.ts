/** The document that lists functions; fields are only added within a version. */

import { z } from 'zod';
import { cutsSchema, fileSchema, functionReportSchema, toolSchema } from './schema.ts';

const { address, size, symbol, kind, foundBy, instructions, blocks, parent } = functionReportSchema.shape;

const listedFunctionSchema = z.strictObject({
  address,
  size,
  symbol,
  kind,
  source: foundBy,
  parent,
  instructions,
  blocks,
});

export const inventorySchema = z.strictObject({
  schema: z.literal('binscribe.functions/1'),
  tool: toolSchema,
  file: fileSchema,
  /** By address. */
  functions: z.array(listedFunctionSchema),
  partial: z.boolean(),
  cuts: cutsSchema,
});

export type Inventory = z.infer<typeof inventorySchema>;
export type ListedFunction = Inventory['functions'][number];
