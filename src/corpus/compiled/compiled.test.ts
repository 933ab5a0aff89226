/** Data sets of ready programs, from archives that gcc, clang and ar make here, beside readelf and nm. */

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, tool, type CompileOptions } from '../../../test/support/compile.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { isJudged } from '../../tasks/labelled.ts';
import { buildCorpus } from '../build.ts';
import { checkCorpus } from '../check.ts';
import { openDataset, type FunctionRow, type Manifest } from '../dataset.ts';
import type { ProgramsRecipe } from '../recipe.ts';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

/** Name of the member, source, how it is compiled. */
const MEMBERS: [string, string, CompileOptions][] = [
  [
    'measure.o',
    `int measure(int a, const char *b) { return a + *b; }
     int __other_name(int, const char *) __attribute__((alias("measure")));
     int unknown(int a) { return a * 3; }`,
    { compiler: 'gcc-12', flags: ['-c', '-O2'] },
  ],
  [
    'static.o',
    `__attribute__((noinline)) static int weigh(int a) { return a * a + 1; }
     int user(int a) { return weigh(a) + weigh(a + 1); }`,
    { compiler: 'clang-19', flags: ['-c', '-O2'] },
  ],
  [
    'versions.o',
    `int __weigh_avx2(int a) { return a + 2; }
     int __weigh_chk(int a, int size) { return size > a ? a + 1 : 0; }
     int _IO_weigh(int a) { return a + 4; }
     static void *choose(void) { return __weigh_avx2; }
     int weigh(int) __attribute__((ifunc("choose")));`,
    { compiler: 'gcc-12', flags: ['-c', '-O2'] },
  ],
  [
    'described.o',
    'int weigh(int a, char *b, ...) { return a + *b; }',
    { compiler: 'gcc-12', flags: ['-c', '-g', '-O1', '-O3'] },
  ],
  [
    'assembly.o',
    '.globl measure\n.type measure, @function\nmeasure: mov $1, %eax\n ret\n.size measure, .-measure\n',
    { compiler: 'gcc-12', flags: ['-c', '-g'], suffix: '.s' },
  ],
];

const RECIPE: ProgramsRecipe = {
  name: 'ready',
  source: {
    kind: 'programs',
    files: ['lib.a', 'whole.so', 'damaged.a', 'absent.a', 'notes.txt'],
    manual: 'man',
  },
  testShare: 0.5,
};

function build(out: string, work: string, recipe: ProgramsRecipe = RECIPE): Promise<Manifest> {
  return buildCorpus(recipe, { out: at(out), workDir: at(work), input: folder });
}

function bytesIn(path: string): string[] {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => {
      const content = readFileSync(join(parentPath, name));
      return `${name} ${createHash('sha256').update(content).digest('hex')}`;
    })
    .sort();
}

const sameRow = (a: FunctionRow, b: FunctionRow): boolean =>
  a.binary === b.binary && a.address === b.address && a.name === b.name;

let manifest: Manifest;
const rows: FunctionRow[] = [];
const row = (binary: string, name: string): FunctionRow => {
  const found = rows.filter((one) => one.binary === binary && one.name === name);
  expect(found).toHaveLength(1);
  return found[0];
};

beforeAll(async () => {
  for (const [name, source, options] of MEMBERS) cpSync(compile(source, options), at(name));
  const objects = MEMBERS.map(([name]) => at(name));
  tool('ar', 'qcs', at('lib.a'), ...objects, at('measure.o'));
  tool('gcc-12', '-shared', '-nostdlib', '-o', at('whole.so'), at('described.o'), at('assembly.o'));
  // One member in the middle is no longer an ELF file, and the last one is cut off.
  tool('ar', 'qcs', at('damaged.a'), at('measure.o'), at('static.o'), at('described.o'));
  const archive = readFileSync(at('damaged.a'));
  const second = archive.indexOf(readFileSync(at('static.o')));
  archive.fill(0xff, second + 16, second + 64);
  writeFileSync(at('damaged.a'), archive.subarray(0, archive.length - 100));
  writeFileSync(at('notes.txt'), 'no program\n');
  mkdirSync(at('man/man3'), { recursive: true });
  const head = '.\\" SPDX-License-Identifier: MIT\n.TH MEASURE 3\n.SH NAME\n';
  writeFileSync(at('man/man3/measure.3'), `${head}measure \\- take the measure of a thing\n.SH SYNOPSIS\n`);
  writeFileSync(at('man/man3/weigh.3'), '.TH WEIGH 3\n.SH NAME\nweigh \\- weigh a thing\n.SH SYNOPSIS\n');
  manifest = await build('out', 'work');
  for await (const one of openDataset(at('out')).rows()) rows.push(one);
}, 120_000);

describe('a data set of ready programs', () => {
  it('has a row for each function symbol that readelf shows, aliases joined', () => {
    const expected: string[] = [];
    let member = '';
    let seen = new Set<string>();
    for (const line of tool('readelf', '-sW', at('lib.a')).split('\n')) {
      const file = /^File: .*\((.*)\)$/.exec(line);
      if (file) [member, seen] = [file[1], new Set()];
      const [, value, size, type, , , section] = line.trim().split(/\s+/);
      if (!['FUNC', 'IFUNC'].includes(type) || section === 'UND') continue;
      if (seen.has(`${section} ${value}`)) continue;
      seen.add(`${section} ${value}`);
      expected.push(`${member} ${size}`);
    }
    const own = rows.filter((one) => one.package === 'lib.a');
    expect(own.length).toBe(expected.length);
    expect(own.map(({ binary, size }) => `${/\((.*?)[,)]/.exec(binary)![1]} ${size}`).sort()).toEqual(
      expected.sort(),
    );
  });

  it('has the code that objdump shows, with relocations resolved', () => {
    const listing = tool('objdump', '-d', '--no-show-raw-insn', at('described.o'));
    const count = listing.split('\n').filter((line) => /^\s+[0-9a-f]+:\t/.test(line)).length;
    const { code, size, instructions } = row('lib.a(described.o)', 'weigh');
    expect(code).toHaveLength(size);
    expect(instructions).toBe(count);
    // `weigh` is called twice in the same section; unresolved, the displacements would be zero or of no function.
    const user = row('lib.a(static.o)', 'user');
    const target = row('lib.a(static.o)', 'weigh').address;
    const calls = [...user.code.keys()].filter((i) => user.code[i] === 0xe8);
    const view = new DataView(user.code.buffer, user.code.byteOffset, user.code.length);
    expect(calls.some((i) => user.address + i + 5 + view.getInt32(i + 1, true) === target)).toBe(true);
  });

  it('takes texts from the manual by any public name, and by rules that are certain', () => {
    const of = (binary: string, name: string): (string | null)[] => {
      const { text, text_kind, text_reference, text_licence } = row(binary, name);
      return [text, text_kind, text_reference, text_licence];
    };
    const measured = ['take the measure of a thing', 'man', 'measure(3)', 'MIT'];
    const weighed = ['weigh a thing', 'man', 'weigh(3)', null];
    const nothing = [null, null, null, null];
    expect(of('lib.a(measure.o)', 'measure')).toEqual(measured);
    expect(of('lib.a(measure.o, 2)', 'measure')).toEqual(measured);
    expect(of('lib.a(assembly.o)', 'measure')).toEqual(measured);
    expect(of('lib.a(measure.o)', 'unknown')).toEqual(nothing);
    expect(of('lib.a(described.o)', 'weigh')).toEqual(weighed);
    expect(of('lib.a(versions.o)', '__weigh_avx2')).toEqual(weighed);
    expect(of('lib.a(versions.o)', '__weigh_chk')).toEqual(weighed);
    expect(of('lib.a(versions.o)', '_IO_weigh')).toEqual(nothing);
    // A function of the file's own that has a public one's name, and one that only chooses.
    expect(of('lib.a(static.o)', 'weigh')).toEqual(nothing);
    expect(of('lib.a(versions.o)', 'weigh')).toEqual(nothing);
  });

  it('says of compiler, level and parameters what the file says, and no more', () => {
    const of = (binary: string, name: string): unknown[] => {
      const {
        compiler,
        optimization,
        arguments: count,
        parameter_types: types,
        variadic,
      } = row(binary, name);
      return [compiler, optimization, count, types, variadic];
    };
    expect(of('lib.a(measure.o)', 'measure')).toEqual(['gcc-12', 'unknown', -1, [], false]);
    expect(of('lib.a(static.o)', 'user')).toEqual(['clang-19', 'unknown', -1, [], false]);
    expect(of('lib.a(described.o)', 'weigh')).toEqual(['gcc-12', 'O3', 2, ['int', 'char *'], true]);
    expect(of('whole.so', 'weigh')).toEqual(['gcc-12', 'O3', 2, ['int', 'char *'], true]);
    expect(of('lib.a(assembly.o)', 'measure').slice(0, 3)).toEqual(['unknown', 'unknown', -1]);
    expect(rows.filter(isJudged).map(({ name }) => name)).toEqual(
      rows.filter(({ arguments: count }) => count === 2).map(({ name }) => name),
    );
  });

  it('lists what cannot be read and goes on', () => {
    const { programs } = manifest;
    expect(rows.filter((one) => one.package === 'damaged.a').map(({ binary }) => binary)).toEqual([
      'damaged.a(measure.o)',
      'damaged.a(measure.o)',
    ]);
    expect(programs?.failures).toEqual([
      { file: 'absent.a', reason: 'absent.a: there is no such file or folder' },
    ]);
    expect(programs?.cuts.map(({ binary }) => binary)).toEqual([
      'damaged.a(static.o)',
      'damaged.a',
      'notes.txt',
    ]);
    expect(programs?.files.map(({ file, rows: count }) => `${file} ${count > 0}`)).toEqual([
      'lib.a true',
      'whole.so true',
      'damaged.a true',
      'notes.txt false',
    ]);
  });

  it('splits by text, so that none is on both sides, or by member', async () => {
    const sidesOf = (all: readonly FunctionRow[], by: 'binary' | 'text_reference'): number[] => {
      const sides = new Map<string | null, Set<string>>();
      for (const one of all) sides.set(one[by], (sides.get(one[by]) ?? new Set()).add(one.split));
      sides.delete(null);
      return [...sides.values()].map(({ size }) => size);
    };
    expect(new Set(rows.map(({ split }) => split)).size).toBe(2);
    expect(sidesOf(rows, 'text_reference')).toEqual([1, 1]);
    // What the manual does not know goes with its member.
    expect(row('lib.a(measure.o)', 'unknown').split).toBe(row('lib.a(measure.o)', 'measure').split);
    await build('by-member', 'work', { ...RECIPE, splitBy: 'program' });
    const others: FunctionRow[] = [];
    for await (const one of openDataset(at('by-member')).rows()) others.push(one);
    expect(new Set(sidesOf(others, 'binary'))).toEqual(new Set([1]));
    expect(Math.max(...sidesOf(others, 'text_reference'))).toBe(2);
    const leakedTexts = async (name: string): Promise<number> => {
      const { damage, leakage } = await checkCorpus(at(name));
      expect([damage, leakage.onBothSides]).toEqual([[], []]);
      expect(leakage.sides.test.described.rows).toBeGreaterThan(0);
      return leakage.sides.test.leaks.text.rows;
    };
    expect(await leakedTexts('out')).toBe(0);
    expect(await leakedTexts('by-member')).toBeGreaterThan(0);
  });

  it('has drafts by rules where its recipe asks for them', async () => {
    const built = await build('lifted', 'work', { ...RECIPE, lifted: true });
    const drafts = new Map<string, string | null>();
    for await (const one of openDataset(at('lifted')).rows()) {
      const { lifted, ...rest } = one;
      drafts.set(`${one.binary} ${one.name}`, lifted);
      expect({ ...rest, lifted: null }).toEqual(rows.find((other) => sameRow(one, other)));
    }
    expect(drafts.get('lib.a(measure.o) unknown')).toMatch(/^int func0\(int a\)\n{\n\s+return .*3.*;\n}\n$/);
    const [file] = built.programs!.files;
    const own = [...drafts].filter(([key, draft]) => key.startsWith('lib.a') && draft !== null);
    expect(file.lifted).toBe(own.length);
    expect(manifest.programs!.files[0]).not.toHaveProperty('lifted');
  });

  it('marks copies', () => {
    const copies = rows.filter(({ name }) => name === 'unknown');
    expect(copies.every((one) => one.normalized_duplicate || one.normalized_leak || copies[0] === one)).toBe(
      true,
    );
    expect(copies.length).toBeGreaterThan(2);
  });

  it('comes out the same again, from what is kept and from nothing', async () => {
    const first = bytesIn(at('out'));
    await build('again', 'work');
    expect(bytesIn(at('again'))).toEqual(first);
    await build('anew', 'work2');
    expect(bytesIn(at('anew'))).toEqual(first);
  });

  it('is refused where paths lead nowhere', async () => {
    const source = { kind: 'programs', files: ['/nonexistent.a'] } as const;
    const absolute: ProgramsRecipe = { ...RECIPE, source: { ...source, files: [...source.files] } };
    await expect(build('x', 'work', absolute)).rejects.toThrow(/absolute paths only/);
    const options = { out: at('x'), workDir: at('work') };
    await expect(buildCorpus(RECIPE, options)).rejects.toThrow(/needs the folder/);
    await expect(buildCorpus(absolute, options)).rejects.toThrow(/no functions were found: \/nonexistent.a/);
    const bare: ProgramsRecipe = { ...RECIPE, source: { ...RECIPE.source, manual: 'empty' } };
    await expect(build('x', 'work', bare)).rejects.toThrow(/empty: manual pages of functions/);
  });
});
