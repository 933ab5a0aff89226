/** Hand-written assembly: functions without size, without type, without unwind entries, and data between them. */

import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readArchive } from '../../src/binary/archive.ts';
import { Budget } from '../../src/binary/budget.ts';
import type { FoundFunction } from '../../src/binary/binary.ts';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { compile, tool } from '../support/compile.ts';

const SOURCE = `
    .text
    .globl first
first: push %rbx
    call helper
    call second
    pop %rbx
    ret
helper: xor %eax, %eax
    ret
    .globl second
    .type second, @function
second: mov table(%rip), %eax
    test %edi, %edi
    je 1f
    ret
1:  jmp third
table: .long 1, 2, 3, 4
    .globl third
    .type third, @function
third: ret
    .globl constant
constant: .quad 0x1234
    .section .text.other, "ax", @progbits
    .globl exported
exported: nop
    jmp first
    .section .note.GNU-stack,"",@progbits`;

function described(functions: FoundFunction[]): (string | number | null)[][] {
  return functions.map(({ symbol, size, source }) => [symbol, size, source]);
}

it('finds what is typed, called or begins a section, each up to its end, and no data', () => {
  const path = compile(SOURCE, { compiler: 'gcc-12', flags: ['-c'], suffix: '.s' });
  const functions = findFunctions(openBinary(readFileSync(path)));
  expect(described(functions)).toEqual([
    ['first', 13, 'symbol'],
    ['helper', 3, 'symbol'],
    ['second', 13, 'symbol'],
    ['third', 1, 'symbol'],
    ['exported', 6, 'symbol'],
  ]);
});

it('finds in a linked program the labels that are called', () => {
  const source = `${SOURCE}\n.text\n.globl main\n.type main, @function\nmain: call first\n call exported\n ret`;
  const path = compile(source, { compiler: 'gcc-12', flags: [], suffix: '.s' });
  const names = new Map(findFunctions(openBinary(readFileSync(path))).map((f) => [f.symbol, f.source]));
  for (const name of ['main', 'first', 'helper', 'second', 'third', 'exported']) {
    expect([name, names.get(name)]).toEqual([name, 'symbol']);
  }
  expect([...names.keys()]).not.toContain('constant');
  expect([...names.keys()]).not.toContain('table');
});

/** OpenSSL's assembly, and glibc's, which has data and several entries in its functions. */
const ARCHIVES = ['/usr/lib/x86_64-linux-gnu/libcrypto.a', '/usr/lib/x86_64-linux-gnu/libc.a'];

it.each(ARCHIVES.filter((path) => existsSync(path)))(
  'has every function of %s that readelf lists',
  (path) => {
    const members = readArchive(readFileSync(path), new Budget());
    const handWritten = /(x86_64|mem(cpy|move|set|cmp)|str(len|chr|cmp)).*\.o$/;
    const listed = new Map<string, Set<string>>();
    for (const part of tool('readelf', '-sW', path).split(/^File: /m)) {
      const member = /\((.+)\)\n/.exec(part)?.[1];
      const names = [...part.matchAll(/\s(?:FUNC|IFUNC)\s+(?:GLOBAL|WEAK)\s+\w+\s+\d+ (\S+)$/gm)].map(
        (m) => m[1],
      );
      if (member !== undefined) listed.set(member, new Set(names));
    }
    let compared = 0;
    for (const { name, bytes } of members.filter((member) => handWritten.test(member.name))) {
      const binary = openBinary(bytes);
      const starts = new Set(findFunctions(binary).map((f) => f.address));
      for (const symbol of listed.get(name) ?? []) {
        const address = binary.symbols.find((s) => s.name === symbol && s.section !== 0)!.address;
        expect([name, symbol, starts.has(address)]).toEqual([name, symbol, true]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  },
);
