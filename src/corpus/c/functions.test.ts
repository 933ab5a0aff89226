/** Functions of C sources: what gcc says it compiled, by readelf, and what tree-sitter's grammar sees. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { functionsOf } from './functions.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-c-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What makes grammars give up: old style, macros, branches of `#if` that open the same brace twice. */
const ODD = `
#include <stdarg.h>
#define PARAMS(list) list
#define EXPORT(type) __attribute__ ((visibility ("default"))) type
#define BEGIN {
#define UNUSED __attribute__ ((unused))
struct pair { int first; int second; };
static struct pair table[] = { { 1, 2 }, { 3, 4 } };
enum color { RED, GREEN } favourite = GREEN;
extern int declared PARAMS ((int, char *));
int (*hook) (int) = 0;

/* Old style.  */
int
old_style (a, b)
     int a;
     char *b;
{
  return a + (b != 0);
}

int old_style_pointer (apply, value) int (*apply) (int); int value;
{
  return apply (value);
}

void
#if defined (MODERN)
two_heads (const char *format, ...)
#else
two_heads (format)
     const char *format;
#endif
{
  (void) format;
}

/** Returns a pointer to a function. */
int (*chooser (int which)) (int)
{
  return which ? hook : 0;
}

EXPORT (int) exported (int x) { return x; }

static inline int UNUSED __attribute__ ((noinline)) attributed (int x)
{
#ifdef OTHER
  if (x) {
#else
  if (x > 1) {
#endif
    x--;
  }
  return x - '{' - "}}"[0]; /* } */
}

struct pair
returns_struct (struct pair p)
{
  struct pair q = { p.second, p.first };
  return q;
}

// One line,
// and another.
long last_one (void) { return sizeof table + attributed (1); }
`;

/** Name and line of each function with code, by readelf. */
function compiledFunctions(source: string): string[] {
  const [input, output] = [join(folder, 'input.c'), join(folder, 'output.o')];
  writeFileSync(input, source);
  execFileSync('gcc-12', ['-std=gnu89', '-DMODERN', '-w', '-g', '-O0', '-c', input, '-o', output]);
  const dump = execFileSync('readelf', ['--debug-dump=info', '--wide', output], { encoding: 'utf8' });
  return dump
    .split(/ <[0-9a-f]+><[0-9a-f]+>: Abbrev Number: /)
    .filter((entry) => entry.includes('(DW_TAG_subprogram)') && entry.includes('DW_AT_low_pc'))
    .map((entry) => {
      const name = /DW_AT_name\s*:.*?([\w$]+)\s*$/m.exec(entry)![1];
      const line = /DW_AT_decl_line\s*:.*?(\d+)\s*$/m.exec(entry)![1];
      return `${name}:${line}`;
    })
    .sort();
}

describe('functionsOf', () => {
  it('finds the functions that gcc compiles, at their lines', () => {
    const found = functionsOf(ODD).map(({ name, line }) => `${name}:${line}`);
    expect(found.sort()).toEqual(compiledFunctions(ODD));
  });

  it('gives each its text, from the first word to the last brace', () => {
    const texts = new Map(functionsOf(ODD).map(({ name, text }) => [name, text]));
    expect(texts.get('exported')).toBe('EXPORT (int) exported (int x) { return x; }');
    expect(texts.get('old_style')).toMatch(/^int\nold_style \(a, b\)\n {5}int a;[^]*;\n\}$/);
    expect(texts.get('attributed')).toMatch(/^static inline[^]*\/\* \} \*\/\n\}$/);
    expect(texts.get('returns_struct')).toMatch(/^struct pair\n[^]*return q;\n\}$/);
  });

  it('gives the comment that stands above', () => {
    const comments = new Map(functionsOf(ODD).map(({ name, comment }) => [name, comment]));
    expect(comments.get('old_style')).toBe('/* Old style.  */');
    expect(comments.get('chooser')).toBe('/** Returns a pointer to a function. */');
    expect(comments.get('last_one')).toBe('// One line,\n// and another.');
    expect(comments.get('exported')).toBeNull();
  });

  it('passes over a comment that is of something else', () => {
    const of = (text: string) => functionsOf(text)[0].comment;
    expect(of('int x; /* a number */\nint f (void) {}')).toBeNull();
    expect(of('/* far away */\n\n\nint f (void) {}')).toBeNull();
    expect(of('/* near */\n\nint f (void) {}')).toBe('/* near */');
    expect(of('/* before */\n#define X\nint f (void) {}')).toBeNull();
  });

  it('sees what a grammar sees where the grammar can follow', async () => {
    const require = createRequire(import.meta.url);
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(require.resolve('tree-sitter-c/tree-sitter-c.wasm')));
    const headers = ['/usr/include/x86_64-linux-gnu/bits/byteswap.h', '/usr/include/zlib.h'];
    const inputs = [
      readFileSync(headers[0], 'utf8'),
      ODD.slice(ODD.indexOf('/** Returns'), ODD.indexOf('static inline')),
    ];
    for (const input of inputs) {
      const tree = parser.parse(input)!;
      const expected = tree.rootNode
        .descendantsOfType('function_definition')
        .map((node) => [node.startPosition.row, node.text] as const);
      tree.delete();
      const found = functionsOf(input).map(({ text }) => [
        input.slice(0, input.indexOf(text)).split('\n').length - 1,
        text,
      ]);
      expect(found).toEqual(expected);
      expect(found.length).toBeGreaterThan(0);
    }
  });

  it('ends on any text, and finds nothing that is not in it', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      ';',
      '#if X\n',
      '#else\n',
      '#endif\n',
      '"',
      "'",
      '/*',
      '*/',
      '//',
      '\\\n',
      'int f',
      ' ',
      '=',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        for (const one of functionsOf(text)) {
          expect(text).toContain(one.text);
          expect(one.text).toContain(one.name);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
