/** `manifest.json` of a data set: what it was made of and how, so that anybody can make or check it again. */

import { join } from 'node:path';
import { z } from 'zod';
import { readDocument } from './document.ts';
import { LEVELS } from './toolchain.ts';

/** Raised when a reader of the old form would misread the new one. */
export const DATASET_SCHEMA = 2;

const counts = z.strictObject({
  rows: z.int(),
  /** Different functions: rows left when duplicates inside a side, compiler and level are taken out. */
  exactUnique: z.int(),
  normalizedUnique: z.int(),
  exactLeaks: z.int(),
  normalizedLeaks: z.int(),
});

const described = z.strictObject({ rows: z.int(), unique: z.int() });

const manifestShape = z.strictObject({
  schema: z.literal(DATASET_SCHEMA),
  tool: z.string(),
  name: z.string(),
  /** False where build scripts ran unprotected. */
  sandboxed: z.boolean(),
  compilers: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  levels: z.array(z.enum(LEVELS)),
  /** What every compilation got, after the package's own flags; the level comes after it. */
  flags: z.array(z.string()),
  packages: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      split: z.enum(['train', 'test']),
      files: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
      licences: z.array(z.string()),
      buildSystem: z.string().nullable(),
      /** Functions of its sources, and comments that describe them; null where they could not be read. */
      texts: z
        .strictObject({ functions: z.int(), described: z.int(), rejected: z.record(z.string(), z.int()) })
        .nullable(),
    }),
  ),
  /** Configurations that gave no rows. */
  failures: z.array(
    z.strictObject({
      package: z.string(),
      compiler: z.string().nullable(),
      optimization: z.enum(LEVELS).nullable(),
      reason: z.string(),
    }),
  ),
  /** Programs of which a part could not be read, and which. */
  cuts: z.array(
    z.strictObject({
      package: z.string(),
      compiler: z.string(),
      optimization: z.enum(LEVELS),
      binary: z.string(),
      reason: z.string(),
    }),
  ),
  shards: z.array(
    z.strictObject({ file: z.string(), package: z.string(), rows: z.int(), sha256: z.string() }),
  ),
  counts: z.strictObject({ train: counts, test: counts }),
  /** Rows with a comment that describes the function, with and without normalised duplicates. */
  described: z.strictObject({ train: described, test: described }),
  /** Rows by package, compiler and level. */
  table: z.array(
    z.strictObject({
      package: z.string(),
      compiler: z.string(),
      optimization: z.enum(LEVELS),
      programs: z.int(),
      rows: z.int(),
      normalizedUnique: z.int(),
    }),
  ),
});

export type Manifest = z.infer<typeof manifestShape>;

/** @throws BinscribeError: `unreadable` where there is no data set, `corrupt` where its manifest is damaged. */
export function readManifest(directory: string): Manifest {
  return readDocument(join(directory, 'manifest.json'), {
    shape: manifestShape,
    name: 'manifest of a data set',
    absent: 'unreadable',
    wrong: 'corrupt',
    hint: '`binscribe corpus build RECIPE -o DIR` makes data sets.',
  });
}
