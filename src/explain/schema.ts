/**
 * The report: one versioned document that every renderer and every user's script reads. Fields are only added
 * within a version; a change of meaning makes the next one.
 *
 * All text in it is printable (see sanitize.ts), whatever the explained file held.
 */

import { z } from 'zod';
import { CAPABILITY_KINDS } from '../capabilities/capabilities.ts';
import { EVIDENCE_LIMITS } from './limits.ts';
import { isPrintable } from './sanitize.ts';

export const REPORT_SCHEMA = 'binscribe.report/1';

const text = z.string().refine(isPrintable, { message: 'expected printable text' });
const lines = z
  .string()
  .refine((many) => many.split('\n').every(isPrintable), { message: 'expected printable lines' });
const address = z.string().regex(/^0x[0-9a-f]+$/);
const count = z.int().nonnegative();
const probability = z.number().min(0).max(1);
const unit = z.number().min(0).max(1);
const scoredLabel = z.strictObject({ label: text, score: probability });
const field = z.enum(['names', 'summary', 'compiler', 'optimization', 'arguments', 'labels', 'source']);

/** A kind of work that a function does. */
const workLabel = scoredLabel.extend({
  /** What of the code says most for it: words, names, numbers and instructions that people speak of so. */
  because: z.array(text),
  /** The sentence that speaks for it, and the cosine of the two. */
  prompt: text,
  similarity: z.number(),
});

/**
 * A sentence about a function. One of a network's: the score is the probability that a programmer would have said about the
 * same. One of the author of a known function: the probability that the function is that one.
 */
const summary = z.strictObject({
  text,
  score: probability,
  evidence: z.discriminatedUnion('by', [
    z.strictObject({
      by: z.literal('network'),
      /** Of its words those that the code says too: in strings, and in names of imports. */
      words: z.array(text).max(EVIDENCE_LIMITS.words),
    }),
    z.strictObject({ by: z.literal('author'), name: text, package: text, version: text }),
  ]),
});

const neighbour = z.strictObject({
  name: text,
  /** Similarity; 1 only for the same code with addresses normalised. */
  score: probability,
  package: text,
  version: text,
  compiler: text,
  optimization: text,
  match: z.enum(['exact', 'normalized', 'similar']),
});

export const functionReportSchema = z.strictObject({
  address,
  /** Bytes. */
  size: count,
  /** Its name in the file, or the import that a thunk leads to. */
  symbol: text.nullable(),
  kind: z.enum(['function', 'thunk', 'fragment']),
  /** What told that a function starts here. */
  foundBy: z.enum(['symbol', 'dwarf', 'eh_frame', 'entry', 'call', 'jump', 'plt', 'prologue']),
  /** What the program's start-up code says of it, with certainty. */
  role: z.enum(['entry', 'main']).nullable(),
  /** For a fragment: the function it belongs to. */
  parent: address.nullable(),
  instructions: count,
  blocks: count,
  /** 1 for what a reader should see first. */
  interest: z.int().positive(),
  /** Best first; the scores are calibrated probabilities. */
  names: z.array(z.strictObject({ name: text, score: probability })).max(EVIDENCE_LIMITS.names),
  /** What its code tells by itself, no model asked, in the order of the code: no more than some, the most telling. */
  capabilities: z
    .array(z.strictObject({ text, kind: z.enum(CAPABILITY_KINDS), because: z.array(text) }))
    .max(EVIDENCE_LIMITS.capabilities),
  /** What the author of the known function says that it probably is; else a network's, where one was asked. */
  summary: summary.nullable(),
  /** Why there is no summary where one was asked for. */
  noSummary: text.optional(),
  compiler: scoredLabel.nullable(),
  optimization: scoredLabel.nullable(),
  arguments: z
    .strictObject({
      count,
      score: probability,
      /** Class of each of the first parameters' types (`int`, `pointer` …), where the model tells them. */
      types: z.array(scoredLabel).optional(),
    })
    .nullable(),
  /** Best first; none where no model of meaning was asked. */
  labels: z.array(workLabel),
  /** A draft, line by line; the score is the probability that it does the same, `match` what a machine has checked. */
  source: z.strictObject({ text: lines, score: probability, match: text }).nullable(),
  /** Why there is no draft where one was asked for. */
  noSource: text.optional(),
  /** Known functions that resemble it: the evidence behind its names. */
  neighbours: z.array(neighbour).max(EVIDENCE_LIMITS.neighbours),
  /** What the model was asked and left open. A thunk or fragment is not asked about. */
  abstained: z.array(field),
  /** Imports and named functions that it calls, in order, each once. */
  calls: z.array(text).max(EVIDENCE_LIMITS.calls),
  /** Strings that its code refers to, in order, each once. */
  strings: z.array(text).max(EVIDENCE_LIMITS.strings),
  /** Where a map of the program's functions shows it, in [0, 1]; null where no map was asked for or it has no place. */
  place: z.strictObject({ x: unit, y: unit }).nullable(),
});

/** How many functions say what: `share` of those that say anything, most first. */
const tally = z.strictObject({
  judged: count,
  labels: z.array(z.strictObject({ label: text, share: probability })),
});

export const fileSchema = z.strictObject({
  /** As it was given. */
  path: text,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  format: text,
  arch: text,
  kind: z.enum(['executable', 'shared', 'relocatable']),
  stripped: z.boolean(),
  /**
   * The lowest address that its loader fills: what a tool that shows it elsewhere has moved. Null for an object
   * file, whose addresses are given by whoever reads it.
   */
  base: address.nullable(),
  /** Bytes. */
  size: count,
});

export const toolSchema = z.strictObject({ name: z.literal('binscribe'), version: text });
export const modelSchema = z.strictObject({ id: text, description: text });
export const cutsSchema = z.array(z.strictObject({ where: text, reason: text }));

export const reportSchema = z.strictObject({
  schema: z.literal(REPORT_SCHEMA),
  tool: toolSchema,
  file: fileSchema,
  model: modelSchema,
  /** The model that the labels are of; absent where none was asked. */
  meaning: modelSchema.optional(),
  /** The model that has written the summaries; absent where none was asked. */
  summaries: modelSchema.optional(),
  /** The functions' answers counted over the file. */
  overall: z.strictObject({ compiler: tally, optimization: tally }),
  /** By address. */
  functions: z.array(functionReportSchema),
  skipped: z.array(z.strictObject({ address, reason: text })),
  /** True where something of the file was left out; `cuts` says what. */
  partial: z.boolean(),
  cuts: cutsSchema,
});

export type Report = z.infer<typeof reportSchema>;
export type FunctionReport = z.infer<typeof functionReportSchema>;
export type FileFacts = z.infer<typeof fileSchema>;
export type Tally = z.infer<typeof tally>;
export type Role = FunctionReport['role'];
