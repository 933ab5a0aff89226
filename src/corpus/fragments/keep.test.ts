import { describe, expect, it } from 'vitest';
import { compile, tool } from '../../../test/support/compile.ts';
import { C17, dialectFlags } from './dialect.ts';
import { keepFunctions } from './keep.ts';

const SOURCE = `
typedef int bool;
static inline bool is_small(int x) { return x < 3; }
static int *chosen(int **list, int at)
{
  return list[at];
}
inline unsigned twice(unsigned x) { return 2 * x; }
int seen(void) { return is_small(7); }
`;

describe('a table at the end of a file', () => {
  it.each(['gcc-12', 'clang-14', 'clang-19'])('makes %s compile what nobody calls', (compiler) => {
    const flags = [
      ...dialectFlags(C17, { name: compiler, c: compiler, cxx: compiler, version: '' }),
      '-O2',
      '-c',
    ];
    const functions = (source: string): string[] =>
      tool('nm', '--defined-only', compile(source, { compiler, flags }))
        .split('\n')
        .flatMap((line) => / [tT] (\w+)$/.exec(line)?.[1] ?? [])
        .sort();
    expect(functions(SOURCE)).toEqual(['seen', 'twice']);
    expect(functions(keepFunctions(SOURCE))).toEqual(['chosen', 'is_small', 'seen', 'twice']);
  });

  it('is not added to what has no function', () => {
    expect(keepFunctions('int x = 3;\n')).toBe('int x = 3;\n');
  });
});
