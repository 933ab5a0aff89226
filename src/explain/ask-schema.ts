/** The document that answers a question about a program; fields are only added within a version. */

import { z } from 'zod';
import { cutsSchema, fileSchema, functionReportSchema, modelSchema, toolSchema } from './schema.ts';
import { isPrintable } from './sanitize.ts';

const { address, size, symbol, role, instructions, calls, strings } = functionReportSchema.shape;
const text = z.string().refine(isPrintable, { message: 'expected printable text' });
const probability = z.number().min(0).max(1);

const foundSchema = z.strictObject({
  address,
  size,
  symbol,
  role,
  instructions,
  /** The probability that it is meant, where before any of the functions or none was as likely. */
  score: probability,
  /** Cosine of its vector with the question's. */
  similarity: z.number(),
  /** Of the question's words, those that it has in its strings, in names of what it calls, in its own and in its algorithms'. */
  words: z.array(text),
  /** What of its code says most for the question: words, names, numbers and instructions that people speak of so. */
  because: z.array(text),
  /** What it says and calls, in a line: for the reader to judge by. */
  text,
  calls,
  strings,
});

export const askSchema = z.strictObject({
  schema: z.literal('binscribe.ask/1'),
  tool: toolSchema,
  file: fileSchema,
  model: modelSchema,
  question: text,
  /** Functions that were asked about: import stubs, fragments and the shortest are not. */
  asked: z.int().nonnegative(),
  /** The smallest score of a best function that is an answer. */
  threshold: probability,
  /** True where no function stands out. */
  abstained: z.boolean(),
  /** Best first; none where it abstained. */
  functions: z.array(foundSchema),
  /** The best, answer or not; null where there was none to ask about. */
  nearest: foundSchema.nullable(),
  partial: z.boolean(),
  cuts: cutsSchema,
});

export type Asked = z.infer<typeof askSchema>;
export type FoundByMeaning = Asked['functions'][number];
