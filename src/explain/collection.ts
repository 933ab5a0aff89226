/** Many programs explained: what an index says of each. */

import { z } from 'zod';
import { shownName } from './render/name.ts';
import { algorithmsOf, likenesses } from './render/reasons.ts';
import type { Report } from './schema.ts';

export const COLLECTION_SCHEMA = 'binscribe.reports/1';

const count = z.int().nonnegative();
const label = z.strictObject({ label: z.string(), share: z.number() }).nullable();

const explainedSchema = z.strictObject({
  /** Without import stubs and fragments. */
  functions: count,
  /** Of these, how many have a name by the file, and how many a suggested one. */
  named: count,
  suggested: count,
  /** What most functions say, and what share of them. */
  compiler: label,
  level: label,
  /** Packages that its suggested names are of, and how many of its functions. */
  like: z.array(z.strictObject({ label: z.string(), functions: count })),
  /** What functions do by numbers and tables of algorithms, each once, in the order of their addresses. */
  algorithms: z.array(z.string()),
  /** Something of the file was left out. */
  partial: z.boolean(),
});

export const collectionRowSchema = z.strictObject({
  path: z.string(),
  /** Bytes. */
  size: count,
  /** Null where the file could not be read. */
  sha256: z.string().nullable(),
  /** The report, as a path from the index; null where there is none. */
  report: z.string().nullable(),
  /** What is in it. */
  explained: explainedSchema.nullable(),
  /** Why there is none. */
  error: z.strictObject({ kind: z.string(), message: z.string() }).nullable(),
  seconds: z.number(),
});

export type CollectionRow = z.infer<typeof collectionRowSchema>;
export type Explained = z.infer<typeof explainedSchema>;

export interface Collection {
  schema: typeof COLLECTION_SCHEMA;
  tool: string;
  model: string;
  format: string;
  /** Files that are no programs: what they are, and how many. */
  passedOver: Record<string, number>;
  /** By path. */
  programs: CollectionRow[];
}

/** What an index says of a report. */
export function explainedIn({ functions, overall, partial }: Report): Explained {
  const real = functions.filter(({ kind }) => kind === 'function');
  const from = (origin: 'file' | 'suggested'): number =>
    real.filter((entry) => shownName(entry).origin === origin).length;
  return {
    functions: real.length,
    named: from('file'),
    suggested: from('suggested'),
    compiler: overall.compiler.labels.at(0) ?? null,
    level: overall.optimization.labels.at(0) ?? null,
    like: likenesses(functions),
    algorithms: [...new Set(functions.flatMap(algorithmsOf))],
    partial,
  };
}
