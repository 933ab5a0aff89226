import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { causeOf, type Cause } from './causes.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-causes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SOURCES: [Cause, string][] = [
  ['header missing', '#include <windows.h>\n'],
  ['header missing', '#include "mine.h"\n'],
  ['name not declared', 'int f(void) { return missing; }'],
  ['name not declared', 'DWORD f(void);'],
  ['name not declared', 'struct s { int a; }; int f(struct s *p) { return p->b; }'],
  ['declarations conflict', 'int f(void) { return 1; } int f(void) { return 2; }'],
  ['declarations conflict', 'int f(int a); char *f(int a) { return 0; }'],
  ['not C by syntax', 'int f(void) { return 1 }'],
  ['not C by syntax', 'int = 3;'],
  ['not C by syntax', 'int f(void) { if (1) {'],
  ['types do not fit', 'struct s { int a; }; int f(struct s v) { return v + 1; }'],
  ['types do not fit', 'struct s { int a; } v; int f(void) { return v; }'],
  ['assembler', 'void f(void) { __asm__("no_such_instruction"); }'],
];

describe('complaints', () => {
  it.each(['gcc-12', 'clang-14', 'clang-19'])('of %s are told by their cause', (compiler) => {
    const causes = SOURCES.map(([, source]) => {
      const path = join(folder, 'source.c');
      writeFileSync(path, source);
      const { stderr } = spawnSync(compiler, ['-w', '-c', '-o', join(folder, 'out.o'), path], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C' },
      });
      return causeOf(stderr.split('\n').find((line) => /\b[Ee]rror\b/.test(line)) ?? '');
    });
    expect(causes).toEqual(SOURCES.map(([cause]) => cause));
  });

  it('are of time or memory where the compiler was killed', () => {
    expect(['exit status 137', 'cc1: out of memory allocating 65536 bytes'].map(causeOf)).toEqual([
      'time, memory or size',
      'time, memory or size',
    ]);
  });
});
