import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bubblewrapWorks } from '../../../test/support/packages.ts';
import { programRows } from '../program-rows.ts';
import { openSandbox } from '../sandbox.ts';
import { functionsOfIr } from '../snippets/ir.ts';
import { findCompiler } from '../toolchain.ts';
import { candidatesOf, type SourceLanguage } from './candidates.ts';
import { compileFragments } from './compile.ts';
import { ASSEMBLY, C17, CPP17, type Dialect } from './dialect.ts';
import { SandboxCompiler, type Compiled } from './sandbox-compiler.ts';

const DIALECTS: Readonly<Record<SourceLanguage, Dialect>> = { c: C17, 'c++': CPP17, assembly: ASSEMBLY };

/** Fragments in the manner of posts, and which wrapping a compiler takes. */
const FRAGMENTS: [SourceLanguage, string, string | undefined][] = [
  ['c', 'int f(int a)\n{\n    return a;\n}', 'none'],
  ['c', 'FILE *f(uint8_t *p) { return memcpy(p, "x", 2) ? stdin : NULL; }', 'headers'],
  ['c', 'int i;\nfor (i = 0; i < 3; i++)\n    printf("%d\\n", i);', 'function'],
  ['c', 'static int twice(int x) { return 2 * x; }\nprintf("%d", twice(4));', 'function'],
  ['c', 'int n = 3\n', 'function'],
  ['c', 'char *list[] = { "a", "b" };\nstruct p { int x; } q;\ndo { q.x = 1; } while (0);', 'function'],
  ['c', '#include <stdio.h>\n...\nint main() { puts("x"); }', 'none'],
  ['c', '#include "mine.h"\nint sum(int a, int b) { return a + b; }', 'own-headers'],
  ['c', 'DWORD f(LPCSTR s) { return s ? TRUE : FALSE; }', 'types'],
  ['c', 'int f( {', undefined],
  ['c++', 'vector<string> names;\nfor (auto& n : names) cout << n << endl;', 'function'],
  ['c++', 'template <class T> T top(std::stack<T>& s) { return s.top(); }', 'headers'],
  ['c++', 'private:\n    int x;\npublic:\n    virtual int get() const { return x; }', 'members'],
  ['assembly', '.globl f\nf:\n\tmovl $1, %eax\n\tret', 'none'],
  ['assembly', 'f:\n  mov eax, DWORD PTR [rdi]\n  ret', 'intel-syntax'],
];

describe('candidates', () => {
  it('are some, each another text, for any fragment', () => {
    for (const [language, code] of FRAGMENTS) {
      const sources = candidatesOf(code, language).map(({ source }) => source);
      expect(sources.length).toBeGreaterThan(0);
      expect(new Set(sources).size).toBe(sources.length);
    }
  });

  it('are made of hostile text without end or stack', () => {
    for (const piece of ['{', '(', '}', '"', '/*', '#', '\\\n', "'", 'a ', '::', 'if(']) {
      for (const language of ['c', 'c++'] as const) {
        expect(candidatesOf(piece.repeat(20_000), language).length).toBeGreaterThan(0);
      }
    }
  });
});

describe.skipIf(!bubblewrapWorks())('gcc in the sandbox', () => {
  it('takes the wrapping that it should', async () => {
    const compiler = new SandboxCompiler(openSandbox(), findCompiler('gcc-12'));
    try {
      const fragments = FRAGMENTS.map(([language, code]) =>
        candidatesOf(code, language).map((candidate) => ({ ...candidate, dialect: DIALECTS[language] })),
      );
      const results = await compileFragments(fragments, compiler);
      const wrappings = results.map(
        ({ candidate }, i) => candidate !== undefined && fragments[i][candidate].wrapping,
      );
      expect(wrappings.map((wrapping) => wrapping || undefined)).toEqual(
        FRAGMENTS.map(([, , wrapping]) => wrapping),
      );
      expect(results.at(9)?.complaint).toMatch(/error/);
    } finally {
      compiler.close();
    }
  });

  it.each(['gcc-12', 'clang-14'])('%s gives the same code after a header that was compiled', async (name) => {
    const stream = '#include <cstdio>\n// sums\n#include <iostream>\nusing namespace std;\n';
    const sums = ['int', 'long', 'char', 'float'].map(
      (type) =>
        `${stream}int main() { ${type} x, s = 0; while (cin >> x) s += x; cout << s << endl; return 0; }\n`,
    );
    const codeOf = async (sources: readonly string[]): Promise<string[]> => {
      const compiler = new SandboxCompiler(openSandbox(), findCompiler(name));
      const dialect = CPP17;
      const code: string[] = [];
      try {
        await compiler.compile(
          sources.map((source) => ({ dialect, source })),
          { level: 'O2', ir: name.startsWith('clang') },
          (_, { object, ir }) => {
            const labels = {
              package: '',
              version: '',
              compiler: name,
              optimization: 'O2',
              binary: '',
            } as const;
            const { rows, cuts } = programRows(labels, object ?? new Uint8Array(), {
              sourcePath: (path) => basename(path),
            });
            expect(cuts).toEqual([]);
            code.push(
              ...rows.map(
                ({ name: own, code: bytes, source_line: line }) => `${own} ${line} ${bytes.join(' ')}`,
              ),
              functionsOfIr(ir ?? '').get('main') ?? '',
            );
          },
        );
      } finally {
        compiler.close();
      }
      // What begins a file's streams is called after the file.
      return code.map((text) => text.replace(/^_GLOBAL__sub_I_\d+/, ''));
    };
    const together = await codeOf(sums);
    const alone = [];
    for (const source of sums) alone.push(...(await codeOf([source])));
    expect(together.filter((code) => code.startsWith('main '))).toHaveLength(sums.length);
    expect(together).toEqual(alone);
  });

  it('is not stopped by hostile candidates, which get an error and see nothing', async () => {
    const compiler = new SandboxCompiler(openSandbox(), findCompiler('gcc-12'));
    const source = (text: string) => ({ dialect: C17, source: text });
    try {
      const outcomes: Compiled[] = [];
      const take = (_: number, compiled: Compiled) => outcomes.push(compiled);
      const sources = [
        source('int before;\n'),
        source('#include "/etc/passwd"\n'),
        source('__asm__(".incbin \\"/etc/passwd\\"");\n'),
        source('#include "/dev/zero"\n'),
        source('#include __FILE__\n'),
        source('int huge[1 << 28] = {1};\n'),
        source('int after;\n'),
      ];
      await compiler.compile(sources, { level: 'O0', ir: false }, take);
      expect(outcomes.map(({ object }) => object !== undefined)).toEqual([
        true,
        false,
        false,
        false,
        false,
        false,
        true,
      ]);
      expect(outcomes.map(({ complaint }) => complaint).join('\n')).not.toContain('root:');
    } finally {
      compiler.close();
    }
  });
});
