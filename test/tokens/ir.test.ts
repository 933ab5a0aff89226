import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { functionsOfIr } from '../../src/corpus/snippets/ir.ts';
import { normalizedIr } from '../../src/tokens/ir.ts';

/** The same twice, in other words: names of functions, types, variables and globals differ, and their order. */
const ONE = `
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
struct point { int x; double y; struct point *next; };
static int counter;
static __attribute__((noinline)) int twice(int n) { counter++; return 2 * n; }
int first(struct point *list, const char *text, int n) {
  int sum = 0;
  for (struct point *p = list; p; p = p->next) if (p->y > 1.5) sum += twice(p->x);
  char *copy = malloc(strlen(text) + 1);
  if (!copy) abort();
  strcpy(copy, "hello");
  switch (n) { case 1: sum += 3; break; case 2: sum *= 5; break; case 7: sum -= n; }
  puts(text);
  free(copy);
  return sum;
}`;
const OTHER = ONE.replaceAll('counter', 'tally')
  .replaceAll('twice', 'redouble')
  .replaceAll('first', 'total')
  .replaceAll('point', 'node')
  .replaceAll('list', 'head')
  .replaceAll('copy', 'buffer')
  .replace('static int tally;', 'long unused_here = 5;\nstatic int tally;');

describe('normalised IR', () => {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-ir-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const compile = (source: string, name: string, flags: readonly string[]): string => {
    const [input, output] = ['c', 'll'].map((suffix) => join(folder, `${name}.${suffix}`));
    writeFileSync(input, source);
    execFileSync('clang-14', [...flags, '-fno-discard-value-names', '-S', '-emit-llvm', '-o', output, input]);
    return readFileSync(output, 'utf8');
  };

  it.each(['-O0', '-O2'])('is the same whatever things are called, %s', (level) => {
    const texts = [ONE, OTHER].map((source, i) => {
      const bodies = functionsOfIr(compile(source, `m${i}`, [level, '-g']));
      return normalizedIr(bodies.get(['first', 'total'][i])!, (name) => bodies.has(name));
    });
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).toMatch(/@puts\(/);
    expect(texts[0]).toMatch(/@function\(/);
    expect(texts[0]).not.toMatch(/counter|twice|point|copy|dbg|metadata|#\d|align|noundef|%\d|%\w+\.\w/);
  });
});
