import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, tool } from '../../../test/support/compile.ts';
import { bubblewrapWorks } from '../../../test/support/packages.ts';
import { findFunctions } from '../../binary/functions.ts';
import type { FunctionBody } from '../../binary/instruction.ts';
import { openBinary } from '../../binary/open.ts';
import { disassemble } from '../../binary/x86/disassemble.ts';
import { openSandbox } from '../../corpus/sandbox.ts';
import { findCompiler } from '../../corpus/toolchain.ts';
import { chooseDraft } from '../../models/drafts/choose.ts';
import { indexDrafts } from './retrieval.ts';
import { SandboxRecompiler } from './sandbox-recompiler.ts';

/** Functions of a program, each as its author wrote it. */
const SOURCES: Readonly<Record<string, string>> = {
  sum: 'int sum(const int *list, int n) { int s = 0; for (int i = 0; i < n; i++) s += list[i]; return s; }',
  greet: 'void greet(const char *name) { printf("hello %s, %zu letters\\n", name, strlen(name)); }',
  area: 'long area(struct box b) { return (b.right - b.left) * (b.bottom - b.top); }',
  find: 'int find(const char *s, char c) { for (int i = 0; s[i]; i++) if (s[i] == c) return i; return -1; }',
  power:
    'unsigned power(unsigned b, unsigned e) { unsigned r = 1; while (e) { if (e & 1) r *= b; b *= b; e >>= 1; } return r; }',
};
const BOX = 'struct box { long left, top, right, bottom; };';
const PROGRAM = `#include <stdio.h>\n#include <string.h>\n${BOX}\n${Object.values(SOURCES)
  .map((source) => `__attribute__((noinline)) ${source}`)
  .join('\n')}
int main(int n, char **list) {
  greet(list[0]);
  return sum(&n, 1) + (int)area((struct box){ n, n, n, n }) + find(list[0], 'x') + (int)power(n, n);
}
`;

/** Code of the program's functions by name: linked, and of the same addresses where it is stripped. */
function functionsOfProgram(
  compiler: string,
  level: string,
): Map<string, { code: Uint8Array; body: FunctionBody }> {
  const path = compile(PROGRAM, { compiler, flags: [`-${level}`] });
  const names = new Map(
    findFunctions(openBinary(readFileSync(path))).map(({ address, symbol }) => [address, symbol]),
  );
  const stripped = `${path}.stripped`;
  tool('strip', '-o', stripped, path);
  const binary = openBinary(readFileSync(stripped));
  const found = findFunctions(binary).flatMap((one) => {
    const name = names.get(one.address) ?? '';
    const code = binary.memory.slice(one.address, one.size);
    return name in SOURCES ? [[name, { code, body: disassemble(binary, one) }] as const] : [];
  });
  return new Map(found);
}

describe.skipIf(!bubblewrapWorks())('drafts of a linked and stripped program', () => {
  let recompiler: SandboxRecompiler;

  beforeAll(() => {
    recompiler = new SandboxRecompiler(openSandbox(), ['gcc-12', 'clang-14', 'clang-19'].map(findCompiler));
  });

  afterAll(() => recompiler.close());

  it.each([
    ['gcc-12', 'O0'],
    ['gcc-12', 'O2'],
    ['clang-14', 'O1'],
    ['clang-14', 'O3'],
  ])('%s -%s: the right source of all is chosen, and its code is the same', async (compiler, level) => {
    const functions = functionsOfProgram(compiler, level);
    expect([...functions.keys()].sort()).toEqual(Object.keys(SOURCES).sort());
    const drafts = Object.entries(SOURCES).map(([name, text]) => ({
      text,
      ...(name === 'area' && { preamble: BOX }),
    }));
    for (const [name, { body }] of functions) {
      const { best, ...counts } = await chooseDraft(body, drafts, { compiler, level }, recompiler);
      expect(best, name).toMatchObject({ draft: { text: SOURCES[name] }, score: 1, exact: true });
      expect(counts).toEqual({ build: { compiler, level }, candidates: 5, compiled: 5 });
    }
  });

  it('takes what computes the same for the same, and what nearly does for less', async () => {
    const { body } = functionsOfProgram('gcc-12', 'O2').get('sum')!;
    const drafts = [
      'int total(int *values, int count) { int k, t = 0; for (k = 0; k != count; ++k) t += values[k]; return t; }',
      'static int one(const int *p) { return *p; }\nint total(const int *a, int n) { int r = 0; for (int i = 0; i < n; i++) r += one(a + i); return r; }',
      'long total(const long *a, int n) { long r = 0; for (int i = 0; i < n; i++) r += a[i]; return r; }',
      'int total(const int *a, int n) { return n; }',
      'int total(const int *a, int n) { return a->x; }',
    ].map((text) => ({ text }));
    const build = { compiler: 'gcc', level: 'O2' };
    const scores: (number | undefined)[] = [];
    for (const draft of drafts) {
      const { best } = await chooseDraft(body, [draft], build, recompiler);
      scores.push(best?.score);
    }
    expect(scores[0]).toBeLessThan(1);
    expect(scores[1]).toBe(1);
    expect(scores[2]).toBeGreaterThan(0.5);
    expect(scores[2]).toBeLessThan(1);
    expect(scores[3]).toBeLessThan(scores[2]!);
    expect(scores[4]).toBeUndefined();
    const choice = await chooseDraft(body, drafts, build, recompiler);
    expect(choice).toMatchObject({
      best: { draft: drafts[1], exact: true },
      build: { compiler: 'gcc-12', level: 'O2' },
      candidates: 5,
      compiled: 4,
    });
  });

  it('says why a draft has no code, and which compilers there are', async () => {
    const texts = [
      'int f( {',
      'int x;',
      '__attribute__((alias("g"))) int f(void);\nint g(void) { return 1; }',
      '',
    ];
    const { results } = await recompiler.recompile(
      texts.map((text) => ({ text })),
      { compiler: 'clang', level: 'O1' },
    );
    expect(results.map(({ body }) => body?.instructions.length)).toEqual([
      undefined,
      undefined,
      2,
      undefined,
    ]);
    expect(results[0].complaint).toMatch(/error: /);
    expect(results[1].complaint).toBe('it defines no function');
    await expect(recompiler.recompile([], { compiler: 'gcc-11', level: 'O2' })).rejects.toMatchObject({
      kind: 'missing',
      message: 'no compiler gcc-11 to compile drafts with: there are gcc-12, clang-14, clang-19',
    });
    await expect(recompiler.recompile([], { compiler: 'gcc', level: 'O9' })).rejects.toThrow('one of O0, O1');
  });
});

describe('drafts from neighbours', () => {
  const training = ['gcc-12', 'clang-14'].flatMap((compiler) =>
    ['O1', 'O2'].flatMap((optimization) =>
      [...functionsOfProgram(compiler, optimization)].map(([name, made]) => ({
        draft: { text: SOURCES[name] },
        origin: { package: name, version: '1', compiler, optimization },
        ...made,
      })),
    ),
  );
  const index = indexDrafts(training);

  it('finds the source of known code first, and of the same function at another level', () => {
    for (const { body, draft } of training) {
      const [first] = index.retrievalDrafts(body, 1);
      expect(first.text).toBe(draft.text);
      expect(first.similarity).toBeCloseTo(1, 5);
    }
    const [first] = index.retrievalDrafts(functionsOfProgram('gcc-12', 'O3').get('power')!.body, 1);
    expect(first).toMatchObject({ text: SOURCES.power, origin: { package: 'power', compiler: 'gcc-12' } });
  });

  it('gives different texts, nearest first, and no more than there are', () => {
    const drafts = index.retrievalDrafts(training[0].body, 3);
    expect(new Set(drafts.map(({ text }) => text)).size).toBe(drafts.length);
    const similarities = drafts.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
    expect(drafts.length).toBeGreaterThan(1);
    expect(index.retrievalDrafts(training[0].body, 100).length).toBeLessThanOrEqual(5);
    expect(indexDrafts([]).retrievalDrafts(training[0].body, 3)).toEqual([]);
  });
});
