/** What normalised assembly says of a stripped program: what was written into its source. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { normalizedAssembly } from '../../src/tokens/assembly.ts';
import { visibleNames } from '../../src/tokens/visible-names.ts';
import { compile } from '../support/compile.ts';

const SOURCE = String.raw`
#include <math.h>
#include <stdio.h>
extern int elsewhere(int);
__attribute__((noinline)) int recurse(int n) { return n > 1 ? n * recurse(n - 1) + 3 : 1; }
__attribute__((noinline)) double half(double x) { return floor(x * 0.5) * 3.3 + 1e300; }
int main(int argc, char **argv) {
  fprintf(stderr, "%d of\t\"%s\"\n", recurse(argc), argv[0]);
  puts("no");
  return (int)half(argc) + ELSEWHERE;
}`;

const scratch = mkdtempSync(join(tmpdir(), 'binscribe-visible-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function textsOf(path: string, isShown?: (name: string) => boolean): string {
  const binary = openBinary(readFileSync(path));
  const names = visibleNames(binary, isShown);
  return findFunctions(binary)
    .filter(({ size, kind }) => size > 0 && kind === 'function')
    .map((found) => normalizedAssembly(disassemble(binary, found), names))
    .join('\n\n');
}

describe.each(['gcc-12', 'clang-19'])('%s', (compiler) => {
  const flags = ['-O1', '-fno-math-errno'];

  it.each([
    ['as programs are linked', []],
    ['at a fixed address', ['-no-pie', '-fno-pie']],
    ['without lazy stubs', ['-fno-plt', '-Wl,-z,now']],
  ])('a stripped program names imports, strings and numbers: %s', (_, linking) => {
    const path = compile(SOURCE, { compiler, flags: [...flags, ...linking, '-DELSEWHERE=0', '-lm'] });
    const stripped = join(scratch, `${compiler}-${linking.length}`);
    copyFileSync(path, stripped);
    execFileSync('strip', [stripped]);
    const text = textsOf(stripped);
    expect(text).toMatch(/^call (qword \[)?fprintf\]?$/m);
    expect(text).toContain(String.raw`"%d of\t\"%s\"\n"`);
    expect(text).toContain('"no"');
    expect(text).toMatch(/qword \[stderr\]/);
    expect(text).toMatch(/mulsd xmm\d, qword \[0\.5\]/);
    // Its bytes are ffffff, a line end and @.
    expect(text).toMatch(/mulsd xmm\d, qword \[3\.3\]/);
    // What is defined here has no name; 1e300 is beyond what is taken for a number.
    expect(text).toMatch(/^call function$/m);
    expect(text).not.toMatch(/recurse|half|1e\+?300/);
    expect(textsOf(path)).toBe(text);
  });

  it('an object has those that its program would take from libraries', () => {
    const path = compile(SOURCE, { compiler, flags: [...flags, '-c', '-DELSEWHERE=elsewhere(1)'] });
    const text = textsOf(path, (name) => name !== 'elsewhere');
    expect(text).toMatch(/^call fprintf$/m);
    expect(text).toContain('"no"');
    expect(text).not.toContain('elsewhere');
    expect(textsOf(path)).toMatch(/^call elsewhere$/m);
  });

  it('a library that calls what it exports does not name it', () => {
    const source = `
      int exported(int n) { return n > 1 ? n * exported(n - 1) + 3 : 1; }
      int other(int n) { extern int abs(int), rand(void); return exported(n) + rand(); }`;
    const path = compile(source, { compiler, flags: ['-O0', '-shared', '-fPIC'] });
    const text = textsOf(path);
    expect(text).toMatch(/^call rand$/m);
    expect(text).toMatch(/^call function$/m);
    expect(text).not.toContain('exported');
  });
});

it('names with line ends or quotes are not shown', () => {
  const path = compile('.globl f\nf: call "a\\nb"\n call "c d"\n call good\n ret\n', {
    compiler: 'clang-19',
    flags: ['-c'],
    suffix: '.s',
  });
  const binary = openBinary(readFileSync(path));
  expect([...visibleNames(binary).values()]).toEqual(['good']);
  expect([...binary.imports.values()]).toContain('c d');
});
