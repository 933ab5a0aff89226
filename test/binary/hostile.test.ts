/**
 * Hostile files: 20,000 damaged programs go through everything that reads them. Whatever the damage, there is
 * a result or one of our own errors, within the budget.
 */

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Binary } from '../../src/binary/binary.ts';
import { Budget } from '../../src/binary/budget.ts';
import { readSubprograms } from '../../src/binary/dwarf/index.ts';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { BinscribeError } from '../../src/error.ts';
import { tool } from '../support/compile.ts';
import { mutate, randomFrom, type Focus } from '../support/mutate.ts';
import { varied } from '../support/varied.ts';

const MUTANTS_PER_SHARD = 2500;
const LIMITS = { bytes: 1 << 22, entries: 100_000, instructions: 50_000, milliseconds: 5_000 };

function stripped(path: string): string {
  const output = join(mkdtempSync(join(tmpdir(), 'binscribe-')), 'stripped');
  tool('strip', '-o', output, path);
  return output;
}

function withoutSectionHeaders(path: string): Uint8Array {
  const bytes = new Uint8Array(readFileSync(stripped(path)));
  bytes.fill(0, 40, 48);
  bytes.fill(0, 60, 64);
  return bytes;
}

/** The whole reader, as `explain` uses it. */
function readEverything(bytes: Uint8Array, budget: Budget): Binary {
  const binary = openBinary(bytes, { budget });
  readSubprograms(binary);
  for (const fn of findFunctions(binary)) {
    budget.attempt('disassembly', () => disassemble(binary, fn), undefined);
  }
  return binary;
}

const subjects: Record<string, Uint8Array> = {
  'stripped, gcc -O2': readFileSync(stripped(varied('gcc-12', ['-O2']))),
  'stripped, clang -O3': readFileSync(stripped(varied('clang-19', ['-O3']))),
  'DWARF 5, gcc -O2': readFileSync(varied('gcc-12', ['-O2', '-g'])),
  'DWARF 5, clang -O1': readFileSync(varied('clang-19', ['-O1', '-g'])),
  'DWARF 4, gcc -O0': readFileSync(varied('gcc-12', ['-O0', '-g', '-gdwarf-4'])),
  'compressed, gcc -O1': readFileSync(varied('gcc-12', ['-O1', '-g', '-gz=zlib'])),
  'relocatable, clang -O2': readFileSync(varied('clang-19', ['-O2', '-g', '-c'])),
  'no section headers, gcc -O0': withoutSectionHeaders(varied('gcc-12', ['-O0'])),
};

describe.each(Object.entries(subjects))('%s', (label, original) => {
  const intact = openBinary(original);
  /** Header, program headers, section headers, and every section but code. */
  const focuses: Focus[] = [
    { offset: 0, size: 64 },
    { offset: 64, size: intact.segments.length * 56 },
    { offset: original.length - intact.sections.length * 64, size: intact.sections.length * 64 },
    ...intact.sections
      .filter((s) => s.type !== 8 && !(s.flags & 4))
      .map((s) => ({ offset: s.offset, size: s.size })),
    ...intact.segments.filter((s) => s.type !== 1).map((s) => ({ offset: s.offset, size: s.fileSize })),
  ];

  it('reads the intact file within the budget that its mutants get', () => {
    const budget = new Budget(LIMITS);
    readEverything(original, budget);
    expect(budget.cuts).toEqual([]);
  });

  it(`survives ${MUTANTS_PER_SHARD} mutations`, () => {
    let refused = 0;
    let partial = 0;
    for (let i = 0; i < MUTANTS_PER_SHARD; i++) {
      const seed = i * 8 + Object.keys(subjects).indexOf(label);
      const mutant = mutate(original, focuses, randomFrom(seed));
      const budget = new Budget(LIMITS);
      const began = performance.now();
      try {
        readEverything(mutant, budget);
        if (budget.cuts.length > 0) partial++;
      } catch (error) {
        if (!(error instanceof BinscribeError)) throw new Error(`seed ${seed} of ${label}`, { cause: error });
        expect(['corrupt', 'unsupported', 'budget']).toContain(error.kind);
        refused++;
      }
      // A hang, not slowness: a busy machine may well double what the budget allows.
      expect(performance.now() - began, `seed ${seed}`).toBeLessThan(LIMITS.milliseconds * 4);
      expect(budget.cuts.length, `seed ${seed}`).toBeLessThan(10_000);
    }
    // Mutations that all bounce off the header would test nothing.
    expect(refused).toBeGreaterThan(MUTANTS_PER_SHARD / 50);
    expect(refused).toBeLessThan(MUTANTS_PER_SHARD / 2);
    expect(partial).toBeGreaterThan(MUTANTS_PER_SHARD / 20);
  }, 600_000);
});
