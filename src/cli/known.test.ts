/** Somebody's own library becomes known, and is found inside a program that holds a copy of it. */

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { buildBinscribe } from '../../test/support/build.ts';
import { runCommand } from '../../test/support/command.ts';
import type { Report } from '../explain/schema.ts';
import { loadKnown } from '../models/known/folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-own-'));
const at = (name: string): string => join(folder, name);

/** Two members, so that they have to be put together. */
const MEMBERS = {
  first: `unsigned vowels_of(const char *s) {
    unsigned n = 0;
    for (; *s; s++) if (*s == 'a' || *s == 'e' || *s == 'i' || *s == 'o' || *s == 'u') n += 3 * (s[1] != 'y') + 1;
    return n ^ 0x5a5a; }
  long weigh(const long *v, int n) { long s = 7; for (int i = 0; i < n; i++) s = s * 33 + (v[i] ^ (s >> 5)) - i; return s; }`,
  second: `#include <string.h>
  #include <stdlib.h>
  extern unsigned vowels_of(const char *);
  char *doubled(const char *s) {
    unsigned long n = strlen(s); char *p = malloc(2 * n + 1); if (!p) abort();
    for (unsigned long i = 0; i < n; i++) p[2 * i] = p[2 * i + 1] = s[i] + (vowels_of(s) & 1);
    p[2 * n] = 0; return p; }`,
};
const MAIN = `#include <stdio.h>
extern char *doubled(const char *); extern long weigh(const long *, int);
int main(int argc, char **argv) { long v[2] = {argc, 5}; printf("%s %ld\\n", doubled(argv[0]), weigh(v, 2)); return 0; }`;
const NAMES = ['doubled', 'vowels_of', 'weigh'];

beforeAll(() => {
  const gcc = (...flags: string[]) => execFileSync('gcc-12', flags, { cwd: folder });
  for (const [name, source] of Object.entries(MEMBERS)) {
    writeFileSync(at(`${name}.c`), source);
    gcc('-O2', '-c', `${name}.c`);
  }
  execFileSync('ar', ['rcs', 'libown.a', 'first.o', 'second.o'], { cwd: folder });
  writeFileSync(at('main.c'), MAIN);
  gcc('-O2', '-s', 'main.c', 'libown.a', '-o', 'program');
  gcc('-O2', '-s', 'main.c', 'first.c', 'second.c', '-o', 'stripped');
});

it('names functions of a stripped program by the library that is in it', async () => {
  const made = await runCommand(['known', at('libown.a'), '-o', at('known')]);
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toBe(
    `${at('libown.a')}: 3 functions\n${at('known')}: 3 different functions with 3 names\n`,
  );
  const { code, out } = await runCommand(['explain', at('program'), '--json', '--known', at('known')]);
  expect(code).toBe(0);
  const { functions } = JSON.parse(out) as Report;
  const suggested = functions.flatMap(({ names }) => names.slice(0, 1).map(({ name }) => name));
  expect(suggested.sort()).toEqual(expect.arrayContaining(NAMES));
  const near = functions.flatMap(({ neighbours }) => neighbours).filter((one) => one.package === 'libown');
  expect(
    near
      .filter(({ match }) => match !== 'similar')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(NAMES);
  const shown = await runCommand(['explain', at('program'), '-v', '--known', at('known')]);
  expect(shown.out).toContain('doubled?');
  expect(shown.out).toMatch(/^ {2}like +libown 3$/m);
  expect(shown.out).toMatch(/resembles +doubled \(1\.00\), libown\n/);
  const script = await runCommand(['explain', at('program'), '--r2', '--known', at('known')]);
  const [, data] = /DATA = '([^']+)'/.exec(script.out)!;
  expect(Buffer.from(data, 'base64').toString()).toContain('like libown (1.00)');
});

it('does so in the reports of a folder too, and makes them again where something else is known', () => {
  mkdirSync(at('programs'));
  copyFileSync(at('program'), at('programs/program'));
  const binscribe = buildBinscribe();
  const reports = (...more: string[]) => {
    const argv = ['explain', at('programs'), '--json', '--no-labels', '-o', at('reports'), ...more];
    execFileSync(process.execPath, [binscribe, ...argv], { stdio: 'ignore' });
  };
  const report = (): string => {
    const [name] = readdirSync(at('reports/reports'));
    return readFileSync(join(at('reports/reports'), name), 'utf8');
  };
  reports('--known', at('known'));
  expect(readFileSync(at('reports/index.csv'), 'utf8')).toMatch(/"libown \(3\)"\r\n$/);
  expect(report()).toContain('vowels_of');
  reports('--no-known');
  expect(report()).not.toContain('vowels_of');
});

it('knows the functions of a program with symbols as it knows those of a library', async () => {
  execFileSync('ld', ['-r', '--whole-archive', 'libown.a', '-o', 'all.o'], { cwd: folder });
  const { out } = await runCommand(['known', at('all.o'), '-o', at('object'), '--json']);
  expect(JSON.parse(out)).toEqual({ functions: 3, names: 3, programs: { [at('all.o')]: 3 } });
  const [object, library] = await Promise.all(
    ['object', 'known'].map((one) =>
      loadKnown((name) => new Uint8Array(readFileSync(join(at(one), name))), one),
    ),
  );
  expect(object.known.hashes).toEqual(library.known.hashes);
  expect(object.vectors).toEqual(library.vectors);
});

it('goes on past what it cannot read, and says so', async () => {
  writeFileSync(at('text'), 'no program\n');
  const argv = ['known', at('text'), at('libown.a'), at('missing'), '-o', at('mixed')];
  const { code, out, err } = await runCommand(argv);
  expect(code).toBe(4);
  expect(err).toContain(at('text'));
  expect(err).toContain(at('missing'));
  expect(out).toContain('3 different functions');
});

it('refuses what it cannot use', async () => {
  const none = await runCommand(['known', at('stripped'), '-o', at('none')]);
  expect([none.code, none.err]).toEqual([
    2,
    expect.stringContaining('functions with symbols expected, got none'),
  ]);
  mkdirSync(at('other'));
  writeFileSync(at('other/letter.txt'), 'mine');
  const other = await runCommand(['known', at('libown.a'), '-o', at('other')]);
  expect([other.code, other.err]).toEqual([2, expect.stringContaining('it is left alone')]);
  expect(readdirSync(at('other'))).toEqual(['letter.txt']);
  const first = await runCommand(['known', at('libown.a'), '-o', at('none'), '--model', 'models/first']);
  expect([first.code, first.err]).toEqual([2, expect.stringContaining('an encoder expected, got first')]);
});
