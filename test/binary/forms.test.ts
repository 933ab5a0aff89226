/** Instructions by their forms against iced-x86 asked about each one, on real code and on random bytes. */

import { existsSync, readFileSync } from 'node:fs';
import {
  Decoder,
  DecoderOptions,
  Instruction as IcedInstruction,
  MemorySizeExt,
  OpKind,
  Register,
} from 'iced-x86';
import { describe, expect, it } from 'vitest';
import type { Instruction, Operand } from '../../src/binary/instruction.ts';
import { openBinary } from '../../src/binary/open.ts';
import { decode } from '../../src/binary/x86/decode.ts';
import { FormTree } from '../../src/binary/x86/forms.ts';

type Expected = Omit<Instruction, 'flow'>;

/** What iced-x86 says of each instruction, in its own words. */
function askIced(code: Uint8Array, address: number): Expected[] {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const iced = new IcedInstruction();
  const found: Expected[] = [];
  for (let at = 0; at < code.length;) {
    decoder.position = at;
    decoder.ip = BigInt(address) + BigInt(at);
    decoder.decodeOut(iced);
    const operands = Array.from({ length: iced.opCount }, (_, i) => operandOf(iced, i));
    const length = iced.isInvalid ? 1 : iced.length;
    found.push({ address: address + at, length, mnemonic: iced.mnemonic, operands });
    at += length;
  }
  iced.free();
  decoder.free();
  return found;
}

const IMMEDIATE_SIZES = new Map([
  [OpKind.Immediate8, 1],
  [OpKind.Immediate8_2nd, 1],
  [OpKind.Immediate8to16, 1],
  [OpKind.Immediate8to32, 1],
  [OpKind.Immediate8to64, 1],
  [OpKind.Immediate16, 2],
  [OpKind.Immediate32, 4],
  [OpKind.Immediate32to64, 4],
  [OpKind.Immediate64, 8],
]);

function operandOf(iced: IcedInstruction, i: number): Operand {
  const kind = iced.opKind(i);
  const size = IMMEDIATE_SIZES.get(kind);
  if (size !== undefined) {
    // The nesting level of `enter` is the one immediate that is not signed.
    const signed = kind !== OpKind.Immediate8_2nd;
    const value = Number(signed ? BigInt.asIntN(8 * size, iced.immediate(i)) : iced.immediate(i));
    return { kind: 'immediate', value, size };
  }
  if (kind === OpKind.Register) return { kind: 'register', register: iced.opRegister(i) };
  if (kind === OpKind.NearBranch64) return { kind: 'target', address: Number(iced.nearBranchTarget) };
  const implied = kind !== OpKind.Memory;
  const segment = iced.segmentPrefix;
  const ofThread = segment === Register.FS || segment === Register.GS;
  return {
    kind: 'memory',
    base: implied
      ? kind <= OpKind.MemorySegRSI
        ? Register.RSI
        : Register.RDI
      : iced.isIpRelMemoryOperand
        ? Register.None
        : iced.memoryBase,
    index: implied ? Register.None : iced.memoryIndex,
    scale: implied || iced.memoryIndex === Register.None ? 1 : iced.memoryIndexScale,
    displacement: implied ? 0 : Number(iced.memoryDisplacement),
    ripRelative: !implied && iced.isIpRelMemoryOperand,
    size: MemorySizeExt.size(iced.memorySize),
    segment: implied || !ofThread ? Register.None : segment,
  };
}

/** Where the two differ, with the bytes. */
function differences(code: Uint8Array, address: number): string[] {
  const expected = askIced(code, address);
  const found = decode(code, address);
  if (found.length !== expected.length) return [`${found.length} instructions are ${expected.length}`];
  return expected.flatMap((instruction, i) => {
    const { flow: _, ...ours } = found[i];
    if (JSON.stringify(ours) === JSON.stringify(instruction)) return [];
    const at = instruction.address - address;
    const bytes = Buffer.from(code.subarray(at, at + 15)).toString('hex');
    return [`${bytes}: ${JSON.stringify(ours)} is ${JSON.stringify(instruction)}`];
  });
}

/** A linear congruential generator; the upper byte of its state is as random as it needs to be. */
function randomBytes(seed: number, count: number, choices?: readonly number[]): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const byte = state >>> 24;
    return choices && state & 0x10000 ? choices[byte % choices.length] : byte;
  });
}

/** Bytes that lead to other maps of opcodes: prefixes, REX, VEX, EVEX, XOP, the escapes of two and three bytes. */
const LEADING = [
  0x0f, 0x38, 0x3a, 0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x64, 0x65, 0x41, 0x48, 0x4c, 0xc4, 0xc5, 0x62, 0x8f,
];

describe('instructions by their forms', () => {
  // Near the ends of what is exact, and of what there is.
  it.each([0, 0x1000, 0x7fff_ffff_0000, 2 ** 53 - 2 ** 14, 2 ** 64 - 2 ** 31])(
    'are those of iced-x86, in random bytes at %d',
    (address) => {
      const found: string[] = [];
      for (let seed = 1; seed <= 8; seed++) {
        found.push(...differences(randomBytes(seed, 8192), address));
        found.push(...differences(randomBytes(seed, 8192, LEADING), address));
      }
      expect(found).toEqual([]);
    },
  );

  const programs = ['/bin/ls', '/bin/bash', '/usr/lib/x86_64-linux-gnu/libm.so.6'].filter(existsSync);
  it.each(programs)('are those of iced-x86, in %s', (path) => {
    const code = openBinary(readFileSync(path)).memory.regions.filter(({ executable }) => executable);
    const found = code.flatMap(({ bytes, address }) => differences(bytes.subarray(0, 1 << 18), address));
    expect(found).toEqual([]);
  });

  it('are whole: code that ends in one is invalid there', () => {
    const call = Uint8Array.of(0xe8, 1, 2, 3, 4);
    expect(decode(call, 0).map(({ length }) => length)).toEqual([5]);
    expect(decode(call.subarray(0, 4), 0)[0]).toMatchObject({ length: 1, mnemonic: 0, flow: 'trap' });
  });
});

describe('the tree of forms', () => {
  const form = (length: number) =>
    ({ length, mnemonic: length, flow: 'next', operands: [], constants: [] }) as const;

  it('finds what was added, by the bytes before the constants', () => {
    const tree = new FormTree();
    tree.add(Uint8Array.of(7, 0x48, 0x8b, 1), 1, 2, form(3));
    expect(tree.find(Uint8Array.of(0x48, 0x8b, 9), 0)).toEqual(form(3));
    expect(tree.find(Uint8Array.of(0x48, 0x8b), 0)).toBeUndefined();
    expect(tree.find(Uint8Array.of(0x48, 0x89, 9), 0)).toBeUndefined();
  });

  it('is bounded, and knows what came last', () => {
    const tree = new FormTree();
    let missing = 0;
    for (let i = 0; i < 1 << 17; i++) {
      const code = Uint8Array.of(i >> 12, (i >> 6) & 63, i & 63);
      tree.add(code, 0, 3, form(3));
      if (!tree.find(code, 0)) missing++;
    }
    expect(missing).toBe(0);
    expect(tree.find(Uint8Array.of(0, 0, 0), 0)).toBeUndefined();
  });
});
