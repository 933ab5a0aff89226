/** A recipe: which packages become a data set, by which compilers, and on which side of the split each lies. */

import { z } from 'zod';
import { readDocument } from './document.ts';
import { LEVELS, type Level } from './toolchain.ts';

/** A Debian source package's name (Debian policy 5.6.1), or the path of a local one. */
const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'expected the name of a Debian source package');

export const recipeShape = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes'),
    train: z.array(packageName),
    test: z.array(packageName),
    compilers: z.array(z.string()).min(1),
    levels: z.array(z.enum(LEVELS)).min(1),
  })
  .superRefine(({ train, test }, context) => {
    const all = [...train, ...test];
    const twice = all.find((name, i) => all.indexOf(name) !== i);
    if (twice !== undefined) context.addIssue(`the package ${twice} is listed twice`);
    if (all.length === 0) context.addIssue('no packages');
  });

export type Split = 'train' | 'test';

export interface Recipe {
  name: string;
  train: string[];
  test: string[];
  /** Debian's names. Earlier ones are built first. */
  compilers: string[];
  levels: Level[];
}

/** @throws BinscribeError: `unreadable` where there is no such file, `usage` where it is no recipe. */
export function readRecipe(path: string): Recipe {
  return readDocument(path, {
    shape: recipeShape,
    name: 'recipe of a data set',
    absent: 'unreadable',
    wrong: 'usage',
    hint: 'corpora/first.json of the project is an example.',
  });
}

/** Training packages first, in the recipe's order. */
export function packagesOf(recipe: Recipe): { name: string; split: Split }[] {
  return [
    ...recipe.train.map((name) => ({ name, split: 'train' as const })),
    ...recipe.test.map((name) => ({ name, split: 'test' as const })),
  ];
}
