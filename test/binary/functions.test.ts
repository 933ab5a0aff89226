/** Function discovery: a stripped twin must yield what the symbols of its original say. */

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Binary, FoundFunction } from '../../src/binary/binary.ts';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble } from '../../src/binary/x86/disassemble.ts';
import { compile, tool } from '../support/compile.ts';
import { variedBuilds } from '../support/varied.ts';

function strip(path: string): string {
  const output = join(mkdtempSync(join(tmpdir(), 'binscribe-')), 'stripped');
  tool('strip', '-o', output, path);
  return output;
}

function functionSymbols(binary: Binary): Map<string, number> {
  const symbols = binary.symbols.filter((s) => s.type === 2 && s.section !== 0 && s.table === 'symtab');
  return new Map(symbols.map((s) => [s.name, s.address]));
}

const executables = variedBuilds().filter((b) => b.kind === 'executable');

describe.each(executables)('stripped $compiler -$level', ({ path }) => {
  const truth = functionSymbols(openBinary(readFileSync(path)));
  const stripped = openBinary(readFileSync(strip(path)));
  const found = new Map(findFunctions(stripped).map((f) => [f.address, f]));

  it('finds every function symbol, the C runtime included, and nothing else', () => {
    const starts = [...found.values()].filter((f) => f.source !== 'plt').map((f) => f.address);
    const expected = [...new Set(truth.values())].sort((a, b) => a - b);
    expect(starts.sort((a, b) => a - b)).toEqual(expected);
  });

  it('takes cold parts for fragments, and only them', () => {
    for (const [name, address] of truth) {
      expect([name, found.get(address)?.kind === 'fragment']).toEqual([name, name.endsWith('.cold')]);
    }
  });

  it('gives functions the sizes that the symbols give', () => {
    const sizes = openBinary(readFileSync(path)).symbols.filter(
      (s) => s.type === 2 && s.size > 0 && s.section !== 0,
    );
    for (const { address, size, name } of sizes)
      expect([name, found.get(address)?.size]).toEqual([name, size]);
  });

  it('names linkage stubs after their imports', () => {
    const imports = [...found.values()].filter((f) => f.kind === 'thunk').map((f) => f.symbol);
    expect(imports).toEqual(expect.arrayContaining(['malloc', 'qsort', 'strlen']));
  });

  it('is marked stripped', () => {
    expect(stripped.stripped).toBe(true);
  });
});

it('finds the same functions when the section headers are gone too', () => {
  for (const { path } of executables) {
    const bytes = readFileSync(strip(path));
    const withHeaders = starts(findFunctions(openBinary(bytes)));
    const headless = new Uint8Array(bytes);
    headless.fill(0, 40, 48); // e_shoff
    headless.fill(0, 60, 64); // e_shnum, e_shstrndx
    const binary = openBinary(headless);
    expect(binary.sections).toEqual([]);
    expect(starts(findFunctions(binary))).toEqual(withHeaders);
  }
});

it('finds the same functions when the file ends in its section headers (half of them once hid the rest)', () => {
  for (const { path } of executables) {
    const bytes = readFileSync(strip(path));
    const expected = starts(findFunctions(openBinary(bytes)));
    const { length } = openBinary(bytes).sections;
    for (const kept of [0, 1, length >> 1, length - 1]) {
      const binary = openBinary(bytes.subarray(0, bytes.length - (length - kept) * 64));
      expect(binary.sections).toHaveLength(kept);
      expect(binary.budget.cuts).toMatchObject([{ where: 'section headers' }]);
      expect(starts(findFunctions(binary))).toEqual(expected);
    }
  }
});

it('keeps the symbols of a file that ends in its last section header', () => {
  const bytes = readFileSync(executables[0].path);
  const binary = openBinary(bytes.subarray(0, bytes.length - 64));
  expect(functionSymbols(binary)).toEqual(functionSymbols(openBinary(bytes)));
  expect(binary.imports).toEqual(openBinary(bytes).imports);
});

/** What a function calls and mentions, its cold part included. */
function contents(
  binary: Binary,
  name: string,
): { called: (string | null | undefined)[]; strings: string[] } {
  const functions = findFunctions(binary);
  const parts = functions.filter((f) => f.symbol === name || f.symbol === `${name}.cold`);
  const bodies = parts.map((part) => disassemble(binary, part));
  return {
    called: bodies
      .flatMap((body) => body.calls)
      .map((c) => binary.imports.get(c.to) ?? functions.find((f) => f.address === c.to)?.symbol),
    strings: bodies.flatMap((body) => body.strings.map((s) => s.text)),
  };
}

it('resolves calls of a relocatable file to functions and imports, not to the next instruction', () => {
  for (const { path } of variedBuilds().filter((b) => b.kind === 'object')) {
    const binary = openBinary(readFileSync(path));
    expect(contents(binary, 'insert').called).toEqual(expect.arrayContaining(['malloc', 'strlen', 'fail']));
    expect(contents(binary, 'main').called).toEqual(
      expect.arrayContaining(['insert', 'qsort', 'classify', 'report']),
    );
  }
});

it('leaves the bytes that it was given as they were, relocatable files and Buffers included', () => {
  for (const { path } of variedBuilds().filter((b) => b.kind === 'object')) {
    const bytes = readFileSync(path);
    const before = Buffer.from(bytes);
    const binary = openBinary(bytes);
    for (const section of binary.sections) binary.sectionData(section.name);
    expect(bytes.equals(before)).toBe(true);
  }
});

it('reads the strings that code refers to', () => {
  for (const { path } of variedBuilds()) {
    expect(contents(openBinary(readFileSync(path)), 'insert').strings).toEqual(
      expect.arrayContaining(['out of memory', 'name too long']),
    );
  }
});

it('finds functions without symbol or unwind entry through a call and through a tail jump', () => {
  const source = `
    last: ret
    .globl main
    .type main, @function
    main: .cfi_startproc
      call hidden
      ret
      .cfi_endproc
    hidden: xor %eax, %eax
      test %edi, %edi
      je 1f
      inc %eax
      ret
    1: jmp last
      .byte 0x06, 0x06
      .section .note.GNU-stack,"",@progbits`;
  const path = strip(compile(source, { compiler: 'gcc-12', flags: [], suffix: '.s' }));
  const functions = findFunctions(openBinary(readFileSync(path)));
  const main = functions.find((f) => f.source === 'eh_frame' && f.size === 6)!;
  const at = (address: number) => functions.find((f) => f.address === address);
  expect(at(main.address + 6)).toMatchObject({ source: 'call', kind: 'function', size: 11 });
  expect(at(main.address - 1)).toMatchObject({ source: 'jump', kind: 'function', size: 1 });
});

it('starts the signal trampoline at its first instruction, one byte after its unwind entry', () => {
  const source = `
    .globl main
    main: .cfi_startproc
      ret
      .cfi_endproc
    .byte 0
    .type restore, @function
    restore: mov $15, %rax
      syscall
    end: .section .eh_frame,"a",@progbits
    1: .long 3f-2f
    2: .long 0
      .byte 1
      .string "zRS"
      .uleb128 1
      .sleb128 -8
      .uleb128 16
      .uleb128 1
      .byte 0x1b
      .balign 4
    3: .long 5f-4f
    4: .long 4b-1b
      .long restore-1-.
      .long end-restore+1
      .uleb128 0
      .balign 4
    5: .section .note.GNU-stack,"",@progbits`;
  const path = compile(source, { compiler: 'gcc-12', flags: [], suffix: '.s' });
  const address = openBinary(readFileSync(path)).symbols.find((s) => s.name === 'restore')!.address;
  const found = findFunctions(openBinary(readFileSync(strip(path))));
  expect(found.map((f) => f.address)).toContain(address);
  expect(found.map((f) => f.address)).not.toContain(address - 1);
});

function starts(functions: FoundFunction[]): string[] {
  return functions.map((f) => `${f.address.toString(16)} ${f.kind} ${f.source}`);
}

it('ends where an unwind entry starts above 2^53 (counting its addresses once hung)', () => {
  const source = `
    .globl _start
    _start: ret
    .section .plt.got, "ax", @progbits
    jmp *slot(%rip)
    .data
    slot: .quad 0
    .section .eh_frame, "a", @progbits
    .long 2f - 1f                       # CIE: version 1, no augmentation, so that pointers are absolute
    1: .long 0
    .byte 1, 0, 1, 0x78, 16
    .balign 8
    2: .long 4f - 3f
    3: .long 3b - 1b + 4
    .quad 0x40000000000000, 0x1000
    4: .long 0`;
  const path = compile(source, {
    compiler: 'gcc-12',
    flags: ['-nostdlib', '-static', '-no-pie'],
    suffix: '.s',
  });
  const binary = openBinary(readFileSync(strip(path)));
  expect(starts(findFunctions(binary))).toHaveLength(1);
});

it('gives no function a size beyond its region (a size of 2^63 once broke the report)', () => {
  const source = `
    .globl huge
    .type huge, @function
    huge: ret
    .size huge, 0x7fffffffffffffff
    .globl _start
    .type _start, @function
    _start: call huge
    ret`;
  const path = compile(source, {
    compiler: 'gcc-12',
    flags: ['-nostdlib', '-static', '-no-pie'],
    suffix: '.s',
  });
  const [huge, start] = findFunctions(openBinary(readFileSync(path)));
  expect(huge).toMatchObject({ symbol: 'huge', size: 7 });
  expect(start).toMatchObject({ symbol: '_start', size: 6 });
});
