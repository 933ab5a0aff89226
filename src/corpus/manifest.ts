/** `manifest.json` of a data set: what it was made of and how, so that anybody can make or check it again. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readDocument } from './document.ts';
import { sha256 } from './hash.ts';
import { LEVELS } from './toolchain.ts';

/** Raised when a reader of the old form would misread the new one. */
export const DATASET_SCHEMA = 5;

const counts = z.strictObject({
  rows: z.int(),
  /** Different functions: rows left when duplicates inside a side, compiler and level are taken out. */
  exactUnique: z.int(),
  normalizedUnique: z.int(),
  exactLeaks: z.int(),
  normalizedLeaks: z.int(),
});

/** How many of what, by why. */
const causes = z.record(z.string(), z.int());

/** Rows with a draft of their source by rules, where the recipe asked for it. */
const lifted = z.int().optional();

const files = z.array(z.strictObject({ name: z.string(), sha256: z.string() }));

/** What a set of single texts of code was made of. There may be millions: what fails is counted, not listed. */
const snippets = z.strictObject({
  /** Of the recipe's source. */
  kind: z.string(),
  /** The collection, by paths inside of what was named as input. */
  inputs: files,
  /** Share of the collection's texts that was taken. */
  sample: z.number(),
  /** Share of the groups that was put on the test side; null where the collection has a split of its own. */
  testShare: z.number().nullable(),
  /** Of the split, of what counts as which text: what a user of the figures must know. */
  notes: z.array(z.string()),
  items: z.strictObject({ train: z.int(), test: z.int() }),
  groups: z.strictObject({ train: z.int(), test: z.int() }),
  /** Texts of code that no wrapping makes a source file of, by cause. */
  rejected: causes,
  table: z.array(
    z.strictObject({
      compiler: z.string(),
      optimization: z.enum(LEVELS),
      /** Texts that gave rows. */
      compiled: z.int(),
      /** Those of the rest that were not rejected already. */
      failures: causes,
      rows: z.int(),
      normalizedUnique: z.int(),
      lifted,
    }),
  ),
});

/** What a set of ready programs was made of. */
const programs = z.strictObject({
  /** Share of the groups that was put on the test side, by the hash of their names. */
  testShare: z.number(),
  /** What is a group: all that the manual says the same of, and without a text a program; or always a program. */
  splitBy: z.enum(['text', 'program']),
  groups: z.strictObject({ train: z.int(), test: z.int() }),
  /** What a user of the figures must know. */
  notes: z.array(z.string()),
  /** Functions that it has a summary of, and the hash of all that it says; null where there was none. */
  manual: z.strictObject({ functions: z.int(), sha256: z.string() }).nullable(),
  /** What made them, as far as they tell. */
  builds: z.array(z.strictObject({ compiler: z.string(), optimization: z.string() })),
  files: z.array(
    z.strictObject({
      /** Its path in the recipe. */
      file: z.string(),
      sha256: z.string(),
      /** Programs, or members of an archive, that gave rows. */
      programs: z.int(),
      rows: z.int(),
      normalizedUnique: z.int(),
      /** Rows with a text. */
      described: z.int(),
      lifted,
    }),
  ),
  /** Files that gave nothing. */
  failures: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
  /** Programs of which a part could not be read, and which. */
  cuts: z.array(z.strictObject({ binary: z.string(), reason: z.string() })),
  /** Further ones, of files with more than a thousand. */
  moreCuts: z.int(),
});

/** How texts were made by a program. */
const machineTexts = z.strictObject({
  /** Which, as the rows name it. */
  model: z.string(),
  /** A network of a folder, or what answers at an endpoint. */
  maker: z.enum(['t5', 'endpoint']),
  /** SHA-256 of a folder's files; null of an endpoint, which does not tell what answers. */
  modelHash: z.string().nullable(),
  /** Tokens of a text at most. */
  longest: z.int(),
  /** Texts followed at once in a network's search. */
  beams: z.int().nullable(),
  /** With `{source}` and `{code}` where a row's came to stand. */
  question: z.string(),
  /** SHA-256 of the manifest of the data set whose rows these are. */
  origin: z.string(),
  /** Whether rows that had a text kept it. */
  keepTexts: z.boolean(),
  /** Most inputs, where there was a limit. */
  limit: z.int().nullable(),
  /** Different inputs, and those that the model did not answer. */
  inputs: z.int(),
  failed: z.int(),
  /** Rows with such a text, and rows whose answer was empty. */
  rows: z.int(),
  silent: z.int(),
});

const described = z.strictObject({ rows: z.int(), unique: z.int() });

const manifestShape = z.strictObject({
  schema: z.literal(DATASET_SCHEMA),
  tool: z.string(),
  name: z.string(),
  /** False where something ran unprotected. */
  sandboxed: z.boolean(),
  compilers: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  levels: z.array(z.enum(LEVELS)),
  /** What every compilation got, after the package's own flags; the level comes after it. Rows name all. */
  flags: z.array(z.string()),
  /** None where it was not made of packages. */
  packages: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      split: z.enum(['train', 'test']),
      files,
      licences: z.array(z.string()),
      buildSystem: z.string().nullable(),
      /** Of a project, whose sources the user had; else it is a package of Debian. */
      kind: z.literal('project').optional(),
      /** Functions of its sources, and comments that describe them; null where they could not be read. */
      texts: z.strictObject({ functions: z.int(), described: z.int(), rejected: causes }).nullable(),
    }),
  ),
  /** Null where it was not made of snippets. */
  snippets: snippets.nullable(),
  /** Null where something was compiled; absent in sets from before there were ready programs. */
  programs: programs.nullable().default(null),
  /** Configurations of packages that gave no rows. */
  failures: z.array(
    z.strictObject({
      package: z.string(),
      compiler: z.string().nullable(),
      optimization: z.enum(LEVELS).nullable(),
      reason: z.string(),
    }),
  ),
  /** Programs of packages of which a part could not be read, and which. */
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
    z.strictObject({
      /** A stranger's data set must not lead out of its folder. */
      file: z.string().regex(/^data\/[^/]+$/, 'expected a path data/FILE'),
      split: z.enum(['train', 'test']),
      /** Null in a set of snippets or ready programs, where a shard has rows of many groups. */
      package: z.string().nullable(),
      rows: z.int(),
      sha256: z.string(),
    }),
  ),
  counts: z.strictObject({ train: counts, test: counts }),
  /** Rows with a text, with and without normalised duplicates. */
  described: z.strictObject({ train: described, test: described }),
  /** Where a program has made texts. */
  machineTexts: machineTexts.optional(),
  /** Rows by package, compiler and level; none of snippets and ready programs, which have tables of their own. */
  table: z.array(
    z.strictObject({
      package: z.string(),
      compiler: z.string(),
      optimization: z.enum(LEVELS),
      programs: z.int(),
      rows: z.int(),
      normalizedUnique: z.int(),
      /** What went wrong in a build that made programs all the same. */
      incomplete: z.string().optional(),
      /** Where LLVM IR was asked of clang: rows that have it, sources that gave it, and those that did not. */
      ir: z.strictObject({ rows: z.int(), modules: z.int(), failed: z.int() }).optional(),
      lifted,
    }),
  ),
});

export type Manifest = z.infer<typeof manifestShape>;
export type SnippetSummary = z.infer<typeof snippets>;
export type ProgramsSummary = z.infer<typeof programs>;

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

/** SHA-256 of the manifest's file, which names the hashes of all others: what results say they were made of. */
export function manifestHash(directory: string): string {
  return sha256(readFileSync(join(directory, 'manifest.json')));
}

/** Of several, by their folders. @throws BinscribeError as `readManifest`: it tells in our words what is wrong */
export function manifestHashes(directories: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    directories.map((directory) => {
      readManifest(directory);
      return [directory, manifestHash(directory)];
    }),
  );
}
