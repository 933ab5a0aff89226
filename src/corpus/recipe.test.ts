import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/packages.ts';
import { packagesOf, readRecipe, type PackagesRecipe } from './recipe.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

function read(recipe: unknown): ReturnType<typeof readRecipe> {
  const path = join(folder, 'r.json');
  writeFileSync(path, JSON.stringify(recipe));
  return readRecipe(path);
}

const GOOD = { name: 'r', train: ['a1'], test: ['libb++'], compilers: ['gcc-12'], levels: ['O0', 'O3'] };

const SNIPPETS = {
  name: 's',
  source: { kind: 'functions' },
  testShare: 0.2,
  compilers: ['gcc-12'],
  levels: ['Os'],
};

const PROJECT = {
  name: 'p',
  source: { kind: 'project', name: 'zlib', licence: 'Zlib', build: 'make' },
  testShare: 0.2,
  compilers: ['clang-19'],
  levels: ['O2'],
  ir: true,
};

const PROGRAMS = {
  name: 'r',
  source: { kind: 'programs', files: ['/bin/true'] },
  testShare: 0.2,
};

describe('a recipe', () => {
  it('may be of a project, and of packages with LLVM IR', () => {
    expect(read(PROJECT)).toEqual(PROJECT);
    expect(read({ ...GOOD, ir: true })).toMatchObject({ ir: true });
  });

  it.each([GOOD, SNIPPETS, PROJECT, PROGRAMS])('may ask for drafts by rules: %j', (recipe) => {
    expect(read({ ...recipe, lifted: true })).toEqual({ ...recipe, lifted: true });
    expect(() => read({ ...recipe, lifted: 'yes' })).toThrow('lifted: ');
  });

  it('lists training packages before those for testing', () => {
    expect(packagesOf(read(GOOD) as PackagesRecipe)).toEqual([
      { name: 'a1', split: 'train' },
      { name: 'libb++', split: 'test' },
    ]);
  });

  it.each([
    [{ ...GOOD, test: ['a1'] }, 'the package a1 is listed twice'],
    [{ ...GOOD, train: [], test: [] }, 'no packages'],
    [{ ...GOOD, train: ['../../etc'] }, 'train.0: expected the name of a Debian source package'],
    [{ ...GOOD, levels: ['O9'] }, 'levels.0: '],
    [{ ...GOOD, compilers: [] }, 'compilers: '],
    [{ ...GOOD, extra: 1 }, 'Unrecognized key: "extra"'],
    [[], 'expected object, got array'],
    [{ ...SNIPPETS, source: { kind: 'poetry' } }, 'source.kind: '],
    [
      { ...SNIPPETS, source: { kind: 'posts', tags: ['../c'] } },
      'source.tags.0: expected a name without slashes',
    ],
    [{ ...SNIPPETS, testShare: undefined }, 'testShare: expected the share of groups to test on'],
    [{ ...SNIPPETS, source: { kind: 'poj104' } }, 'testShare: poj104 has its own split'],
    [{ ...SNIPPETS, train: ['a1'] }, 'Unrecognized key: "train"'],
    [{ ...PROJECT, testShare: undefined }, 'testShare: '],
    [{ ...PROJECT, sample: 0.5 }, 'Unrecognized key: "sample"'],
    [{ ...PROJECT, source: { kind: 'project', name: '../etc' } }, 'source.name: expected letters'],
    [{ ...PROJECT, source: { kind: 'project', name: 'tools' } }, 'source.name: expected another name'],
  ])('is refused where it makes no sense: %j', (value, message) => {
    expect(() => read(value)).toThrow(`r.json: no recipe of a data set: ${message}`);
  });

  it('is refused where there is none', () => {
    expect(() => readRecipe('/nonexistent.json')).toThrow(/no such file/);
    expect(() => readRecipe(import.meta.filename)).toThrow(/no JSON/);
  });

  it.each(readdirSync('corpora').filter((file) => file.endsWith('.json')))('%s is one', (file) => {
    expect(readRecipe(join('corpora', file)).name).toBe(file.replace('.json', ''));
  });
});
