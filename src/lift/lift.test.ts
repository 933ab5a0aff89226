import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { failuresOf } from '../../test/support/lifted.ts';
import { bubblewrapWorks } from '../../test/support/packages.ts';
import { openBinary } from '../binary/open.ts';
import { disassembleRange } from '../binary/x86/disassemble.ts';
import { debugEntries } from '../corpus/program-rows.ts';
import { Random } from '../random.ts';
import { NO_NAMES, visibleNames } from '../tokens/visible-names.ts';
import { lift, type Lifted } from './lift.ts';

const HEADERS = '#include <stdlib.h>\n#include <string.h>\n#include <math.h>\n#include <stdio.h>\n';

/** A function, and statements that compare it with `same_` of itself. */
const FUNCTIONS: Readonly<Record<string, { source: string; checks: string }>> = {
  gcd: {
    source: 'int gcd(int a, int b) { while (b != 0) { int t = a % b; a = b; b = t; } return a; }',
    checks: 'for (int a = -9; a < 99; a++) for (int b = 0; b < 30; b++) assert(gcd(a, b) == same_gcd(a, b));',
  },
  divisions: {
    source:
      'int divisions(int a) { return a / 10 + 3 * (a % 7) + a / 8 - a % 16 + a / -5 + a / 2 - a % 2 + a / 641 * 3; }',
    checks:
      'for (long a = -2147483648L; a <= 2147483647L; a += 65521) assert(divisions(a) == same_divisions(a));',
  },
  unsigneds: {
    source:
      'unsigned unsigneds(unsigned a, unsigned char b) { return a / 10 + a % 7 + (a >> 3) + b / 3 + (a > 3000000000u) + (a < b); }',
    checks:
      'for (long a = 0; a <= 4294967295L; a += 65521) assert(unsigneds(a, a >> 3 & 255) == same_unsigneds(a, a >> 3 & 255));',
  },
  chars: {
    source:
      "int chars(const char *s) { int n = 0; for (int i = 0; s[i]; i++) { char c = s[i]; if (c >= 'a' && c <= 'z') n += c - 'a'; else if (c < 0) n--; else if (c == '\\\\' || c == '0') n *= 2; } return n; }",
    checks: 'assert(chars("a0b\\\\zz\\xff Z") == same_chars("a0b\\\\zz\\xff Z"));',
  },
  sort: {
    source:
      'void sort(int *p, int n) { for (int i = 0; i < n; i++) for (int j = i + 1; j < n; j++) if (p[j] < p[i]) { int t = p[i]; p[i] = p[j]; p[j] = t; } }',
    checks:
      'int a[] = {5, -3, 9, 0, 5, 2, 8, 1}, b[8]; memcpy(b, a, sizeof a); sort(a, 8); same_sort(b, 8); assert(memcmp(a, b, sizeof a) == 0);',
  },
  choose: {
    source:
      'int choose(int x, int y) { switch (x) { case 0: return y; case 1: y += 5; case 2: y *= 3; break; case 3: return -y; case 4: y = y * y; break; case 5: case 6: y--; break; default: return 77; } return y + x; }',
    checks: 'for (int x = -3; x < 12; x++) assert(choose(x, x + 4) == same_choose(x, x + 4));',
  },
  floats: {
    source:
      'double floats(double *p, int n, float f) { double s = 0; for (int i = 0; i < n; i++) { if (p[i] < f) s -= fabs(p[i]) * 2; else s += sqrt(p[i]); if (p[i] == 3.5) s += 0.25; } return s / n; }',
    checks:
      'double a[] = {1, 2.5, -3, 3.5, 1e9, NAN}; for (int n = 1; n < 6; n++) assert(floats(a, n, 1.5f) == same_floats(a, n, 1.5f)); assert(isnan(floats(a, 6, 1)));',
  },
  comparisons: {
    source:
      'int comparisons(double a, double b) { return (a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a != b) + 16 * !(a > b) + (a >= b ? 32 : 0); }',
    checks:
      'double a[] = {1, 2, NAN, -0.0, 0.0}; for (int i = 0; i < 25; i++) assert(comparisons(a[i % 5], a[i / 5]) == same_comparisons(a[i % 5], a[i / 5]));',
  },
  longs: {
    source:
      'long longs(long a, int b, unsigned short c) { long r = a * 3 + b; r ^= 0x123456789abcdef1L; r += (long)b * b + c; if (a > b) r -= c << 4; return r % 1000003 + (a & 0xff) + (r >> 40); }',
    checks:
      'for (long a = -99; a < 99; a++) assert(longs(a * 12345678911L, a * 77, a * 31 & 65535) == same_longs(a * 12345678911L, a * 77, a * 31 & 65535));',
  },
  fibonacci: {
    source: 'long fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }',
    checks: 'for (int n = 0; n < 20; n++) assert(fibonacci(n) == same_fibonacci(n));',
  },
  histogram: {
    source:
      'int histogram(const unsigned char *s, int n) { int count[16] = {0}; for (int i = 0; i < n; i++) count[s[i] & 15]++; int best = 0; for (int i = 1; i < 16; i++) if (count[i] > count[best]) best = i; return best; }',
    checks:
      'const unsigned char *s = (const unsigned char *)"hello, world of mine"; for (int n = 0; n < 20; n++) assert(histogram(s, n) == same_histogram(s, n));',
  },
  join: {
    source:
      'char *join(const char *a, const char *b) { size_t n = strlen(a) + strlen(b); char *r = malloc(n + 2); if (!r) return NULL; sprintf(r, "%s%c%s", a, \'-\', b); return r; }',
    checks: 'assert(strcmp(join("ab", "cde"), "ab-cde") == 0);',
  },
  bits: {
    source:
      'unsigned bits(unsigned x) { unsigned n = 0; while (x) { n += x & 1; x >>= 1; } return n ^ (x << 3 | 5); }',
    checks: 'for (unsigned x = 1; x; x <<= 1) assert(bits(x * 3) == same_bits(x * 3));',
  },
  breaks: {
    source:
      'int breaks(int *p, int n) { int s = 0; for (int i = 0; i < n; i++) { if (p[i] < 0) continue; if (p[i] > 100) break; for (int j = 0; j < p[i]; j++) { if (j * j > s) { s += j; break; } s++; } } return s; }',
    checks:
      'int a[] = {3, -1, 7, 20, 50, -5, 9, 101, 4}; for (int n = 0; n < 10; n++) assert(breaks(a, n > 9 ? 9 : n) == same_breaks(a, n > 9 ? 9 : n));',
  },
};

function liftNamed(name: string, source: string, compiler: string, level: string): Lifted {
  const path = compile(HEADERS + source, { compiler, flags: ['-g', '-w', `-${level}`, '-c'] });
  const binary = openBinary(readFileSync(path));
  const entry = debugEntries(binary).find((one) => one.name === name)!;
  const body = disassembleRange(entry.code, entry.start, { memory: binary.memory });
  return lift(body, { memory: binary.memory, names: visibleNames(binary), name });
}

describe.skipIf(!bubblewrapWorks())('a lifted function', () => {
  it.each(
    ['gcc-12', 'clang-14'].flatMap((compiler) => ['O0', 'O1', 'O2', 'O3'].map((level) => [compiler, level])),
  )(
    '%s -%s: does what the function does',
    async (compiler, level) => {
      const made = Object.entries(FUNCTIONS).map(([name, { source, checks }]) => ({
        name,
        lifted: liftNamed(name, source, compiler, level),
        test: {
          includes: HEADERS,
          code: `#include <assert.h>\n#define ${name} same_${name}\n${source}\n#undef ${name}\nint main(void) { ${checks} return 0; }`,
        },
      }));
      expect(await failuresOf(made)).toEqual([]);
    },
    180_000,
  );
});

describe('the text of a lifted function', () => {
  it('is as the source has it where nothing was optimised', () => {
    expect(liftNamed('sort', FUNCTIONS.sort.source, 'gcc-12', 'O0').text).toBe(`void sort(int *p, int a)
{
    int i, j, v3;

    for (i = 0; i < a; i++) {
        for (j = i + 1; j < a; j++) {
            if (p[j] < p[i]) {
                v3 = p[i];
                p[i] = p[j];
                p[j] = v3;
            }
        }
    }
}
`);
    expect(liftNamed('gcd', FUNCTIONS.gcd.source, 'gcc-12', 'O0').text).toBe(`int gcd(int a, int b)
{
    int v1;

    while (b != 0) {
        v1 = a % b;
        a = b;
        b = v1;
    }
    return a;
}
`);
  });
});

describe('code as Debian builds it', () => {
  it('calls what the source calls, not what checks the sizes of buffers', () => {
    const source = `${HEADERS}int tell(char *s, int n) {
  char own[32];
  memcpy(own, s, n);
  return sprintf(own, "%d of %s", n, s) + printf("%s\\n", own);
}`;
    const path = compile(source, {
      compiler: 'gcc-12',
      flags: ['-g', '-w', '-O2', '-D_FORTIFY_SOURCE=2', '-fno-stack-protector', '-c'],
    });
    const binary = openBinary(readFileSync(path));
    const names = visibleNames(binary);
    expect([...names.values()].filter((name) => name.endsWith('_chk')).length).toBeGreaterThan(2);
    const [{ code, start }] = debugEntries(binary);
    const { memory } = binary;
    const { text } = lift(disassembleRange(code, start, { memory }), { memory, names, name: 'tell' });
    expect(text).not.toContain('_chk');
    expect(text).toMatch(/memcpy\(\w+, \w+, [^,]+\);/);
    expect(text).toMatch(/sprintf\(\w+, "%d of %s", \w+, \w+\)/);
    expect(text).toMatch(/printf\("%s\\n", \w+\)/);
  });

  it('may end in a call that does not come back: it was refused for running on past its end', () => {
    const source = `__attribute__((noreturn, noinline)) void die(int n) { for (;;) __asm__ volatile("" :: "r"(n)); }
int positive(int n) { if (n < 0) die(n); return n * 3 + 1; }`;
    const { text } = liftNamed('positive', source, 'gcc-12', 'O2');
    expect(text).toMatch(/sub_\w+\(/);
    expect(text).toMatch(/return .*\* 3.*;/);
  });
});

describe('hostile code', () => {
  it('makes no exception: a text or a reason', () => {
    const random = new Random(7);
    for (let n = 0; n < 400; n++) {
      const code = Uint8Array.from({ length: 1 + random.below(200) }, () => random.below(256));
      const lifted = lift(disassembleRange(code, 0x1000), { names: NO_NAMES, name: 'f' });
      expect(lifted.text === null ? lifted.reason : lifted.text).not.toBe('');
    }
  });

  it('of real functions with bytes changed makes none either', () => {
    const random = new Random(8);
    const path = compile(
      HEADERS +
        Object.values(FUNCTIONS)
          .map(({ source }) => source)
          .join('\n'),
      {
        compiler: 'gcc-12',
        flags: ['-g', '-w', '-O1', '-c'],
      },
    );
    const binary = openBinary(readFileSync(path));
    for (const { code, start } of debugEntries(binary)) {
      for (let n = 0; n < 60; n++) {
        const changed = code.slice();
        for (let k = 0; k < 1 + n / 20; k++) changed[random.below(changed.length)] = random.below(256);
        const body = disassembleRange(changed, start, { memory: binary.memory });
        const lifted = lift(body, { memory: binary.memory, names: visibleNames(binary), name: 'f' });
        expect(lifted.text === null ? lifted.reason : lifted.text).not.toBe('');
      }
    }
  });
});
