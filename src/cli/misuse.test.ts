/** Commands that are called with what is not there, or not what they want: one line, what to do, the exit code. */

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { temporaryFolder } from '../../test/support/packages.ts';
import { DATASET_SCHEMA } from '../corpus/manifest.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

const RECIPE = JSON.parse(readFileSync('recipes/first.json', 'utf8')) as object;
const CORPUS = { name: 'c', train: ['grep'], test: [], compilers: ['gcc-12'], levels: ['O0'] };
const NO_ROWS = { rows: 0, exactUnique: 0, normalizedUnique: 0, exactLeaks: 0, normalizedLeaks: 0 };

/** A data set of which the shard is gone. */
const DATASET = {
  schema: DATASET_SCHEMA,
  tool: 'binscribe',
  name: 'lost',
  sandboxed: true,
  compilers: [],
  levels: [],
  flags: [],
  packages: [
    { name: 'p', version: '1', split: 'train', files: [], licences: [], buildSystem: null, texts: null },
  ],
  snippets: null,
  failures: [],
  cuts: [],
  shards: [{ file: 'data/train-p.parquet', split: 'train', package: 'p', rows: 1, sha256: '' }],
  counts: { train: NO_ROWS, test: NO_ROWS },
  described: { train: { rows: 0, unique: 0 }, test: { rows: 0, unique: 0 } },
  table: [],
};

beforeAll(() => {
  const json = (name: string, value: unknown) => writeFileSync(at(name), JSON.stringify(value));
  mkdirSync(at('folder'));
  mkdirSync(at('lost'));
  mkdirSync(at('torn'));
  mkdirSync(at('orbit/fundump/inetutils'), { recursive: true });
  writeFileSync(at('folder/precious'), 'kept');
  writeFileSync(at('text'), 'no JSON');
  json('lost/manifest.json', DATASET);
  writeFileSync(at('torn/manifest.json'), '{"schema": 1');
  json('recipe.json', { ...RECIPE, dataset: at('nowhere') });
  json('lost.json', { ...RECIPE, dataset: at('lost') });
  json('odd.json', { ...RECIPE, floor: 'eight' });
  json('corpus.json', CORPUS);
  json('unknown-compiler.json', { ...CORPUS, compilers: ['tcc'] });
  cpSync('models/first', at('run'), { recursive: true });
  cpSync('models/first', at('partial-run'), { recursive: true });
  rmSync(at('partial-run/index.bin'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** `@` stands for the folder of the test. */
test.each<[command: string, code: number, message: string]>([
  ['train @/none.json', 3, '@/none.json: no recipe of a run: there is no such file or folder'],
  ['train @/folder', 3, '@/folder: no recipe of a run: this is a folder'],
  ['train @/text', 2, '@/text: no recipe of a run: no JSON: '],
  ['train @/odd.json', 2, '@/odd.json: no recipe of a run: floor: expected number, got string'],
  [
    'train @/corpus.json',
    2,
    '@/corpus.json: no recipe of a run: model: expected "first", "encoder" or "known"',
  ],
  [
    'train @/recipe.json -o @/r',
    3,
    '@/nowhere/manifest.json: no manifest of a data set: there is no such file',
  ],
  [
    'train @/lost.json -o @/r',
    3,
    '@/lost/data/train-p.parquet: no shard of the data set: there is no such file',
  ],
  ['train @/lost.json -o @/folder', 2, '@/folder: there is a folder that is no run; it is left alone'],
  ['train @/lost.json -o @/r --export @/folder', 2, '@/folder: there is a folder that is no run'],
  ['train @/lost.json -o @/text', 3, '@/text: cannot write a run here: a part of the path is a file'],
  ['train @/lost.json -o @/text/r', 3, '@/text/r: cannot write a run here: '],
  ['evaluate @/nowhere', 7, '@/nowhere/manifest.json: no manifest of a run: there is no such file or folder'],
  ['evaluate @/text', 7, '@/text/manifest.json: no manifest of a run: a part of the path is a file'],
  ['evaluate @/torn', 5, '@/torn/manifest.json: no manifest of a run: no JSON: '],
  ['evaluate @/lost', 5, '@/lost/manifest.json: no manifest of a run: '],
  [
    'evaluate @/partial-run',
    5,
    '@/partial-run/index.bin: a part of the run cannot be read: there is no such',
  ],
  ['evaluate @/run --dataset @/nowhere', 3, '@/nowhere/manifest.json: no manifest of a data set: '],
  ['evaluate @/run --dataset @/lost', 3, '@/lost/data/train-p.parquet: no shard of the data set: '],
  [
    'evaluate @/run --dataset @/lost --orbit @/text',
    3,
    '@/text/fundump/inetutils: no part of the orbit data set',
  ],
  ['evaluate @/run --dataset @/lost --orbit @/orbit', 3, '@/orbit/fundump/sg3-utils: no part of the orbit'],
  ['corpus build @/none.json', 3, '@/none.json: no recipe of a data set: there is no such file or folder'],
  ['corpus build @/text', 2, '@/text: no recipe of a data set: no JSON: '],
  [
    'corpus build @/odd.json',
    2,
    '@/odd.json: no recipe of a data set: compilers: expected array, got nothing',
  ],
  ['corpus build @/corpus.json -o @/folder', 2, '@/folder: there is a folder that is no data set'],
  ['corpus build @/corpus.json -o @/text', 3, '@/text: cannot write a data set here: '],
  [
    'corpus build @/corpus.json -o @/d --unsafe-no-sandbox --work @/text',
    3,
    '@/text: cannot keep what is built',
  ],
  [
    'corpus build @/unknown-compiler.json -o @/d --unsafe-no-sandbox',
    2,
    'no compiler "tcc": expected gcc-N or',
  ],
  ['corpus build @/corpus.json --jobs none', 2, "option '--jobs <number>' argument 'none' is invalid"],
  ['corpus show @/nowhere', 3, '@/nowhere/manifest.json: no manifest of a data set: '],
  ['corpus show @/torn', 5, '@/torn/manifest.json: no manifest of a data set: no JSON: '],
  ['corpus check @/text', 3, '@/text/manifest.json: no manifest of a data set: a part of the path is a file'],
  [
    'corpus check @/lost --max-near 101',
    2,
    "option '--max-near <percent>' argument '101' is invalid. expected a number from 0 to 100",
  ],
  [
    'corpus check @/lost --similarity 0.2',
    2,
    "option '--similarity <number>' argument '0.2' is invalid. expected a number from 0.5 to 1",
  ],
  ['corpus check @/lost', 3, '@/lost/data/train-p.parquet: there is no such file or folder'],
  ['study datasets @/none.json -o @/r/x', 3, '@/none.json: no list of sets: there is no such file or folder'],
  ['study datasets @/odd.json -o @/r/x', 2, '@/odd.json: no list of sets: sets: expected array, got nothing'],
  ['explain @/text --model @/nowhere', 7, '@/nowhere: no model here: a folder with model.json expected'],
])('%s', async (command, code, message) => {
  const result = await runCommand(command.replaceAll('@', folder).split(' '));
  expect(result).toMatchObject({ code, out: '' });
  const [line, hint, ...rest] = result.err.trimEnd().split('\n');
  expect(line.slice(0, message.length + folder.length + 20)).toContain(
    `binscribe: ${message.replaceAll('@', folder)}`,
  );
  expect(line).not.toMatch(/E[A-Z]{4,}|internal|undefined|Invalid input/);
  expect(hint ?? '  ').toMatch(/^ {2}/);
  expect(rest).toEqual([]);
  expect(readFileSync(at('folder/precious'), 'utf8')).toBe('kept');
  expect(existsSync(at('r'))).toBe(false);
});

test('a run is judged on the data set that it learned from, unless told otherwise', async () => {
  const other = at('other');
  cpSync(at('run'), other, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(other, 'manifest.json'), 'utf8')) as { recipe: object };
  manifest.recipe = { ...manifest.recipe, dataset: at('lost') };
  writeFileSync(join(other, 'manifest.json'), JSON.stringify(manifest));
  const { code, err } = await runCommand(['evaluate', other]);
  expect(code).toBe(2);
  expect(err).toMatch(/not the data set that .* learned from: expected .* got [^]*--dataset/);
});

test.each([
  ['', 'Commands:'],
  ['/bin/ls', '`binscribe --help` lists the commands. To explain a program: `binscribe explain FILE`.'],
  ['explan /bin/ls', "unknown command 'explan' (Did you mean explain?)"],
  ['corpus nonsense', '`binscribe corpus --help` lists the commands.'],
  ['train', '`binscribe train --help` says how to call it.'],
  ['corpus build --jobs', '`binscribe corpus build --help` says how to call it.'],
])('binscribe %s: says where to look', async (command, hint) => {
  const { code, out, err } = await runCommand(command.split(' ').filter((word) => word !== ''));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(hint);
});
