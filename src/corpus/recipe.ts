/**
 * A recipe: what becomes a data set, by which compilers, and what lies on each side of the split. There are four kinds: of
 * Debian source packages, and, with a `source`, of a project, of a collection of single texts of code, or of ready programs,
 * where nothing is compiled.
 */

import { z } from 'zod';
import { PROGRAMS, programsSource, type ProgramsSource } from './compiled/recipe.ts';
import { readDocument, type DocumentKind } from './document.ts';
import { fraction } from './hash.ts';
import { projectShape, type ProjectSource } from './project.ts';
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
  ir: z.boolean().optional(),
  lifted: z.boolean().optional(),
};

const share = z.number().min(0).max(1);

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
    testShare: share.optional(),
  })
  .superRefine(({ source, testShare }, context) => {
    const hasSplit = SPLIT_KINDS.includes(source.kind);
    if (hasSplit && testShare !== undefined) context.addIssue(`testShare: ${source.kind} has its own split`);
    if (!hasSplit && testShare === undefined)
      context.addIssue('testShare: expected the share of groups to test on');
  });

const projectRecipeShape = z.strictObject({ ...common, source: projectShape, testShare: share });

const programsShape = z
  .strictObject({
    name,
    source: programsSource,
    testShare: share,
    splitBy: z.enum(['text', 'program']).optional(),
    lifted: z.boolean().optional(),
  })
  .refine(({ source, splitBy }) => splitBy !== 'text' || source.manual !== undefined, {
    path: ['splitBy'],
    message: 'text needs a manual',
  });

export type Split = 'train' | 'test';

export interface CommonRecipe {
  name: string;
  /** Debian's names. Earlier ones are built first; the first decides what makes a source file of a snippet. */
  compilers: string[];
  levels: Level[];
  /** Whether rows of clang have LLVM IR: it takes about as long again to compile. */
  ir?: boolean | undefined;
  /** Whether rows have a draft of their source by rules. */
  lifted?: boolean | undefined;
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
}

export interface ProjectRecipe extends CommonRecipe {
  source: ProjectSource;
  /** Share of all projects that lie on the test side: this one does or does not by the hash of its name. */
  testShare: number;
}

export interface ProgramsRecipe {
  name: string;
  source: ProgramsSource;
  /** Share of what is split by that lies on the test side, chosen by the hash of its name. */
  testShare: number;
  /** `text` with a manual, where nothing else is said: several functions have one text in common. */
  splitBy?: 'text' | 'program' | undefined;
  lifted?: boolean | undefined;
}

export type Recipe = PackagesRecipe | ProjectRecipe | SnippetsRecipe | ProgramsRecipe;

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
  if (isKind(source, 'project'))
    return readDocument<ProjectRecipe>(path, { ...KIND, shape: projectRecipeShape });
  if (isKind(source, PROGRAMS)) return readDocument<ProgramsRecipe>(path, { ...KIND, shape: programsShape });
  return readDocument<SnippetsRecipe>(path, { ...KIND, shape: snippetsShape });
}

function isKind(source: unknown, kind: string): boolean {
  return z.looseObject({ kind: z.literal(kind) }).safeParse(source).success;
}

export function isOfProject(recipe: Exclude<Recipe, PackagesRecipe>): recipe is ProjectRecipe {
  return recipe.source.kind === 'project';
}

export function isOfPrograms(recipe: Exclude<Recipe, PackagesRecipe>): recipe is ProgramsRecipe {
  return recipe.source.kind === PROGRAMS;
}

/** A package, or a project, with its side. */
export interface PlacedPackage {
  name: string;
  split: Split;
}

/** Training packages first, in the recipe's order. */
export function packagesOf(recipe: PackagesRecipe): PlacedPackage[] {
  return [
    ...recipe.train.map((name) => ({ name, split: 'train' as const })),
    ...recipe.test.map((name) => ({ name, split: 'test' as const })),
  ];
}

/** The side of a group that lies on one as a whole: the same in every data set with that share. */
export function sideOf(group: string, testShare: number): Split {
  return fraction(`split ${group}`) < testShare ? 'test' : 'train';
}
