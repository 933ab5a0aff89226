import { copyFileSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { temporaryFolder } from '../../test/support/packages.ts';
import { findPrograms } from './programs.ts';

const PROGRAM = 'int main(void) { return 0; }';

describe('finding what a build has linked', () => {
  const tree = temporaryFolder();
  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  beforeAll(() => {
    const build = (source: string, ...flags: string[]) => compile(source, { compiler: 'gcc-12', flags });
    for (const folder of ['src/.libs', 'lib/.libs']) mkdirSync(join(tree, folder), { recursive: true });
    copyFileSync(build(PROGRAM), join(tree, 'src/tool'));
    copyFileSync(build(PROGRAM), join(tree, 'src/twin'));
    copyFileSync(build(PROGRAM, '-no-pie'), join(tree, 'src/.libs/real'));
    copyFileSync(build('int f(void) { return 1; }', '-shared', '-fPIC'), join(tree, 'lib/.libs/libf.so.1'));
    copyFileSync(build('int g(void) { return 2; }', '-c'), join(tree, 'lib/g.o'));
    for (const leftover of ['conftest', 'conftest.exe', 'src/.libs/lt-real', 'a.out']) {
      copyFileSync(build('int main(void) { return 3; }'), join(tree, leftover));
    }
    writeFileSync(join(tree, 'src/real'), '#!/bin/sh\nexec .libs/real\n');
    writeFileSync(join(tree, 'src/short'), '\x7fELF');
    symlinkSync('/bin/sh', join(tree, 'src/shell'));
    symlinkSync('/usr/bin', join(tree, 'bin'));
    symlinkSync('libf.so.1', join(tree, 'lib/.libs/libf.so'));
    // A file may claim any size without taking any room.
    writeFileSync(join(tree, 'huge'), '');
    truncateSync(join(tree, 'huge'), 2 ** 40);
  });

  it('keeps programs and shared objects, each once, and follows no link', () => {
    expect([...findPrograms(tree)].map(({ path, actual }) => [path, actual])).toEqual([
      ['lib/libf.so.1', 'lib/.libs/libf.so.1'],
      ['src/real', 'src/.libs/real'],
      ['src/tool', 'src/tool'],
    ]);
  });
});
