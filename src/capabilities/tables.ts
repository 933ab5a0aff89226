/**
 * Tables by which algorithms are known: a function that reads where one begins works with it. They are told by their first
 * bytes, in the order of x86-64's memory; all of them are longer than what is looked at.
 */

import type { Relocation } from '../binary/binary.ts';
import { R_X86_64 } from '../binary/elf/constants.ts';
import type { FunctionBody, Operand } from '../binary/instruction.ts';
import type { AddressSpace } from '../binary/memory.ts';
import { isAbsoluteAddress } from '../tokens/normalize.ts';

/** The kind of numbers that a table is of: `u32` for words of 32 bits. One of 64 bits is two of them, the low one first. */
type Numbers = 'u8' | 'u16' | 'u32';

const TABLES: readonly (readonly [
  text: string,
  shown: string,
  numbers: Numbers,
  first: readonly number[],
])[] = [
  // FIPS 197, figures 7 and 14; the tables of Rijndael's reference, in both orders of bytes.
  ['encrypts by AES', 'the S-box of AES', 'u8', [0x63, 0x7c, 0x77, 0x7b, 0xf2, 0x6b, 0x6f, 0xc5]],
  ['decrypts by AES', 'the inverse S-box of AES', 'u8', [0x52, 0x09, 0x6a, 0xd5, 0x30, 0x36, 0xa5, 0x38]],
  ['encrypts by AES', 'a table of AES', 'u32', [0xc66363a5, 0xf87c7c84]],
  ['encrypts by AES', 'a table of AES', 'u32', [0xa56363c6, 0x847c7cf8]],
  ['decrypts by AES', 'a table of AES', 'u32', [0x51f4a750, 0x7e416553]],
  ['decrypts by AES', 'a table of AES', 'u32', [0x50a7f451, 0x5365417e]],
  // Schneier: the fraction of pi.
  ['encrypts or decrypts by Blowfish', 'the subkeys of Blowfish', 'u32', [0x243f6a88, 0x85a308d3]],
  ['encrypts or decrypts by Blowfish', 'an S-box of Blowfish', 'u32', [0xd1310ba6, 0x98dfb5ac]],
  // FIPS 46-3, substitution and permutation taken together.
  ['encrypts or decrypts by DES', 'a table of DES', 'u32', [0x01010400, 0x00000000, 0x00010000, 0x01010404]],
  [
    'encrypts or decrypts by Twofish',
    'a table of Twofish',
    'u8',
    [0xa9, 0x67, 0xb3, 0xe8, 0x04, 0xfd, 0xa3, 0x76],
  ],
  [
    'encrypts or decrypts by Camellia',
    'an S-box of Camellia',
    'u8',
    [0x70, 0x82, 0x2c, 0xec, 0xb3, 0x27, 0xc0, 0xe5],
  ],
  ['encrypts or decrypts by SM4', 'the S-box of SM4', 'u8', [0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7]],
  ['encrypts or decrypts by RC2', 'the table of RC2', 'u8', [0xd9, 0x78, 0xf9, 0xc4, 0x19, 0xdd, 0xb5, 0xed]],
  // "expand 32-byte k", Bernstein.
  [
    'encrypts or decrypts by ChaCha20 or Salsa20',
    'its first words',
    'u32',
    [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574],
  ],
  // RFC 1321, FIPS 180-4 sections 4.2.2, 4.2.3, 5.3.3 and 5.3.5, FIPS 202 section 3.2.5.
  ['computes MD5 digests', 'the numbers of MD5', 'u32', [0xd76aa478, 0xe8c7b756]],
  ['computes SHA-256 digests', 'the numbers of SHA-256', 'u32', [0x428a2f98, 0x71374491]],
  ['computes SHA-512 digests', 'the numbers of SHA-512', 'u32', [0xd728ae22, 0x428a2f98]],
  ['begins SHA-256 or BLAKE2s digests', 'the first state of SHA-256', 'u32', [0x6a09e667, 0xbb67ae85]],
  ['begins SHA-512 or BLAKE2b digests', 'the first state of SHA-512', 'u32', [0xf3bcc908, 0x6a09e667]],
  ['begins digests like MD5 or SHA-1', 'their first state', 'u32', [0x67452301, 0xefcdab89]],
  ['computes SHA-3 digests', 'the numbers of SHA-3', 'u32', [0x00000001, 0x00000000, 0x00008082, 0x00000000]],
  // Powers of the polynomials.
  ['computes CRC-32 checksums', 'its table', 'u32', [0x00000000, 0x77073096, 0xee0e612c]],
  [
    'computes CRC-32 checksums',
    'its table, the highest bit first',
    'u32',
    [0x00000000, 0x04c11db7, 0x09823b6e],
  ],
  ['computes CRC-32C checksums', 'its table', 'u32', [0x00000000, 0xf26b8303, 0xe13b70f7]],
  // ECMA-182, the lowest bit first: what xz has.
  ['computes CRC-64 checksums', 'its table', 'u32', [0x00000000, 0x00000000, 0x03a75f6f, 0xb32e4cbe]],
  ['computes CRC-16 checksums', 'its table', 'u16', [0x0000, 0xc0c1, 0xc181, 0x0140]],
  ['computes CRC-16 checksums', 'its table by CCITT', 'u16', [0x0000, 0x1021, 0x2042, 0x3063]],
  // RFC 1951, sections 3.2.5 and 3.2.7.
  ['decompresses deflate', 'lengths of deflate', 'u16', [3, 4, 5, 6, 7, 8, 9, 10]],
  ['decompresses deflate', 'distances of deflate', 'u16', [1, 2, 3, 4, 5, 7, 9, 13]],
  ['reads or writes deflate', 'the order of its code lengths', 'u8', [16, 17, 18, 0, 8, 7, 9, 6]],
  ['reads or writes deflate', 'the order of its code lengths', 'u16', [16, 17, 18, 0, 8, 7, 9, 6]],
  // ITU T.81, figure A.6.
  ['reads or writes JPEG', 'its zigzag', 'u8', [0, 1, 8, 16, 9, 2, 3, 10]],
  ['reads or writes JPEG', 'its zigzag', 'u32', [0, 1, 8, 16]],
  ['computes dates', 'lengths of months', 'u8', [31, 28, 31, 30, 31, 30, 31, 31]],
  ['computes dates', 'lengths of months', 'u32', [31, 28, 31, 30]],
  ['computes dates', 'days before months', 'u16', [0, 31, 59, 90, 120, 151, 181, 212]],
  ['computes dates', 'days before months', 'u32', [0, 31, 59, 90]],
];

const BYTES: Record<Numbers, number> = { u8: 1, u16: 2, u32: 4 };
/** So many bytes tell a table from any other. */
const LOOKED_AT = 16;

const FIRST_BYTES = TABLES.map(([text, shown, numbers, first], rank) => {
  const bytes = first.flatMap((one) =>
    Array.from({ length: BYTES[numbers] }, (_, i) => Math.floor(one / 256 ** i) % 256),
  );
  return { text, shown, rank, bytes: bytes.slice(0, LOOKED_AT) };
});

export interface TableCapability {
  readonly text: string;
  /** Which table. */
  readonly shown: string;
  /** 0 for what tells most. */
  readonly rank: number;
}

/** What is needed of a file: its bytes at their addresses, and what its loader patches. */
type TableFile = {
  readonly memory: Pick<AddressSpace, 'slice'>;
  readonly relocations: readonly Relocation[];
};

/** The tables of a file. */
export class Tables {
  private readonly memory: TableFile['memory'];
  /** What the loader writes into a slot: a library reaches its own tables that way where others may see them. */
  private readonly slots = new Map<number, number>();
  private readonly known = new Map<number, (typeof FIRST_BYTES)[number] | null>();

  constructor({ memory, relocations }: TableFile) {
    this.memory = memory;
    for (const { type, address, symbolAddress, addend } of relocations) {
      if (type === R_X86_64.GLOB_DAT && symbolAddress !== 0) this.slots.set(address, symbolAddress);
      if (type === R_X86_64.RELATIVE) this.slots.set(address, addend);
    }
  }

  /** Of those that a function refers to, each once. */
  of({ instructions }: FunctionBody): TableCapability[] {
    const start = instructions[0]?.address ?? 0;
    const found = new Set<(typeof FIRST_BYTES)[number]>();
    for (const { operands } of instructions) {
      for (const operand of operands) {
        const address = addressOf(operand, start);
        const table = address === null ? null : this.at(address);
        if (table !== null) found.add(table);
      }
    }
    return [...found].map(({ text, shown, rank }) => ({ text, shown, rank }));
  }

  /** The table that begins at an address, or where the slot there leads to. */
  private at(address: number): (typeof FIRST_BYTES)[number] | null {
    const known = this.known.get(address);
    if (known !== undefined) return known;
    const data = this.memory.slice(this.slots.get(address) ?? address, LOOKED_AT);
    const table = FIRST_BYTES.find(
      ({ bytes }) => data.length >= bytes.length && bytes.every((byte, i) => data[i] === byte),
    );
    this.known.set(address, table ?? null);
    return table ?? null;
  }
}

function addressOf(operand: Operand, start: number): number | null {
  if (operand.kind === 'immediate') return isAbsoluteAddress(operand.value, start) ? operand.value : null;
  if (operand.kind !== 'memory') return null;
  const { ripRelative, displacement } = operand;
  return ripRelative || isAbsoluteAddress(displacement, start) ? displacement : null;
}
