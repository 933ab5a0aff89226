import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagesOf, parseRecipe, readRecipe } from './recipe.ts';

const GOOD = { name: 'r', train: ['a1'], test: ['libb++'], compilers: ['gcc-12'], levels: ['O0', 'O3'] };

describe('a recipe', () => {
  it('lists training packages before those for testing', () => {
    expect(packagesOf(parseRecipe(GOOD, 'r.json'))).toEqual([
      { name: 'a1', split: 'train' },
      { name: 'libb++', split: 'test' },
    ]);
  });

  it.each([
    [{ ...GOOD, test: ['a1'] }, 'r.json: the package a1 is listed twice'],
    [{ ...GOOD, train: [], test: [] }, 'r.json: no packages'],
    [{ ...GOOD, train: ['../../etc'] }, 'r.json: train.0: expected the name of a Debian source package'],
    [{ ...GOOD, levels: ['O9'] }, 'r.json: levels.0: '],
    [{ ...GOOD, compilers: [] }, 'r.json: compilers: '],
    [{ ...GOOD, extra: 1 }, 'r.json: recipe: '],
    [[], 'r.json: recipe: '],
  ])('is refused where it makes no sense: %j', (value, message) => {
    expect(() => parseRecipe(value, 'r.json')).toThrow(message);
  });

  it('is refused where there is none', () => {
    expect(() => readRecipe('/nonexistent.json')).toThrow(/^cannot read/);
    expect(() => readRecipe(import.meta.filename)).toThrow(/no JSON/);
  });

  it.each(readdirSync('corpora').filter((file) => file.endsWith('.json')))('%s is one', (file) => {
    expect(readRecipe(join('corpora', file)).name).toBe(file.replace('.json', ''));
  });
});
