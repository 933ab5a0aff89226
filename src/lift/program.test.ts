/** Functions of linked programs: what they share with others of the file, and what compilers put elsewhere. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { failuresOf } from '../../test/support/lifted.ts';
import { bubblewrapWorks } from '../../test/support/packages.ts';
import { findFunctions } from '../binary/functions.ts';
import { openBinary } from '../binary/open.ts';
import { disassemble } from '../binary/x86/disassemble.ts';
import { visibleNames } from '../tokens/visible-names.ts';
import { lift, type Lifted } from './lift.ts';

const HEADERS = '#include <errno.h>\n#include <stdlib.h>\n#include <string.h>\n#include <stdio.h>\n';
/** It stays a function of its own, with the parameters that it has. */
const OWN = 'static __attribute__((noinline, used, noipa))';

interface Sample {
  /** Static functions that the lifted one calls. */
  readonly helpers: string;
  readonly source: string;
  readonly checks: string;
  /** What the text must not have. */
  readonly without?: RegExp;
}

const FUNCTIONS: Readonly<Record<string, Sample>> = {
  tail: {
    helpers: `${OWN} int scaled(int a, long b) { return a * 3 - (int)(b >> 1); }`,
    source: 'int tail(int a, int b) { if (a > b) return scaled(a, b * 3L); return a - b; }',
    checks: 'for (int a = -9; a < 9; a++) assert(tail(a, 2) == same_tail(a, 2));',
  },
  through: {
    helpers: `${OWN} long sums(long a, int b, long d, double c) { return a + b + (long)c - d; }`,
    source: 'long through(long a, int b, long d, double c) { return b == 7 ? 5 : sums(a, b, d, c * 2); }',
    checks:
      'for (int b = 0; b < 9; b++) assert(through(b * 7L, b, 40, b * 1.5) == same_through(b * 7L, b, 40, b * 1.5));',
  },
  stacked: {
    helpers: `${OWN} long eight(int a, int b, int c, int d, int e, int f, long g, int h) { return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h; }`,
    source: 'long stacked(int a, int b) { return eight(a, b, a + b, a - b, a * b, 6, a * 100000L, b) + 1; }',
    checks: 'for (int a = -9; a < 9; a++) assert(stacked(a, a * a) == same_stacked(a, a * a));',
  },
  halves: {
    helpers: `${OWN} float half(int b, float a) { return b ? a / 2 : a; }\n${OWN} double twice(double a) { return a * 2; }`,
    source: 'double halves(int b, float a) { return half(b, a + 1) + twice(a); }',
    checks: 'for (int b = 0; b < 2; b++) assert(halves(b, 7.5f) == same_halves(b, 7.5f));',
  },
  stops: {
    helpers: `${OWN} __attribute__((noreturn)) void leave(int n) { exit(n); }`,
    source:
      'int stops(const int *p, int n) { int s = 0; for (int i = 0; i < n; i++) { if (p[i] < 0) leave(3); s += p[i]; } return s; }',
    checks: 'int a[] = {1, 5, 9, 2}; for (int n = 0; n < 5; n++) assert(stops(a, n) == same_stops(a, n));',
  },
  cold: {
    helpers: `${OWN} __attribute__((cold)) int repair(int *p, int n) { p[0] = n; return n + 1; }`,
    source:
      'int cold(int *p, int n) { int s = 0; for (int i = 0; i < n; i++) { if (p[i] < 0) { s += repair(p + i, i * 10) * 2; if (s > 1000) s = 7; } s += p[i]; } return s; }',
    checks:
      'int a[] = {1, -5, 9, -2, 4}, b[] = {1, -5, 9, -2, 4}; for (int n = 0; n < 6; n++) assert(cold(a, n) == same_cold(b, n)); assert(memcmp(a, b, sizeof a) == 0);',
  },
  guarded: {
    helpers: '',
    source:
      'int guarded(const char *s) { char own[24]; int n = 0; strncpy(own, s, 23); own[23] = 0; for (int i = 0; own[i]; i++) n = n * 3 + own[i]; return n; }',
    checks: 'assert(guarded("what is this") == same_guarded("what is this"));',
    without: /__stack_chk_fail/,
  },
  callback: {
    helpers: `${OWN} int order(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }`,
    source: 'void callback(int *p, size_t n) { qsort(p, n, sizeof *p, order); }',
    checks:
      'int a[] = {4, 1, 3}, b[] = {4, 1, 3}; callback(a, 3); same_callback(b, 3); assert(memcmp(a, b, sizeof a) == 0);',
  },
  pointed: {
    helpers: `${OWN} int plus(int a, int b) { return a + b; }`,
    source: 'int pointed(int (*f)(int, int), int a) { return f == NULL ? a : f(a, 5); }',
    checks: 'assert(pointed(plus, 4) == 9); assert(pointed(NULL, 4) == 4);',
  },
  unset: {
    helpers: `${OWN} int found(int a) { return a > 3; }`,
    source:
      'int unset(int a, int b) { int best; int is = 0; for (int i = 0; i < a; i++) { if (found(i + b)) { is = 1; best = i * 3; } } return is ? best : -1; }',
    checks: 'for (int a = 0; a < 9; a++) assert(unset(a, 1) == same_unset(a, 1));',
  },
  bytes: {
    helpers: '',
    source:
      'int bytes(int n) { int count = 0; for (int i = 0; i < n; i++) if (i % 11 == 0 || i % 13 == 0) for (int q = i; q > 0; q /= 10) if (q % 10 == 7) count++; return count; }',
    checks: 'assert(bytes(79) == same_bytes(79));',
  },
  swapped: {
    helpers: '',
    source:
      'unsigned long swapped(unsigned long a, unsigned b) { return __builtin_bswap64(a) ^ __builtin_bswap32(b); }',
    checks: 'assert(swapped(0x123456789abcdefUL, 77) == same_swapped(0x123456789abcdefUL, 77));',
  },
};

interface Made {
  readonly lifted: Lifted;
  /** Names of the file's other functions, as the draft calls them. */
  readonly aliases: string;
}

function liftLinked(name: string, { helpers, source }: Sample, compiler: string, level: string): Made {
  const path = compile(`${HEADERS}${helpers}\n${source}`, {
    compiler,
    flags: ['-w', `-${level}`, '-fstack-protector-strong', '-shared', '-fPIC'],
  });
  const binary = openBinary(readFileSync(path));
  const symbols = new Map(binary.symbols.map((one) => [one.address, one.name]));
  const functions = findFunctions(binary);
  const found = functions.find(({ address }) => symbols.get(address) === name)!;
  const names = visibleNames(binary);
  const lifted = lift(disassemble(binary, found), { memory: binary.memory, names, name });
  const aliases = functions.flatMap(({ address }) => {
    const helper = symbols.get(address) ?? '';
    return helpers.includes(` ${helper}(`) && helper !== ''
      ? [`__asm__(".globl sub_${address.toString(16)}\\n.set sub_${address.toString(16)}, ${helper}");`]
      : [];
  });
  return { lifted, aliases: aliases.join('\n') };
}

describe.skipIf(!bubblewrapWorks())('a function of a program', () => {
  it.each(['gcc-12', 'clang-14'].flatMap((compiler) => ['O0', 'O1', 'O2'].map((level) => [compiler, level])))(
    '%s -%s: does what it does, with what it shares with others',
    async (compiler, level) => {
      const made = Object.entries(FUNCTIONS).map(([name, sample]) => {
        const { lifted, aliases } = liftLinked(name, sample, compiler, level);
        const { helpers, source, checks } = sample;
        const code = `#include <assert.h>\n${helpers}\n${aliases}\n#define ${name} same_${name}\n${source}\n#undef ${name}\nint main(void) { ${checks} return 0; }`;
        return { name, sample, lifted, test: { includes: HEADERS, code } };
      });
      for (const { sample, lifted } of made) {
        if (sample.without) expect(lifted.text).not.toMatch(sample.without);
      }
      expect(await failuresOf(made)).toEqual([]);
    },
    180_000,
  );
});
