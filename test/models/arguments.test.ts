/** The number of arguments, on functions whose declarations we know; registers against iced-x86's own account. */

import { readFileSync } from 'node:fs';
import {
  Decoder,
  DecoderOptions,
  Instruction as IcedInstruction,
  InstructionInfoFactory,
  Mnemonic,
  OpAccess,
  Register,
  RegisterExt,
  type UsedRegister,
} from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { decode } from '../../src/binary/x86/decode.ts';
import { disassemble, disassembleRange } from '../../src/binary/x86/disassemble.ts';
import {
  countArguments,
  evidenceKeys,
  learnArgumentTable,
  ruleCount,
} from '../../src/models/arguments/count.ts';
import { solveProgram } from '../../src/models/arguments/program.ts';
import { RAX, registerEffects } from '../../src/models/arguments/registers.ts';
import { summarise } from '../../src/models/arguments/summary.ts';
import { compile } from '../support/compile.ts';

const SOURCE = `
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
volatile int sink;
int none(void) { return sink * 3; }
int one(int a) { return a * 3 + sink; }
int two(char *a, int b) { return a[b] + sink; }
long three(long a, long b, long c) { return a * b - c + sink; }
double vectors(double a, double b) { return a / b + sink; }
double mixed(int a, double b, char *c, float d) { return a + b * c[0] - d + sink; }
int six(int a, int b, int c, int d, int e, int f) { return a + b * c - d / e + f + sink; }
int eight(int a, int b, int c, int d, int e, int f, int g, int h) { return a + b * c - d / e + f - g * h + sink; }
int divides(int a, int b) { return a / b + sink; }
int shifts(int a, int b) { return (a << b) + sink; }
/* The argument is only handed on. */
int passes(int a, int b) { return three(a, b, 7) + sink; }
int tail(char *a, int b) { return two(a, b + 1); }
int branches(int kind, char *text, int n) {
  if (kind == 0) return sink;
  if (kind < 5) return text[3] + sink;
  return n * sink;
}
int table(int kind, int x) {
  switch (kind) {
    case 0: return x * 3; case 1: return x / 7; case 2: return x - sink; case 3: return sink;
    case 4: return x ^ 55; case 5: return x << 3; case 6: return -x; case 7: return x * x;
  }
  return 9;
}
void logs(const char *form, ...) { va_list l; va_start(l, form); vprintf(form, l); va_end(l); sink++; }
int sums(int n, int start, ...) {
  va_list l; va_start(l, start);
  for (int i = 0; i < n; i++) start += va_arg(l, int);
  va_end(l);
  return start + sink;
}
void clears(char *to, unsigned long n) { memset(to, 0, n); sink = 1; }
int main(int argc, char **argv) {
  logs("%d", argc);
  sink = none() + one(argc) + two(argv[0], argc) + three(1, 2, argc) + (int)vectors(argc, 2) + sums(1, 2, argc);
  sink += (int)mixed(argc, 2.0, argv[0], 3) + six(1, 2, 3, 4, 5, argc) + eight(1, 2, 3, 4, 5, 6, 7, argc);
  sink += divides(argc, 3) + shifts(argc, 2) + passes(1, argc) + tail(argv[0], argc) + branches(argc, argv[0], 3);
  sink += table(argc, 2);
  clears(argv[0], argc);
  return 0;
}`;

// prettier-ignore
const COUNTS: Record<string, number> = {
  none: 0, one: 1, two: 2, three: 3, vectors: 2, mixed: 4, six: 6, eight: 8, divides: 2, shifts: 2,
  passes: 2, tail: 2, branches: 3, table: 2, logs: 1, sums: 2, clears: 2, main: 2,
};

function countAll(path: string): Record<string, number> {
  const binary = openBinary(readFileSync(path));
  const functions = findFunctions(binary).filter(({ kind }) => kind === 'function');
  const bodies = functions.map((found) => ({ found, body: disassemble(binary, found) }));
  const summaries = new Map(
    bodies
      .filter(({ body }) => body.instructions.length > 0)
      .map(({ found, body }) => [found.address, summarise(body)]),
  );
  const facts = solveProgram(summaries);
  return Object.fromEntries<number>(
    functions
      .filter(({ symbol, address }) => symbol !== null && symbol in COUNTS && summaries.has(address))
      .map(({ symbol, address }) => [symbol!, ruleCount(summaries.get(address)!, facts.get(address)!)]),
  );
}

describe('the number of arguments', () => {
  const builds = ['gcc-12', 'clang-19'].flatMap((compiler) =>
    ['-O0', '-O1', '-O2', '-O3'].map((level) => ({ compiler, level })),
  );
  it.each(builds)('is that of the declarations: $compiler $level', ({ compiler, level }) => {
    const flags = [level, '-fno-inline', '-fno-optimize-sibling-calls'];
    expect(countAll(compile(SOURCE, { compiler, flags }))).toEqual(COUNTS);
  });

  it('looks through tail calls', () => {
    expect(countAll(compile(SOURCE, { compiler: 'gcc-12', flags: ['-O2', '-fno-inline'] }))).toEqual(COUNTS);
  });

  it('does not depend on the order of the functions', () => {
    const path = compile(SOURCE, { compiler: 'gcc-12', flags: ['-O2', '-fno-inline'] });
    const binary = openBinary(readFileSync(path));
    const summaries = findFunctions(binary)
      .map((found) => [found.address, disassemble(binary, found)] as const)
      .filter(([, body]) => body.instructions.length > 0)
      .map(([address, body]) => [address, summarise(body)] as const);
    const sorted = (entries: typeof summaries) =>
      [...solveProgram(new Map(entries))].sort(([a], [b]) => a - b);
    expect(sorted([...summaries].reverse())).toEqual(sorted(summaries));
  });

  it('ends on functions that call one another', () => {
    // call +0x0b (to the other), ret; padded to 16 bytes; call -0x15 (back), ret
    const first = summarise(disassembleRange(Buffer.from('e80b000000c3', 'hex'), 0x1000));
    const second = summarise(disassembleRange(Buffer.from('89f8e8e9ffffffc3', 'hex'), 0x1010));
    const facts = solveProgram(
      new Map([
        [0x1000, first],
        [0x1010, second],
      ]),
    );
    expect(facts.get(0x1010)!.live & 1).toBe(1);
    expect(facts.get(0x1000)!.live & 1).toBe(1);
  });
});

describe('the table of cases', () => {
  const summary = summarise(disassembleRange(Buffer.from('89f8c3', 'hex'), 0x1000));
  const facts = { live: 1, callers: null };
  const keys = evidenceKeys(summary, facts);

  it('answers with the likeliest number of a case that it has seen often enough', () => {
    const examples = Array.from({ length: 40 }, (_, i) => ({ keys, rule: 1, truth: i < 30 ? 2 : 1 }));
    const { table, fallback } = learnArgumentTable(examples, 30);
    expect(countArguments(summary, facts, table, fallback)).toEqual({ count: 2, score: 0.7381, rule: 1 });
  });

  it('keeps to the rule for a case that it has not', () => {
    const { table, fallback } = learnArgumentTable([{ keys, rule: 1, truth: 2 }], 30);
    expect(countArguments(summary, facts, table, fallback)).toEqual({ count: 1, score: fallback, rule: 1 });
  });
});

/** iced-x86's view: what the processor reads and writes, as our masks. */
function icedEffects(factory: InstructionInfoFactory, iced: IcedInstruction): [number, number] {
  const order = [Register.RDI, Register.RSI, Register.RDX, Register.RCX, Register.R8, Register.R9];
  const maskOf = (register: Register): number => {
    const full = RegisterExt.fullRegister(register);
    if (full === Register.RAX) return RAX;
    if (full >= Register.ZMM0 && full <= Register.ZMM7) return 1 << (6 + full - Register.ZMM0);
    const place = order.indexOf(full);
    return place < 0 ? 0 : 1 << place;
  };
  const READS = [OpAccess.Read, OpAccess.CondRead, OpAccess.ReadWrite, OpAccess.ReadCondWrite];
  const WRITES = [OpAccess.Write, OpAccess.CondWrite, OpAccess.ReadWrite, OpAccess.ReadCondWrite];
  const info = factory.info(iced);
  let reads = 0;
  let writes = 0;
  for (const used of info.usedRegisters() as UsedRegister[]) {
    if (READS.includes(used.access)) reads |= maskOf(used.register);
    if (WRITES.includes(used.access)) writes |= maskOf(used.register);
    used.free();
  }
  info.free();
  return [reads, writes];
}

/** Where we mean something else than the processor does, and why. */
const MEANT_OTHERWISE: [RegExp, string][] = [
  [/^Cmov/, 'the old value may survive, so it is read'],
  [/^(Sbb|Or|And|Pcmpeq[bwdq])$/, 'a constant whatever the register held'],
  [/^(Cvt|Sqrt|Round|Movs[sd]$|Pinsr|Bsf|Bsr|Popcnt|Tzcnt|Lzcnt)/, 'keeps a part that nobody meant to keep'],
  [/^(Stos|Movs|Cmps|Scas)/, 'used with rep by compilers'],
  [/^(Set|Mov)/, 'a write of the low byte is a write'],
];

describe('registers', () => {
  it.each([
    { compiler: 'gcc-12', flags: ['-O2', '-mavx2'] },
    { compiler: 'gcc-12', flags: ['-O0'] },
    { compiler: 'clang-19', flags: ['-O3'] },
  ])('are read and written as iced-x86 says: $compiler $flags', ({ compiler, flags }) => {
    const source = readFileSync(new URL('../fixtures/varied.c', import.meta.url), 'utf8');
    const binary = openBinary(
      readFileSync(compile(`${source}\n`, { compiler, flags: [...flags, '-c', '-w'] })),
    );
    const code = binary.sectionData('.text')!;
    const decoder = new Decoder(64, code, DecoderOptions.None);
    const factory = new InstructionInfoFactory();
    const iced = new IcedInstruction();
    const differences = new Map<string, string>();
    for (const instruction of decode(code, 0)) {
      decoder.decodeOut(iced);
      const name = Mnemonic[instruction.mnemonic] ?? '';
      const effects = registerEffects(instruction);
      const [reads, writes] = icedEffects(factory, iced);
      if ((effects & 0xffff) === reads && effects >>> 16 === writes) continue;
      if (MEANT_OTHERWISE.some(([pattern]) => pattern.test(name))) continue;
      differences.set(
        name,
        `ours ${effects.toString(16)}, iced ${reads.toString(16)} ${writes.toString(16)}`,
      );
    }
    for (const object of [iced, factory, decoder]) object.free();
    expect([...differences]).toEqual([]);
  });
});
