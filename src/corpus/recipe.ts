/**
 * A recipe: what becomes a data set, by which compilers, and what lies on each side of the split. There are three
 * kinds: of Debian source packages; with a `source`, of a collection of single texts of code; and of ready programs, where
 * nothing is compiled.
 */

import { z } from 'zod';
import { PROGRAMS, programsSource, type ProgramsSource } from './compiled/recipe.ts';
import { readDocument, type DocumentKind } from './document.ts';
import { sourceShape, SPLIT_KINDS, type SnippetSource } from './snippets/sources.ts';
import { LEVELS, type Level } from './toolchain.ts';

/** A Debian source package's name (Debian policy 5.6.1), or the path of a local one. */
const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'expected the name of a Debian source package');

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes');

const common = {
  name,
  compilers: z.array(z.string()).min(1),
  levels: z.array(z.enum(LEVELS)).min(1),
};

const packagesShape = z
  .strictObject({ ...common, train: z.array(packageName), test: z.array(packageName) })
  .superRefine(({ train, test }, context) => {
    const all = [...train, ...test];
    const twice = all.find((name, i) => all.indexOf(name) !== i);
    if (twice !== undefined) context.addIssue(`the package ${twice} is listed twice`);
    if (all.length === 0) context.addIssue('no packages');
  });

const snippetsShape = z
  .strictObject({
    ...common,
    source: sourceShape,
    sample: z.number().gt(0).max(1).optional(),
    testShare: z.number().min(0).max(1).optional(),
    ir: z.boolean().optional(),
  })
  .superRefine(({ source, testShare }, context) => {
    const hasSplit = SPLIT_KINDS.includes(source.kind);
    if (hasSplit && testShare !== undefined) context.addIssue(`testShare: ${source.kind} has its own split`);
    if (!hasSplit && testShare === undefined)
      context.addIssue('testShare: expected the share of groups to test on');
  });

const programsShape = z.strictObject({ name, source: programsSource, testShare: z.number().min(0).max(1) });

export type Split = 'train' | 'test';

interface CommonRecipe {
  name: string;
  /** Debian's names. Earlier ones are built first; the first decides what makes a source file of a snippet. */
  compilers: string[];
  levels: Level[];
}

export interface PackagesRecipe extends CommonRecipe {
  train: string[];
  test: string[];
}

export interface SnippetsRecipe extends CommonRecipe {
  source: SnippetSource;
  /** Share of the collection that is taken, chosen by the hash of its ids; all by default. */
  sample?: number | undefined;
  /** Share of the groups that lie on the test side, chosen by the hash of their names. */
  testShare?: number | undefined;
  /** Whether rows of clang have LLVM IR. */
  ir?: boolean | undefined;
}

export interface ProgramsRecipe {
  name: string;
  source: ProgramsSource;
  /** Share of the programs that lie on the test side, chosen by the hash of their names. */
  testShare: number;
}

export type Recipe = PackagesRecipe | SnippetsRecipe | ProgramsRecipe;

const KIND = {
  name: 'recipe of a data set',
  absent: 'unreadable',
  wrong: 'usage',
  hint: 'corpora/first.json of the project is an example.',
} as const satisfies Omit<DocumentKind<unknown>, 'shape'>;

/** @throws BinscribeError: `unreadable` where there is no such file, `usage` where it is no recipe. */
export function readRecipe(path: string): Recipe {
  const { source } = readDocument(path, {
    ...KIND,
    shape: z.looseObject({ source: z.unknown().optional() }),
  });
  // One shape at a time, so that a message is about what was meant.
  if (source === undefined) return readDocument<PackagesRecipe>(path, { ...KIND, shape: packagesShape });
  if (isOfPrograms(source)) return readDocument<ProgramsRecipe>(path, { ...KIND, shape: programsShape });
  return readDocument<SnippetsRecipe>(path, { ...KIND, shape: snippetsShape });
}

function isOfPrograms(source: unknown): boolean {
  return typeof source === 'object' && source !== null && 'kind' in source && source.kind === PROGRAMS;
}

export function isProgramsRecipe(recipe: Recipe): recipe is ProgramsRecipe {
  return 'source' in recipe && recipe.source.kind === PROGRAMS;
}

/** Training packages first, in the recipe's order. */
export function packagesOf(recipe: PackagesRecipe): { name: string; split: Split }[] {
  return [
    ...recipe.train.map((name) => ({ name, split: 'train' as const })),
    ...recipe.test.map((name) => ({ name, split: 'test' as const })),
  ];
}
