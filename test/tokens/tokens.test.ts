/** Hashes against mmh3 (scripts/goldens/hash.py), and what a linker may change without changing a function. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Mnemonic } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassemble, disassembleRange } from '../../src/binary/x86/disassemble.ts';
import { murmur128Hex, murmur32 } from '../../src/tokens/hash.ts';
import { exactHash, normalizedHash, withoutPadding } from '../../src/tokens/normalize.ts';
import { opcodePairTokens, opcodeTokens } from '../../src/tokens/opcodes.ts';
import { bagOf, SCHEME } from '../../src/tokens/scheme.ts';
import { compile } from '../support/compile.ts';

const hashes = JSON.parse(readFileSync(new URL('hashes.json', import.meta.url), 'utf8')) as unknown as {
  '128': Record<string, string>;
  '32': Record<string, number>;
};

describe('murmur', () => {
  it('agrees with mmh3', () => {
    for (const [hex, expected] of Object.entries(hashes['128'])) {
      expect(murmur128Hex(Uint8Array.from(Buffer.from(hex, 'hex')))).toBe(expected);
    }
    for (const [hex, expected] of Object.entries(hashes['32'])) {
      const words = new Uint32Array(Uint8Array.from(Buffer.from(hex, 'hex')).buffer);
      expect(murmur32(words, 0, words.length)).toBe(expected);
    }
  });
});

const BODY = `
int table[8] = {1, 2, 3};
int helper(int x) { return x * 3; }
int wanted(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) sum += helper(table[i & 7]) ^ 0x1234;
  return sum;
}`;

/** The same function behind other functions, and so at another address with other distances. */
function hashesOf(before: string, flags: string[]): { exact: string; normalized: string } {
  const path = compile(`${before}\n${BODY}\nint main(void) { return wanted(5); }`, {
    compiler: 'gcc-12',
    flags: [...flags, '-fno-inline', '-fno-toplevel-reorder'],
  });
  const binary = openBinary(readFileSync(path));
  const wanted = findFunctions(binary).find(({ symbol }) => symbol === 'wanted')!;
  return {
    exact: exactHash(binary.memory.slice(wanted.address, wanted.size)),
    normalized: normalizedHash(disassemble(binary, wanted)),
  };
}

describe('normalizedHash', () => {
  const more = 'int extra[99] = {7}; int other(int a) { extra[a] = a; return a / 7 + extra[2 * a]; }';

  it.each([
    { kind: 'position-independent', flags: ['-O2'] },
    { kind: 'at a fixed address', flags: ['-O2', '-no-pie', '-fno-pie'] },
    { kind: 'for Ubuntu (endbr64)', flags: ['-O2', '-fcf-protection=full'] },
  ])('is the same wherever the function was linked: $kind', ({ flags }) => {
    const plain = hashesOf('', flags);
    const moved = hashesOf(more, flags);
    expect(moved.exact).not.toBe(plain.exact);
    expect(moved.normalized).toBe(plain.normalized);
  });

  it('is the same with and without endbr64', () => {
    expect(hashesOf('', ['-O2', '-fcf-protection=full']).normalized).toBe(hashesOf('', ['-O2']).normalized);
  });

  it('tells constants, registers and distances apart', () => {
    // mov eax,1 | mov eax,2 | mov ecx,1 | mov eax,[rdi+4] | mov eax,[rdi+8]
    const codes = ['b801000000', 'b802000000', 'b901000000', '8b4704', '8b4708'];
    const seen = codes.map((hex) => normalizedHash(disassembleRange(Buffer.from(`${hex}c3`, 'hex'), 0x1000)));
    expect(new Set(seen).size).toBe(codes.length);
  });

  it('tells a branch within from a branch without, and one target from another', () => {
    // jmp +0 (to the ret), jmp -2 (to itself), jmp far away
    const codes = ['eb00c3', 'ebfec3', 'e900100000c3'];
    const seen = codes.map((hex) => normalizedHash(disassembleRange(Buffer.from(hex, 'hex'), 0x1000)));
    expect(new Set(seen).size).toBe(codes.length);
  });

  it('does not mind padding at the end', () => {
    const hash = (hex: string): string => normalizedHash(disassembleRange(Buffer.from(hex, 'hex'), 0x1000));
    expect(hash('31c0c36690')).toBe(hash('31c0c3'));
    expect(hash('31c0c3cccc0f1f00')).toBe(hash('31c0c3'));
  });

  it('hashes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(2 ** 40), (code, address) => {
        expect(normalizedHash(disassembleRange(code, address))).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
  });
});

describe('opcode tokens', () => {
  // push rbp; mov rbp,rsp; pop rbp; ret; nop
  const { instructions } = disassembleRange(Buffer.from('554889e55dc390', 'hex'), 0x1000);

  it('are the mnemonics and their neighbours', () => {
    const of = (mnemonic: number): number => SCHEME.opcode * 2 ** 24 + mnemonic;
    expect(opcodeTokens(withoutPadding(instructions))).toEqual(
      [Mnemonic.Push, Mnemonic.Mov, Mnemonic.Pop, Mnemonic.Ret].map(of),
    );
    expect(opcodePairTokens(withoutPadding(instructions))).toHaveLength(3);
    expect(opcodePairTokens([])).toEqual([]);
  });

  it('are counted', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (list) => {
        const { tokens, counts } = bagOf(list);
        const expected = new Map<number, number>();
        for (const item of list) expected.set(item, (expected.get(item) ?? 0) + 1);
        expect(new Map(Array.from(tokens, (token, i) => [token, counts[i]]))).toEqual(expected);
        expect([...tokens]).toEqual([...tokens].sort((a, b) => a - b));
      }),
    );
  });
});
