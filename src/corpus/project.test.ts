/** Projects built from their sources: what is kept of them, and the LLVM IR of their functions, beside clang's own. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killAtUnits } from '../../test/support/emitted.ts';
import { addSourcePackage, bubblewrapWorks, contents, temporaryFolder } from '../../test/support/packages.ts';
import { buildCorpus, openDataset, type FunctionRow, type Manifest } from './index.ts';
import { sideOf, type ProjectRecipe } from './recipe.ts';

/** Two files with a static function of one name, and a source that two programs compile in two ways. */
const SOURCES = {
  'src/one.c': `
#include "both.h"
__attribute__((noinline)) static int helper(int x) { return x * 1111; }
int main(int argc, char **argv) { return helper(argc) + other(argc) + mode(argc) + (argv != 0); }
`,
  'src/other.c': `
#include "both.h"
__attribute__((noinline)) static int helper(int x) { return x + 2222; }
/* The other way of X.  */
int other(int x) { int unused; return helper(x) ^ 1; }
`,
  'src/both.h': 'int other(int x);\nint mode(int x);\n',
  'src/mode.c': '#include "both.h"\nint mode(int x) { return x % MODE; }\n',
  'src/two.c': '#include "both.h"\nint main(int argc, char **argv) { return mode(argc) + (argv == 0); }\n',
  'src/typed.c': 'int typed(int x) { return x; }\n',
};
/** Old-fashioned: warnings are errors, objects go away, one program is stripped; `typed.c` gives no IR. */
const MAKEFILE = `
CC = gcc
CFLAGS = -O1 -Wall -Werror -Isrc
all: one two
one: src/one.c src/other.c src/mode.c
	$(CC) $(CFLAGS) -c -MD -MF one.d src/one.c -o one.o
	$(CC) $(CFLAGS) -c src/other.c
	$(CC) $(CFLAGS) -DMODE=3333 -c src/mode.c -o mode.o
	$(CC) one.o other.o mode.o -o one
	grep -q '^one.o:' one.d
	rm -f *.o
	case $$($(CC) --version) in *clang*) \\
	$(CC) -c -flto -fwhole-program-vtables src/typed.c -o typed.o; esac
two: src/two.c src/mode.c
	$(CC) $(CFLAGS) -DMODE=4444 src/two.c src/mode.c -o two
`;

const RECIPE: ProjectRecipe = {
  name: 'set',
  source: { kind: 'project', name: 'tools-1', version: '0.5', licence: 'MIT' },
  testShare: 0.5,
  ir: true,
  compilers: ['gcc-12', 'clang-19'],
  levels: ['O0', 'O2'],
};

/** Builds again and again, and compiles us first: a busy machine takes minutes. */
const KILLS_MILLISECONDS = 600_000;

function write(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function rowsOf(out: string): Promise<FunctionRow[]> {
  const all: FunctionRow[] = [];
  for await (const row of openDataset(out).rows()) all.push(row);
  return all;
}

describe('sideOf', () => {
  it('puts a group where its name says, whatever the data set', () => {
    const names = Array.from({ length: 400 }, (_, i) => `project-${i}`);
    const test = (share: number) => names.filter((name) => sideOf(name, share) === 'test');
    expect(test(0)).toEqual([]);
    expect(test(1)).toEqual(names);
    expect(test(0.25).length).toBeGreaterThan(60);
    expect(test(0.25).length).toBeLessThan(140);
    expect(test(0.5)).toEqual(expect.arrayContaining(test(0.25)));
  });
});

describe.skipIf(!bubblewrapWorks())('a project', () => {
  const folder = temporaryFolder();
  const input = join(folder, 'tools-1');
  const [workDir, out] = [join(folder, 'work'), join(folder, 'set')];
  let manifest: Manifest;
  let rows: FunctionRow[];

  beforeAll(async () => {
    write(input, { ...SOURCES, Makefile: MAKEFILE, '.git/config': 'secret', 'docs/x.txt': 'x' });
    // What a repository may hold: a program built elsewhere, a name that is no text, a link that leads out.
    execFileSync('clang-14', ['-g', '-o', join(input, 'prebuilt'), '-xc', '-'], {
      input: 'int main(void) { return 0; }',
    });
    writeFileSync(Buffer.concat([Buffer.from(`${input}/docs/`), Buffer.from([0xff, 0x2e, 0x63])]), 'x');
    symlinkSync('/etc/passwd', join(input, 'docs/passwd.c'));
    manifest = await buildCorpus(RECIPE, { out, workDir, input, jobs: 2 });
    rows = await rowsOf(out);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const unitFolder = (compiler: string, level: string): string => {
    const found = readdirSync(join(workDir, 'units')).find((key) => {
      const unit = JSON.parse(readFileSync(join(workDir, 'units', key, 'unit.json'), 'utf8')) as {
        compiler: string;
        optimization: string;
      };
      return unit.compiler === compiler && unit.optimization === level;
    });
    return join(workDir, 'units', found ?? 'none');
  };

  it('is built as a package is, on one side, and says what it is', () => {
    expect(manifest.failures).toEqual([]);
    expect(manifest.packages).toEqual([
      {
        name: 'tools-1',
        version: '0.5',
        split: sideOf('tools-1', 0.5),
        files: [{ name: 'tools-1.tar', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
        licences: ['MIT'],
        buildSystem: 'make',
        kind: 'project',
        texts: expect.objectContaining({ described: 1 }),
      },
    ]);
    expect(new Set(rows.map(({ binary }) => binary))).toEqual(new Set(['one', 'two']));
    expect(rows.find(({ name }) => name === 'other')).toMatchObject({
      package: 'tools-1',
      source_file: 'src/other.c',
      flags: '-Wno-error -g -O0',
      text: 'The other way of X.',
    });
    expect(readFileSync(join(out, 'card.md'), 'utf8')).toContain('functions of the project tools-1');
  });

  it('has the IR that clang makes of the very compilation that a function comes from', () => {
    const clang = rows.filter(({ compiler }) => compiler === 'clang-19');
    for (const row of clang) {
      const mode = row.binary === 'one' ? '3333' : '4444';
      const options = [
        '-Isrc',
        `-DMODE=${mode}`,
        `-${row.optimization}`,
        '-w',
        '-S',
        '-emit-llvm',
        '-o',
        '-',
      ];
      const module = execFileSync('clang-19', [...options, row.source_file ?? ''], {
        cwd: input,
        encoding: 'utf8',
      });
      expect(row.ir, `${row.binary} ${row.name}`).toMatch(/^define [^]*\n}$/);
      expect(module.includes(`${row.ir}\n`), `${row.binary} ${row.source_file} ${row.name}`).toBe(true);
    }
    const constants = (name: string, level: string) =>
      clang
        .filter((row) => row.name === name && row.optimization === level)
        .map(({ ir }) => /1111|2222|3333|4444/.exec(ir ?? '')?.[0])
        .sort();
    expect(constants('helper', 'O0')).toEqual(['1111', '2222']);
    expect(constants('helper', 'O2')).toEqual(['1111', '2222']);
    expect(constants('mode', 'O2')).toEqual(['3333', '4444']);
    expect(rows.filter(({ compiler }) => compiler === 'gcc-12').every(({ ir }) => ir === null)).toBe(true);
  });

  it('counts what gave no IR', () => {
    expect(manifest.table.map(({ compiler, rows: all, ir }) => [compiler, all, ir])).toEqual([
      ['gcc-12', 7, undefined],
      ['gcc-12', 7, undefined],
      ['clang-19', 7, { rows: 7, modules: 5, failed: 1 }],
      ['clang-19', 7, { rows: 7, modules: 5, failed: 1 }],
    ]);
  });

  it('keeps objects and modules that the build has deleted, each taken by its own tools', () => {
    const unit = unitFolder('clang-19', 'O2');
    const modules = readdirSync(join(unit, 'ir')).map((file) =>
      gunzipSync(readFileSync(join(unit, 'ir', file))),
    );
    expect(modules).toHaveLength(5);
    for (const module of modules) execFileSync('llvm-as-19', ['-o', '/dev/null'], { input: module });
    const symbols = readdirSync(join(unit, 'objects')).map((file) =>
      file.endsWith('.o')
        ? execFileSync('llvm-nm-19', [join(unit, 'objects', file)], { encoding: 'utf8' })
        : '',
    );
    expect(symbols.map((text) => /T (\w+)/.exec(text)?.[1]).sort()).toEqual([
      'main',
      'mode',
      'other',
      'typed',
    ]);
    expect(readdirSync(join(unitFolder('gcc-12', 'O2'), 'objects'))).toHaveLength(3);
    expect(readdirSync(join(unitFolder('gcc-12', 'O2'), 'ir'))).toEqual([]);
  });

  it.each(['gcc-12', 'clang-19'])('keeps stripped twins of the same code: %s', (compiler) => {
    const unit = unitFolder(compiler, 'O2');
    expect(readdirSync(join(unit, 'stripped')).sort()).toEqual(['one', 'two']);
    const read = (kind: string, ...options: string[]) =>
      execFileSync('readelf', [...options, 'one'], { cwd: join(unit, kind), encoding: 'utf8' });
    expect(read('programs', '-SW')).toMatch(/\.symtab[^]*|\.debug_info/);
    expect(read('stripped', '-SW')).not.toMatch(/\.symtab|\.debug_info/);
    expect(read('stripped', '-x', '.text')).toBe(read('programs', '-x', '.text'));
  });

  it('gives the same bytes when it was killed on the way', { timeout: KILLS_MILLISECONDS }, async () => {
    const options = { out: join(folder, 'resumed'), workDir: join(folder, 'killed'), input };
    await killAtUnits(folder, RECIPE, options, [1, 3]);
    await buildCorpus(RECIPE, { ...options, jobs: 1 });
    expect(contents(options.out)).toEqual(contents(out));
  });

  it('is built from an archive with the script of its recipe', async () => {
    const archive = join(folder, "it's.tar.gz");
    execFileSync('tar', ['-czf', archive, '-C', folder, '--exclude=Makefile', 'tools-1']);
    const build = 'mkdir bin && cc -DMODE=5 -Isrc src/two.c src/mode.c -o bin/two';
    const recipe: ProjectRecipe = {
      ...RECIPE,
      source: { kind: 'project', name: 'tools-1', build },
      compilers: ['clang-19'],
      levels: ['O2'],
    };
    const [bare, set] = [{ unsafeNoSandbox: true }, join(folder, 'archive')];
    for (const options of [{}, bare]) {
      const built = await buildCorpus(recipe, { out: set, workDir, input: archive, ...options });
      expect(built.packages).toMatchObject([
        { buildSystem: 'recipe', files: [{ name: "it's.tar.gz" }], licences: [] },
      ]);
      const found = await rowsOf(set);
      expect(found.map(({ binary, name, source_file }) => [binary, name, source_file])).toEqual([
        ['bin/two', 'main', 'src/two.c'],
        ['bin/two', 'mode', 'src/mode.c'],
      ]);
      for (const { name, ir } of found) expect(ir).toMatch(new RegExp(`^define .*@${name}\\(`));
    }
  });

  it('is built by CMake, whose trials give nothing', async () => {
    const source = join(folder, 'cmake');
    write(source, {
      ...SOURCES,
      'CMakeLists.txt':
        'cmake_minimum_required(VERSION 3.13)\nproject(two C)\ninclude(CheckFunctionExists)\n' +
        'check_function_exists(puts HAVE_PUTS)\nadd_executable(two src/two.c src/mode.c)\n' +
        'target_compile_definitions(two PRIVATE MODE=6)\n',
    });
    const recipe: ProjectRecipe = { ...RECIPE, compilers: ['clang-19'], levels: ['O2'] };
    const built = await buildCorpus(recipe, {
      out: join(folder, 'cmake-set'),
      workDir,
      input: source,
      unsafeNoSandbox: true,
    });
    expect(built.packages).toMatchObject([{ buildSystem: 'cmake' }]);
    expect(built.table).toMatchObject([{ rows: 2, ir: { rows: 2, modules: 2, failed: 0 } }]);
  });

  it.each([
    [undefined, 'usage', /^a recipe of a project needs its sources: a folder/],
    ['/nonexistent/project', 'unreadable', /^\/nonexistent\/project: a folder/],
  ])('is asked for where it is not named or not there: %s', async (missing, kind, message) => {
    const options = { out: join(folder, 'none'), workDir, ...(missing !== undefined && { input: missing }) };
    await expect(buildCorpus(RECIPE, options)).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(message),
    });
  });
});

describe.skipIf(!bubblewrapWorks())('a package of Debian', () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has IR where its recipe asks for it, and the same code', async () => {
    const workDir = join(folder, 'work');
    addSourcePackage(workDir, 'two', {
      Makefile: 'two: src/two.c src/mode.c\n\tcc -DMODE=7 -o two src/two.c src/mode.c\n',
      ...SOURCES,
    });
    const recipe = {
      name: 'set',
      train: ['two'],
      test: [],
      compilers: ['clang-19'],
      levels: ['O2' as const],
    };
    const [without, withIr] = [join(folder, 'without'), join(folder, 'with')];
    const first = await buildCorpus(recipe, { out: without, workDir });
    const second = await buildCorpus({ ...recipe, ir: true }, { out: withIr, workDir });
    expect(first.table[0]).not.toHaveProperty('ir');
    expect(second.table[0].ir).toEqual({ rows: 2, modules: 2, failed: 0 });
    const [plain, rich] = [await rowsOf(without), await rowsOf(withIr)];
    expect(rich.map((row) => ({ ...row, ir: null }))).toEqual(plain);
    expect(rich.map(({ ir }) => ir?.slice(0, 6))).toEqual(['define', 'define']);
  });

  it('has drafts by rules where its recipe asks for them, of what was built before', async () => {
    const workDir = join(folder, 'work-lifted');
    addSourcePackage(workDir, 'two', {
      Makefile: 'two: src/two.c\n\tcc -o two src/two.c\n',
      'src/two.c':
        '#include <stdlib.h>\nint helper(int a) { return a * 3; }\n' +
        'int main(int argc, char **argv) { return argc > 1 ? atoi(argv[1]) : helper(argc); }\n',
    });
    const recipe = { name: 'set', train: ['two'], test: [], compilers: ['gcc-12'], levels: ['O0' as const] };
    const folders = (name: string): string[] => readdirSync(join(workDir, name)).sort();
    const first = await buildCorpus(recipe, { out: join(folder, 'plain'), workDir });
    const [built, extracted] = [folders('units'), folders('rows')];
    const second = await buildCorpus({ ...recipe, lifted: true }, { out: join(folder, 'lifted'), workDir });
    expect(folders('units')).toEqual(built);
    expect(folders('rows')).toEqual(expect.arrayContaining(extracted));
    expect(folders('rows')).toHaveLength(2 * extracted.length);
    expect(first.table[0]).not.toHaveProperty('lifted');
    const rows = await rowsOf(join(folder, 'lifted'));
    expect(second.table[0].lifted).toBe(rows.filter(({ lifted }) => lifted !== null).length);
    const { lifted } = rows.find(({ name }) => name === 'main')!;
    // The import has its name, and the program's own function has none.
    expect(lifted).toMatch(/\bfunc0\(/);
    expect(lifted).toContain('atoi(');
    expect(lifted).not.toContain('helper');
  });
});
