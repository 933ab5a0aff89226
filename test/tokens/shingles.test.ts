/** Shingles against those of objdump's text, and what changes them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { NearSets } from '../../src/metrics/near/near-sets.ts';
import { SHINGLE, shingles, SHORTEST_SHINGLED } from '../../src/tokens/shingles.ts';
import { compile, tool } from '../support/compile.ts';
import { PACKAGES } from '../support/labelled.ts';

/** The shingles of each function of a program, by its symbol. */
function shinglesOf(path: string): Map<string, Uint32Array> {
  const binary = openBinary(readFileSync(path));
  const named = findFunctions(binary).filter(({ symbol }) => symbol !== null);
  return new Map(named.map((one) => [one.symbol!, shingles(disassemble(binary, one))]));
}

function jaccard(a: Uint32Array, b: Uint32Array): number {
  const sets = new NearSets(0.8);
  sets.add(a);
  sets.add(b);
  return sets.jaccard(0, 1);
}

/** The instructions of each function as objdump writes them, without targets, addresses of data and padding. */
function dump(path: string): Map<string, string[]> {
  const functions = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of tool('objdump', '-dw', '-Mintel', '--no-show-raw-insn', path).split('\n')) {
    const head = /^[0-9a-f]+ <(.*)>:$/.exec(line);
    if (head) functions.set(head[1], (lines = []));
    const text = /^ *[0-9a-f]+:\t(.*)$/.exec(line)?.[1];
    if (text === undefined || /\bnop|^xchg +ax,ax|^endbr64/.test(text)) continue;
    const plain = text.replace(/ +# .*$/, '').replace(/\[rip\+?-?0x[0-9a-f]+\]/, '[rip]');
    lines.push(
      plain
        .replace(/[0-9a-f]+ <.*>$/, 'target')
        .replace(/ +/g, ' ')
        .trim(),
    );
  }
  return functions;
}

/** How often each run of three lines occurs. */
function runs(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + SHINGLE <= lines.length; i++) {
    const run = lines.slice(i, i + SHINGLE).join('\n');
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

function jaccardOfRuns(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let [common, either] = [0, 0];
  for (const run of new Set([...a.keys(), ...b.keys()])) {
    common += Math.min(a.get(run) ?? 0, b.get(run) ?? 0);
    either += Math.max(a.get(run) ?? 0, b.get(run) ?? 0);
  }
  return common / either;
}

describe('shingles', () => {
  it('are as alike as runs of lines of objdump', () => {
    const functions: { ours: Uint32Array; theirs: Map<string, number> }[] = [];
    for (const compiler of ['gcc-12', 'clang-19']) {
      for (const level of ['-O0', '-O1', '-O2', '-O3']) {
        const path = compile(PACKAGES['beta'], { compiler, flags: [level] });
        const ours = shinglesOf(path);
        const theirs = dump(path);
        for (const name of ['xalloc', 'xcopy', 'hash', 'compare', 'total', 'main']) {
          const lines = theirs.get(name)!;
          const long = lines.length >= SHORTEST_SHINGLED;
          expect(ours.get(name), `${name} ${compiler} ${level}`).toHaveLength(long ? lines.length - 2 : 0);
          if (long) functions.push({ ours: ours.get(name)!, theirs: runs(lines) });
        }
      }
    }
    expect(functions.length).toBeGreaterThan(40);
    let alike = 0;
    functions.forEach((a, i) => {
      for (const b of functions.slice(0, i)) {
        const found = jaccard(a.ours, b.ours);
        expect(found).toBeCloseTo(jaccardOfRuns(a.theirs, b.theirs), 10);
        if (found > 0.5 && found < 1) alike++;
      }
    });
    // Levels -O2 and -O3, say: otherwise nothing but 0 and 1 would have been compared.
    expect(alike).toBeGreaterThan(3);
  });

  const source = (first: number, calls: number): string => `
int sink(int);
int wanted(int *a, int n) {
  int sum = ${first};
  for (int i = 0; i < n; i++) { if (a[i] > 7) sum += a[i] * 3; else sum ^= a[i] >> 2; if (sum < 0) sum = -sum; }
  for (int i = 0; i < n; i++) { if (a[i] & 1) a[i] += sum / 5; else a[i] -= sum % 11; }
  ${'sink(n);'.repeat(calls)}
  return sum;
}`;
  const wanted = (first: number, calls: number): Uint32Array =>
    shinglesOf(compile(source(first, calls), { compiler: 'gcc-12', flags: ['-O0', '-c'] })).get('wanted')!;

  it('lose three on either side with an instruction that is another', () => {
    const [one, other] = [wanted(1, 1), wanted(2, 1)];
    expect(other).toHaveLength(one.length);
    expect(jaccard(one, other)).toBeCloseTo((one.length - 3) / (one.length + 3), 10);
  });

  it('count what is repeated', () => {
    const [few, many] = [wanted(1, 3), wanted(1, 60)];
    expect(new Set(many).size).toBe(many.length);
    expect(jaccard(few, many)).toBeCloseTo(few.length / many.length, 10);
  });
});
