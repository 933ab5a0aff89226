/** Jump tables: the labels that a compiler writes into its assembly are the blocks that we let a `switch` lead to. */

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFunctions } from '../../src/binary/functions.ts';
import type { FunctionBody } from '../../src/binary/instruction.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { compile, tool } from '../support/compile.ts';

const CASES = 12;
const arms = Array.from(
  { length: CASES },
  (_, i) => `case ${i * 2}: effect(${i}); total += ${i * 7}; break;`,
);
const SOURCE = `
volatile int sink; __attribute__((noinline)) void effect(int n) { sink = n * n; }
int choose(int n, int total) {
  for (int i = 0; i < 3; i++) switch (n + i) { ${arms.join('\n')} default: effect(-1); }
  return total; }
int main(int argc, char **argv) { return choose(argc, 1); }`;

function bodyOf(path: string, name: string): FunctionBody {
  const binary = openBinary(readFileSync(path));
  return disassemble(
    binary,
    findFunctions(binary).find((f) => f.symbol === name)!,
  );
}

/** Indices of the blocks that control can reach from the first. */
function reachable({ blocks }: FunctionBody): Set<number> {
  const seen = new Set([0]);
  for (const at of seen) for (const next of blocks[at].successors) seen.add(next);
  return seen;
}

/** Different labels in the tables of a function's assembly: \`.long .L5-.L4\` or \`.quad .L5\`. */
function labelsInTables(assembly: string): number {
  const labels = new Set<string>();
  for (const match of assembly.matchAll(/^\s+\.(?:long|quad)\s+(\.L[\w.]+)(?:-\.L[\w.]+)?$/gm))
    labels.add(match[1]);
  return labels.size;
}

const builds = ['gcc-12', 'clang-14', 'clang-19'].flatMap((compiler) =>
  ['-O0', '-O1', '-O2', '-O3'].flatMap((level) =>
    [
      ['-fPIE', '-pie'],
      ['-fno-pie', '-no-pie'],
      ['-fPIC', '-c'],
    ].map((form) => ({
      compiler,
      flags: [level, ...form],
      title: `${compiler} ${level} ${form.join(' ')}`,
    })),
  ),
);

describe.each(builds)('$title', ({ compiler, flags }) => {
  const body = bodyOf(compile(SOURCE, { compiler, flags }), 'choose');

  it('leads to as many places as the tables in the assembly', () => {
    const code = flags.filter((flag) => !/^-(c|pie|no-pie)$/.test(flag));
    const assembly = readFileSync(compile(SOURCE, { compiler, flags: [...code, '-S'] }), 'utf8');
    const switches = body.blocks.filter(
      ({ first, count }) => body.instructions[first + count - 1].flow === 'indirect-jump',
    );
    expect(switches.length).toBeGreaterThan(0);
    const targets = new Set(switches.flatMap(({ successors }) => successors));
    expect(targets.size).toBe(labelsInTables(assembly));
    expect(body.incomplete).toBe(false);
  });

  it('leaves no code unreached but padding', () => {
    const seen = reachable(body);
    const unreached = body.blocks
      .filter((_, index) => !seen.has(index))
      .flatMap(({ first, count }) => body.instructions.slice(first, first + count));
    // iced-x86's Mnemonic.Nop; clang-14 keeps a trap after nothing.
    expect(unreached.filter(({ flow, operands }) => flow !== 'next' || operands.length > 1)).toEqual([]);
  });
});

it('has no indirect jump, and so none that is known, where the compiler makes no tables', () => {
  const path = compile(SOURCE, { compiler: 'gcc-12', flags: ['-O2', '-fno-jump-tables'] });
  expect(bodyOf(path, 'choose').instructions.filter((i) => i.flow === 'indirect-jump')).toEqual([]);
});

it('ends a table without a check where an entry leads out of the function', () => {
  const source = `
    .globl main
    .type main, @function
    main: lea table(%rip), %rdx
      movslq (%rdx,%rdi,4), %rax
      add %rdx, %rax
      jmp *%rax
    1: nop
      ret
    2: ret
      .size main, .-main
    other: ret
      .section .rodata
    table: .long 1b-table, 2b-table, other-table, 1b-table
      .section .note.GNU-stack,"",@progbits`;
  const body = bodyOf(compile(source, { compiler: 'gcc-12', flags: [], suffix: '.s' }), 'main');
  expect(body.blocks[0].successors).toHaveLength(2);
  expect(body.incomplete).toBe(false);
});

it('takes a tail call through a register for no table', () => {
  const source = 'int f(int (*g)(int)) { return g(3); }';
  const body = bodyOf(compile(source, { compiler: 'gcc-12', flags: ['-O2', '-c'] }), 'f');
  expect(body.incomplete).toBe(true);
});

it('reaches more of a real program with tables than without', () => {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-tables-'));
  const path = join(folder, 'ls');
  tool('cp', '/bin/ls', path);
  const binary = openBinary(readFileSync(path));
  const bytes = (bodies: FunctionBody[]): number =>
    bodies.reduce((sum, body) => {
      const seen = reachable(body);
      const reached = body.blocks.filter((_, index) => seen.has(index));
      return sum + reached.reduce((all, { count }) => all + count, 0);
    }, 0);
  const bodies = findFunctions(binary)
    .filter(({ kind }) => kind === 'function')
    .map((found) => disassemble(binary, found));
  const all = bodies.reduce((sum, body) => sum + body.instructions.length, 0);
  // 83 % without; the rest is padding.
  expect(bytes(bodies) / all).toBeGreaterThan(0.97);
});
