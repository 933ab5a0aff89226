import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, tool } from '../../../test/support/compile.ts';
import { functionsOfIr } from './ir.ts';

const SOURCE = `
struct pair { long a, b; };
static __attribute__((noinline)) int helper(const char *s) { return s[0] == '}' ? 1 : s[1]; }
int with_text(void) { return helper("}\\n}\\ndefine void @no()"); }
struct pair swapped(struct pair p) { struct pair q = { p.b, p.a }; return q; }
int odd(void) __asm__("odd name");
int odd(void) { return 3; }
int dots(int n, ...) __asm__("dots.v1");
int dots(int n, ...) { switch (n) { case 1: return 5; case 9: return helper("x"); default: return n; } }
extern int elsewhere(void);
int loop(int n) { int s = 0; for (int i = 0; i < n; i++) s += elsewhere(); return s; }
`;

/** Numbers of attributes and metadata are the module's, which llvm-extract makes anew. */
const bare = (text: string): string =>
  text
    .replace(/ #\d+| ![\w.]+( !\d+)?|,? !\d+|,(?= *$)/gm, '')
    .replace(/; .*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();

describe('functions of LLVM IR', () => {
  it.each(['-O0', '-O2'])('are those that llvm-extract takes out of a module, at %s', (level) => {
    const path = compile(SOURCE, { compiler: 'clang-19', flags: ['-S', '-emit-llvm', level] });
    const functions = functionsOfIr(readFileSync(path, 'utf8'));
    const bitcode = `${path}.bc`;
    tool('llvm-as-19', path, '-o', bitcode);
    const symbols = tool('llvm-nm-19', '--defined-only', bitcode)
      .split('\n')
      .flatMap((line) => /^-+ [tT] (.+)$/.exec(line)?.[1] ?? []);
    expect([...functions.keys()].sort()).toEqual(symbols.sort());
    expect(symbols.length).toBeGreaterThan(4);
    for (const [name, text] of functions) {
      const module = tool('llvm-extract-19', `--func=${name}`, '-S', bitcode, '-o', '-');
      // Taken out alone a local function becomes visible.
      const expected = module.slice(module.indexOf('\ndefine ') + 1, module.indexOf('\n}\n') + 2);
      expect(bare(text).replace('internal fastcc', 'fastcc').replace('internal ', 'hidden ')).toBe(
        bare(expected),
      );
    }
  });

  it('are none of text that has none', () => {
    for (const text of ['', 'define ', 'define i32 @f() {\n', '; ModuleID\n\ndeclare void @g()\n']) {
      expect(functionsOfIr(text).size).toBe(0);
    }
  });
});
