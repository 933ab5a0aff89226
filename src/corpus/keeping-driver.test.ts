/** The driver, called as builds call compilers: what it keeps, and that a build does not notice it. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/packages.ts';
import { keepingDriver } from './keeping-driver.ts';

const folder = temporaryFolder();
const kept = join(folder, "kept 'here'");
const tree = join(folder, 'tree');
const clang = '/usr/bin/clang-19';
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  rmSync(kept, { recursive: true, force: true });
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(kept);
  mkdirSync(join(tree, 'src'), { recursive: true });
  const keeping = { folder: kept, root: folder, objects: true, ir: true };
  writeFileSync(join(folder, 'cc'), keepingDriver(clang, '-g -O2', keeping));
  chmodSync(join(folder, 'cc'), 0o755);
  writeFileSync(join(tree, 'src/a.c'), '#include "a.h"\nint a(int x) { return x + ONE; }\n');
  writeFileSync(join(tree, 'src/a.h'), '#define ONE 1\n');
  writeFileSync(join(tree, 'src/main.c'), 'int a(int);\nint main(void) { return a(1); }\n');
});

function call(program: string, ...options: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, options, { cwd: tree, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
const drive = (...options: string[]) => call(join(folder, 'cc'), ...options);

/** What is kept, without the compilations' names. */
const products = (): string[] =>
  readdirSync(kept)
    .map((name) => name.replace(/^[0-9a-f]{32}/, 'N'))
    .sort();
const textOf = (suffix: string): string => {
  const name = readdirSync(kept).find((file) => file.endsWith(suffix));
  return name === undefined ? '' : readFileSync(join(kept, name), 'utf8');
};

describe('the driver that keeps', () => {
  it('keeps object and IR of a compilation, and names it in the object', () => {
    expect(drive('-c', 'src/a.c', '-o', 'src/a.o', '-O3')).toEqual({ status: 0, output: '' });
    expect(products()).toEqual(['N.1.1.ll', 'N.1.1.o']);
    const [name] = readdirSync(kept)[0].split('.');
    expect(call('readelf', '--debug-dump=info', 'src/a.o').output).toMatch(
      new RegExp(`DW_AT_producer.*clang version 19\\S*.* binscribe:${name}\n`),
    );
    expect(readFileSync(join(tree, 'src/a.o'))).toEqual(readFileSync(join(kept, `${name}.1.1.o`)));
    expect(textOf('.ll')).toMatch(/^define .*@a\(/m);
    expect(textOf('.ll')).not.toMatch(/!dbg|DISubprogram/);
  });

  it('makes the code that the compiler makes by itself', () => {
    drive('src/a.c', 'src/main.c', '-o', 'ours');
    call(clang, 'src/a.c', 'src/main.c', '-o', 'theirs', '-g', '-O2');
    for (const section of ['.text', '.eh_frame', '.data', '.rodata']) {
      const [ours, theirs] = ['ours', 'theirs'].map((file) =>
        call('readelf', '-x', section, file).output.split('\n').slice(1),
      );
      expect(ours, section).toEqual(theirs);
    }
    expect(products()).toEqual(['N.1.2.ll', 'N.2.2.ll']);
  });

  it.each([
    ['two that differ in a macro', ['-DX=1'], ['-DX=2']],
    ['two that differ in the level that they ask for', ['-O1'], ['-O2']],
  ])('tells compilations of one source apart: %s', (_, first, second) => {
    for (const flags of [first, second, second]) drive('-c', 'src/a.c', ...flags, '-o', 'a.o');
    expect(products()).toEqual(['N.1.1.ll', 'N.1.1.ll', 'N.1.1.o', 'N.1.1.o']);
  });

  it('tells sources apart that a build puts into one place', () => {
    drive('-c', 'src/a.c', '-o', 'a.o');
    writeFileSync(join(tree, 'src/a.c'), 'int b(int x) { return x; }\n');
    drive('-c', 'src/a.c', '-o', 'a.o');
    expect(products().filter((name) => name.endsWith('.ll'))).toHaveLength(2);
  });

  it('leaves dependencies as the build wants them, and takes any name of a source', () => {
    const odd = `src/it's "odd" $(name).c`;
    writeFileSync(join(tree, odd), '#include "a.h"\nint odd(void) { return ONE; }\n');
    drive('-MD', '-MP', '-MF', 'a.d', '-MT', 'target.o', '-I', 'src', '-c', odd);
    expect(readFileSync(join(tree, 'a.d'), 'utf8')).toMatch(/^target\.o:/);
    expect(readdirSync(tree).sort()).toEqual(['a.d', `it's "odd" $(name).o`, 'src']);
    expect(products()).toEqual(['N.1.1.ll', 'N.1.1.o']);
  });

  it('says what the compiler says, and keeps nothing, where a source is wrong', () => {
    writeFileSync(join(tree, 'src/wrong.c'), 'int f( {\n');
    const ours = drive('-c', 'src/wrong.c');
    expect(ours).toEqual(call(clang, '-c', 'src/wrong.c', '-g', '-O2'));
    expect(ours.status).toBe(1);
    expect(products()).toEqual([]);
  });

  it('counts what gives no IR, and the build goes on', () => {
    // Not allowed without link-time optimisation, which IR is made without.
    const ours = drive('-c', 'src/a.c', '-flto', '-fwhole-program-vtables', '-o', 'a.o');
    expect(ours).toEqual({ status: 0, output: '' });
    expect(products()).toEqual(['N.1.1.failed', 'N.1.1.o']);
  });

  it('goes on where nothing can be kept', () => {
    rmSync(kept, { recursive: true });
    expect(drive('-c', 'src/a.c', '-o', 'a.o')).toEqual({ status: 0, output: '' });
    expect(existsSync(join(tree, 'a.o'))).toBe(true);
  });

  it.each([
    ['conftest.c'],
    ['CMakeFiles/CMakeTmp/check.c'],
    [`${tree}/build/CMakeFiles/CMakeScratch/TryCompile-x/test.c`],
    ['CMakeFiles/3.25.1/CompilerIdC/CMakeCCompilerId.c'],
    ['meson-private/tmp0/testfile.c'],
  ])('keeps nothing of a trial: %s', (path) => {
    const full = path.startsWith('/') ? path : join(tree, path);
    mkdirSync(join(full, '..'), { recursive: true });
    writeFileSync(full, 'int main(void) { return 0; }\n');
    expect(drive(path, '-o', 'trial').status).toBe(0);
    expect(products()).toEqual([]);
  });

  it.each([[['-E', 'src/a.c']], [['-MM', 'src/a.c']], [['--version']], [['-c', '-xc', '-', '-o', 'x.o']]])(
    'keeps nothing of what is no compilation: %j',
    (options) => {
      expect(drive(...options)).toEqual(call(clang, ...options, '-g', '-O2'));
      expect(products()).toEqual([]);
    },
  );
});
