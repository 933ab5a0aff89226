/** Functions of programs without symbols and without unwind tables: what the symbols of the original say. */

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/binary/budget.ts';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { compareStarts, functionSymbols } from '../../src/tasks/function-starts.ts';
import { compile, tool } from '../support/compile.ts';
import { varied, variedBuilds } from '../support/varied.ts';

function withoutUnwindTables(path: string): Uint8Array {
  const output = join(mkdtempSync(join(tmpdir(), 'binscribe-sweep-')), 'stripped');
  tool('strip', '-R', '.eh_frame', '-R', '.eh_frame_hdr', '-o', output, path);
  return readFileSync(output);
}

const executables = [
  ...variedBuilds().filter((build) => build.kind === 'executable'),
  ...['O0', 'O2'].map((level) => ({
    compiler: 'clang-14',
    level,
    path: varied('clang-14', [`-${level}`, '-g']),
  })),
  ...['gcc-12', 'clang-19'].map((compiler) => ({
    compiler: `${compiler} -no-pie`,
    level: 'O2',
    path: varied(compiler, ['-O2', '-no-pie']),
  })),
];

describe.each(executables)('$compiler -$level', ({ path }) => {
  it('finds every function, the C runtime included, and invents none', () => {
    const truth = functionSymbols(openBinary(readFileSync(path)));
    const differences: string[] = [];
    const functions = findFunctions(openBinary(withoutUnwindTables(path)));
    const counts = compareStarts(truth, functions, (what) => differences.push(what));
    expect(differences).toEqual([]);
    expect(counts.found).toBeGreaterThan(8);
    expect(counts.runtimeFound).toBe(counts.runtime);
  });
});

const NEVER = `
  extern void exit(int); extern int puts(const char *);
  __attribute__((noinline)) static void stop(int n) { puts("stop"); exit(n); }
  int before(int n) { if (n) return 3; stop(n); __builtin_unreachable(); }
  int after(int n) { return n * 2; }
  int last(int n) { switch (n) { case 0: return 5; case 1: puts("a"); return 9; case 2: return 11;
    case 3: puts("b"); return 1; case 4: puts("c"); return 6; default: return 0; } }
  int main(int argc, char **argv) { return before(argc); }`;

it.each(['gcc-12', 'clang-19'])(
  'ends functions of %s after calls that do not come back, and not at tables',
  (compiler) => {
    for (const level of ['-O0', '-O1', '-O2']) {
      const path = compile(NEVER, { compiler, flags: [level] });
      const truth = functionSymbols(openBinary(readFileSync(path)));
      const differences: string[] = [];
      const functions = findFunctions(openBinary(withoutUnwindTables(path)));
      compareStarts(truth, functions, (what) => differences.push(what));
      expect([level, differences]).toEqual([level, []]);
    }
  },
);

it('says of functions that nothing calls that they were guessed', () => {
  const path = compile(NEVER, { compiler: 'gcc-12', flags: ['-O2'] });
  const truth = functionSymbols(openBinary(readFileSync(path)));
  const found = new Map(
    findFunctions(openBinary(withoutUnwindTables(path))).map((f) => [f.address, f.source]),
  );
  const after = [...truth].find(([, name]) => name === 'after')![0];
  expect(found.get(after)).toBe('prologue');
});

it('keeps what it has when the budget ends', () => {
  const budget = new Budget({ instructions: 50 });
  const binary = openBinary(withoutUnwindTables(executables[0].path), { budget });
  expect(findFunctions(binary).length).toBeGreaterThan(0);
  expect(budget.cuts.map(({ where }) => where)).toContain('functions');
});
