import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { bubblewrapWorks } from '../../../test/support/packages.ts';
import { openSandbox } from '../../corpus/sandbox.ts';
import { findCompiler } from '../../corpus/toolchain.ts';
import { controlsOf, undecidedProblems } from './controls.ts';
import { problemOf } from './decompile-eval.ts';
import { reexecute, type TrialResult } from './reexecute.ts';

/** In the manner of Decompile-Eval; that `main` has no `return` is C, and two of its tests have none. */
const CLAMP = problemOf(
  1,
  '#include <limits.h>\nint func0(int a, int b) { return a > INT_MAX - b ? INT_MAX : a + b; }',
  `#include <assert.h>
#include <limits.h>
int main(void) {
  assert(func0(1, 2) == 3);
  assert(func0(INT_MAX, 1) == INT_MAX);
}`,
);

const RIGHT = 'int func0(int a, int b) { return a > INT_MAX - b ? INT_MAX : a + b; }';

async function endingsOf(
  candidates: readonly string[],
  { test } = CLAMP,
  compiler = 'gcc-12',
): Promise<TrialResult[]> {
  return await reexecute(
    candidates.map((candidate) => ({ candidate, test })),
    { sandbox: openSandbox(), compiler: findCompiler(compiler), level: 'O0' },
  );
}

async function endingOf(candidate: string, problem?: typeof CLAMP): Promise<string> {
  const [{ ending }] = await endingsOf([candidate], problem);
  return ending;
}

describe.skipIf(!bubblewrapWorks())('re-execution', () => {
  it.each(['gcc-12', 'clang-14'])(
    '%s: the reference passes, and what does something else does not',
    async (name) => {
      const results = await endingsOf(
        [
          CLAMP.reference,
          RIGHT,
          'int func0(int a, int b) { return a + b + 1; }',
          'int func0(int a, int b) { }',
          '',
          'int func0(int a, int b) { return a - ; }',
          'int other(int a, int b) { return a + b; }',
          'int func0(int a) { return a; }',
          'int func0(int a, int b) { return *(volatile int *)0; }',
        ],
        CLAMP,
        name,
      );
      expect(results.map(({ ending }) => ending)).toEqual([
        'passed',
        'passed',
        'wrong',
        'wrong',
        'does not fit its test',
        'does not compile',
        'does not fit its test',
        'does not fit its test',
        'crashed',
      ]);
      expect(results.map(({ passes }) => passes)).toEqual(results.map((_, i) => i < 2));
      expect(results[5].compiles).toBe(false);
      expect(results[5].complaint).toMatch(/expected expression/);
      expect(results[7].compiles).toBe(true);
      expect(results[7].complaint).toMatch(/too many arguments/);
    },
  );

  it('does not take an early end for a passed test', async () => {
    const leaving = (statement: string): string =>
      `#include <stdlib.h>\n#include <unistd.h>\nint func0(int a, int b) { ${statement} return 0; }`;
    for (const statement of ['exit(0);', '_exit(0);', 'quick_exit(0);']) {
      expect(await endingOf(leaving(statement)), statement).toBe('ended early');
    }
    expect(await endingOf(`${leaving('')}\n__attribute__((constructor)) void f(void) { exit(0); }`)).toBe(
      'ended early',
    );
    // Nor does saying something where the harness speaks.
    expect(await endingOf(leaving('write(3, "0123456789abcdef0123456789abcdef\\n", 33); exit(0);'))).toBe(
      'ended early',
    );
    expect(await endingOf(leaving('write(3, "\\ntrial 0 ended 0 \\n", 18); exit(0);'))).toBe('ended early');
  });

  it('holds to the assertions, whatever a candidate defines', async () => {
    for (const trick of [
      '#define NDEBUG\n#include <assert.h>',
      '#define assert(x) ((void)0)',
      'void __assert_fail(const char *e, const char *f, unsigned l, const char *n) { }',
      '#include <stdlib.h>\nvoid abort(void) { exit(0); }',
    ]) {
      expect(await endingOf(`${trick}\nint func0(int a, int b) { return 7; }`), trick).toBe('wrong');
    }
  });

  it('keeps a candidate from swallowing its test', async () => {
    for (const text of ['/*', '#if 0', 'int main(void) { return 0; }', 'int func0(int a, int b) { {', '"']) {
      expect((await endingsOf([`${RIGHT}\n${text}`]))[0].passes, text).toBe(false);
    }
  });

  it('ends what loops, eats memory, starts processes, prints or kills, and goes on with the next', async () => {
    const head = '#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n';
    const body = (statement: string): string =>
      `${head}int func0(int a, int b) { ${statement} return a + b; }`;
    const results = await endingsOf([
      body('for (;;) ;'),
      body('for (;;) if (fork() < 0) exit(9);'),
      body('for (;;) { char *p = malloc(1 << 20); for (int i = 0; i < 1 << 20; i += 4096) p[i] = 1; }'),
      body('for (int i = 0; i < 1 << 20; i++) puts("a line of many");') + '\n#define unused',
      body('kill(-1, SIGKILL);'),
      body('kill(0, SIGKILL);'),
      body('for (;;) write(3, "flood", 5);'),
      RIGHT,
    ]);
    expect(results.map(({ ending }) => ending)).toEqual([
      'out of time',
      'crashed',
      'crashed',
      'wrong',
      'crashed',
      'out of time',
      'crashed',
      'passed',
    ]);
  }, 60_000);

  it('shows a candidate no account, no network and no way to write a file', async () => {
    const asks = (question: string, includes: string): ReturnType<typeof problemOf> =>
      problemOf(2, '', `${includes}\n#include <assert.h>\nint main(void) { assert(${question}); return 0; }`);
    const nothing = 'int func0(void) { return 0; }';
    const file = '#include <stdio.h>';
    expect(await endingOf(nothing, asks('fopen("/etc/passwd", "r") == NULL', file))).toBe('passed');
    expect(await endingOf(nothing, asks('fopen("/etc/passwd", "r") != NULL', file))).toBe('wrong');
    expect(await endingOf(nothing, asks('fopen("../programs/new", "w") == NULL', file))).toBe('passed');
    const net = '#include <sys/socket.h>\n#include <netinet/in.h>';
    const connect =
      'connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&(struct sockaddr_in){ AF_INET, 0x5000, { 0x01010101 } }, 16)';
    expect(await endingOf(nothing, asks(`${connect} != 0`, net))).toBe('passed');
  });

  it('leaves nothing behind', () => {
    expect(
      readdirSync(tmpdir()).filter((name) => name.startsWith(`binscribe-reexecution-${process.pid}-`)),
    ).toEqual([]);
  });
});

describe('a problem', () => {
  it('gives candidates the headers of the reference and of the test, each once', () => {
    expect(CLAMP.test.includes).toBe('#include <limits.h>\n#include <assert.h>');
  });
});

describe('controls', () => {
  it('hollow out the function that the test is of', () => {
    const reference =
      'int helper(void) { return 1; }\nint func0(void) {\n  if (1) { return helper(); }\n  return 0;\n}';
    const head = 'int helper(void) { return 1; }\nint func0(void) ';
    expect(controlsOf({ reference })).toEqual([`${head}{ }`, `${head}{ return 0; }`]);
  });

  it.skipIf(!bubblewrapWorks())('find the tests that decide nothing', async () => {
    const assert = '#include <assert.h>\n';
    const problems = [
      CLAMP,
      problemOf(2, 'int func0(int a) { return a; }', `${assert}int main(void) { func0(3); return 0; }`),
      problemOf(
        3,
        'void func0(char *s, int encode) { *s += encode ? 1 : -1; }',
        `${assert}int main(void) { char c = 'a'; func0(&c, 1); func0(&c, 0); assert(c == 'a'); }`,
      ),
    ];
    const options = { sandbox: openSandbox(), compiler: findCompiler('gcc-12'), level: 'O0' as const };
    expect(await undecidedProblems(problems, options)).toEqual(new Set([2, 3]));
  });
});
