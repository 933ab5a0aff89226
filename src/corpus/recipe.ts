/** A recipe: which packages become a data set, by which compilers, and on which side of the split each lies. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BinscribeError, describeError } from '../error.ts';
import { LEVELS, type Level } from './toolchain.ts';

/** A Debian source package's name (Debian policy 5.6.1), or the path of a local one. */
const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]+$/, 'expected the name of a Debian source package');

const recipeShape = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and dashes'),
  train: z.array(packageName),
  test: z.array(packageName),
  compilers: z.array(z.string()).min(1),
  levels: z.array(z.enum(LEVELS)).min(1),
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
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new BinscribeError('unreadable', `cannot read ${path}: ${describeError(error)}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BinscribeError('usage', `${path}: no JSON: ${describeError(error)}`, { cause: error });
  }
  return parseRecipe(value, path);
}

/** @throws BinscribeError of kind `usage` where `value` is no recipe or a package lies on both sides. */
export function parseRecipe(value: unknown, where: string): Recipe {
  const parsed = recipeShape.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new BinscribeError('usage', `${where}: ${issue.path.join('.') || 'recipe'}: ${issue.message}`);
  }
  const recipe = parsed.data;
  const all = [...recipe.train, ...recipe.test];
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined)
    throw new BinscribeError('usage', `${where}: the package ${twice} is listed twice`);
  if (all.length === 0) throw new BinscribeError('usage', `${where}: no packages`);
  return recipe;
}

/** Training packages first, in the recipe's order. */
export function packagesOf(recipe: Recipe): { name: string; split: Split }[] {
  return [
    ...recipe.train.map((name) => ({ name, split: 'train' as const })),
    ...recipe.test.map((name) => ({ name, split: 'test' as const })),
  ];
}
