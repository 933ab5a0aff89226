import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { findFunctions } from '../binary/functions.ts';
import type { FunctionBody } from '../binary/instruction.ts';
import { openBinary } from '../binary/open.ts';
import { disassemble } from '../binary/x86/disassemble.ts';
import { normalizedAssembly } from '../tokens/assembly.ts';
import { visibleNames } from '../tokens/visible-names.ts';
import { type Capability, capabilitiesOf } from './capabilities.ts';
import { capabilityOfNumber } from './numbers.ts';
import { sentenceOf } from './sentence.ts';
import { Tables } from './tables.ts';

/** What each function of a file does, by symbol. */
function capabilitiesIn(path: string): Map<string, Capability[]> {
  const binary = openBinary(readFileSync(path));
  const names = visibleNames(binary);
  const tables = new Tables(binary);
  return new Map(
    findFunctions(binary).flatMap((found) => {
      if (found.symbol === null || found.kind !== 'function') return [];
      const body = disassemble(binary, found);
      return [[found.symbol, capabilitiesOf(normalizedAssembly(body, names), tables.of(body))]];
    }),
  );
}

const SOURCE = `
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
struct list { struct list *next; int size; char kind; };
int counter;
int sizeOf(struct list *one) { return one->size; }
void setNext(struct list *one, struct list *next) { one->next = next; }
void clear(struct list *one) { one->size = 0; }
int never(void) { return 0; }
int code(void) { return -7; }
void nothing(void) {}
void *same(void *one) { return one; }
int count(void) { return counter; }
void setCount(int value) { counter = value; }
int call(int (*one)(int), int value) { return one(one(value)); }
int list(const char *path) {
  DIR *dir = opendir(path);
  if (!dir) { perror(path); exit(2); }
  int found = 0;
  for (struct dirent *one; (one = readdir(dir));) if (strcmp(one->d_name, path)) found++;
  closedir(dir);
  return found;
}
unsigned crc(const unsigned char *data, unsigned length) {
  unsigned sum = ~0u;
  while (length--) {
    sum ^= *data++;
    for (int i = 0; i < 8; i++) sum = sum & 1 ? sum >> 1 ^ 0xedb88320u : sum >> 1;
  }
  return ~sum;
}
unsigned swap(unsigned value) { return __builtin_bswap32(value) + 1; }
unsigned short swapShort(unsigned short value) { return (unsigned short)(value << 8 | value >> 8) + 1; }
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const char *where(int which) { return strchr(digits, which); }
int main(void) { return list(".") + (int)write(1, where('A'), crc(0, 0)); }
`;

test.each([
  { compiler: 'gcc-12', flags: ['-O2', '-fno-ipa-icf'] },
  { compiler: 'clang-14', flags: ['-O2'] },
])('of functions of $compiler it is told what their code says by itself', ({ compiler, flags }) => {
  const capabilities = capabilitiesIn(compile(SOURCE, { compiler, flags }));
  const told = (name: string): string => sentenceOf(capabilities.get(name)!);
  expect(told('sizeOf')).toBe('Returns the 4 bytes at offset 0x8 of what its first argument points to.');
  expect(told('setNext')).toBe(
    'Stores its second argument in the 8 bytes at offset 0 of what its first argument points to.',
  );
  expect(told('clear')).toBe('Sets the 4 bytes at offset 0x8 of what its first argument points to to 0.');
  expect(told('never')).toBe('Returns 0 and does nothing else.');
  expect(told('code')).toBe('Returns -7 and does nothing else.');
  expect(told('nothing')).toBe('Does nothing.');
  expect(told('same')).toBe('Returns its first argument.');
  expect(told('count')).toBe('Returns a variable of the program.');
  expect(told('setCount')).toBe('Stores its first argument in a variable of the program.');
  expect(told('call')).toBe('Calls by pointers.');
  expect(told('swap')).toBe('Swaps the order of bytes.');
  expect(told('swapShort')).toBe('Swaps the order of bytes.');
  expect(told('where')).toMatch(/Base64/);
  const texts = capabilities.get('list')!.map(({ text }) => text);
  expect(texts[0]).toBe('lists directories');
  expect(texts.toSorted()).toEqual(['compares text', 'ends the program', 'lists directories', 'prints']);
  expect(capabilities.get('list')![0]).toEqual({
    text: 'lists directories',
    kind: 'import',
    because: expect.arrayContaining(['opendir', 'readdir', 'closedir']) as string[],
  });
  expect(capabilities.get('crc')).toEqual([
    { text: 'computes CRC-32 checksums', kind: 'algorithm', because: ['0xedb88320'] },
  ]);
});

test('what other names of imports stand for is the same', () => {
  const told = (...names: string[]): string[] =>
    names.map((name) => sentenceOf(capabilitiesOf(`push rbx\ncall ${name}\npop rbx\nret`)));
  expect(told('fopen64', '__open_2', 'openat64', 'open')).toEqual([
    'Opens files.',
    '',
    'Opens files.',
    'Opens files.',
  ]);
  expect(told('__printf_chk', 'fputs_unlocked', '__isoc99_sscanf', 'readdir64_r')).toEqual([
    'Prints.',
    'Writes.',
    'Parses text by a pattern.',
    '',
  ]);
  expect(told('EVP_DigestInit_ex', 'lzma_code', 'unknown_function')).toEqual([
    'Computes digests.',
    'Codes xz streams.',
    '',
  ]);
});

test('of many capabilities the most telling are told, in the order of the code', () => {
  const calls = 'free memset memcpy strlen socket connect strcmp malloc getaddrinfo send recv'.split(' ');
  const text = sentenceOf(capabilitiesOf(calls.map((name) => `call ${name}`).join('\n')));
  expect(text).toBe(
    'Opens sockets, connects, compares text, looks up host names, sends over the network and receives from the network.',
  );
});

test('zlib of this system computes CRC-32 and Adler-32 and reads deflate', () => {
  const capabilities = capabilitiesIn('/usr/lib/x86_64-linux-gnu/libz.so.1');
  const algorithms = (name: string): string[] =>
    capabilities.get(name)!.flatMap(({ text, kind }) => (kind === 'algorithm' ? [text] : []));
  expect(algorithms('crc32_z')).toEqual(['computes CRC-32 checksums']);
  expect(algorithms('crc32_combine_op')).toEqual(['computes CRC-32 checksums']);
  expect(algorithms('adler32_z')).toEqual(['computes Adler-32 checksums']);
  expect(algorithms('inflate')).toEqual(['reads or writes deflate']);
  expect(algorithms('zlibVersion')).toEqual([]);
});

test('a table that others may see is found through its slot', () => {
  const library = compile(
    `unsigned crc_table[4] = { 0, 0x77073096, 0xee0e612c, 0x990951ba };
     unsigned next(unsigned sum) { return crc_table[sum & 3] ^ sum >> 8; }`,
    { compiler: 'gcc-12', flags: ['-O1', '-fPIC', '-shared'] },
  );
  expect(capabilitiesIn(library).get('next')).toEqual([
    { text: 'computes CRC-32 checksums', kind: 'algorithm', because: ['its table'] },
  ]);
});

/** The first bits behind the point, as FIPS 180-4 takes them of roots. */
const fraction = (value: number): number => Math.floor((value % 1) * 2 ** 32);
const PRIMES = [2, 3, 5, 7];

function crcOf(polynomial: number, byte: number): number {
  let sum = byte;
  for (let i = 0; i < 8; i++) sum = (sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1) >>> 0;
  return sum;
}

/** FIPS 197, section 5.1.1: the inverse in GF(2^8), and an affine map. */
function sboxOf(byte: number): number {
  const times = (a: number, b: number): number => {
    let product = 0;
    for (let x = a, y = b; y > 0; y >>= 1, x = (x << 1) ^ (x & 0x80 ? 0x11b : 0)) if (y & 1) product ^= x;
    return product;
  };
  const inverse = Array.from({ length: 256 }, (_, i) => i).find((i) => times(byte, i) === 1) ?? 0;
  let result = 0x63;
  for (let turn = 0; turn < 5; turn++) result ^= ((inverse << turn) | (inverse >> (8 - turn))) & 0xff;
  return result;
}

test('numbers are those of the algorithms, computed from their definitions', () => {
  const told = (value: number): string | undefined =>
    capabilityOfNumber(`0x${value.toString(16)}`, 'mov')?.text;
  for (const i of [1, 2, 3, 4])
    expect(told(Math.floor(2 ** 32 * Math.abs(Math.sin(i))))).toBe('computes MD5 digests');
  for (const prime of PRIMES) expect(told(fraction(Math.sqrt(prime)))).toBe('begins SHA-256 digests');
  for (const prime of PRIMES.slice(0, 3))
    expect(told(fraction(Math.cbrt(prime)))).toBe('computes SHA-256 digests');
  for (const root of [2, 3]) {
    expect(told(Math.floor(2 ** 30 * Math.sqrt(root)))).toBe('computes SHA-1, RIPEMD-160 or MD4 digests');
  }
  for (const root of [5, 10])
    expect(told(Math.floor(2 ** 30 * Math.sqrt(root)))).toBe('computes SHA-1 digests');
  expect(told(crcOf(0xedb88320, 0x80))).toBe('computes CRC-32 checksums');
  expect(told(Math.round(2 ** 32 / ((1 + Math.sqrt(5)) / 2)))).toBe('mixes bits by the golden ratio');
  const key = new TextEncoder().encode('expand 32-byte k');
  for (let i = 0; i < 16; i += 4) {
    expect(told(new DataView(key.buffer).getUint32(i, true))).toBe(
      'encrypts or decrypts by ChaCha20 or Salsa20',
    );
  }
  expect(capabilityOfNumber('-0x12477ce0', 'xor')).toMatchObject({
    text: 'computes CRC-32 checksums',
    shown: '0xedb88320',
  });
  expect(told(0x12345678)).toBeUndefined();
  // 65521, the largest prime of 16 bits: a bound says nothing.
  expect(capabilityOfNumber('0xfff1', 'imul')?.text).toBe('computes Adler-32 checksums');
  expect(capabilityOfNumber('0xfff1', 'cmp')).toBeUndefined();
});

test('tables are those of the algorithms, computed from their definitions', () => {
  const at = 0x2000;
  const told = (bytes: Uint8Array): string[] => {
    const operand = {
      kind: 'memory',
      base: 0,
      index: 0,
      scale: 1,
      displacement: at,
      ripRelative: true,
      size: 0,
      segment: 0,
    } as const;
    const body: Pick<FunctionBody, 'instructions'> = {
      instructions: [{ address: 0x1000, length: 7, mnemonic: 1, operands: [operand], flow: 'next' }],
    };
    const slice = (address: number, size: number): Uint8Array =>
      address === at ? bytes.subarray(0, size) : new Uint8Array();
    return new Tables({ memory: { slice }, relocations: [] })
      .of(body as FunctionBody)
      .map(({ text }) => text);
  };
  const words = (values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);
  const bytes = Array.from({ length: 256 }, (_, i) => i);
  const sbox = bytes.map(sboxOf);
  expect(told(Uint8Array.from(sbox))).toEqual(['encrypts by AES']);
  expect(told(Uint8Array.from(bytes, (byte) => sbox.indexOf(byte)))).toEqual(['decrypts by AES']);
  expect(told(words(bytes.map((byte) => crcOf(0xedb88320, byte))))).toEqual(['computes CRC-32 checksums']);
  expect(told(words(bytes.map((byte) => crcOf(0x82f63b78, byte))))).toEqual(['computes CRC-32C checksums']);
  const ecma = (byte: bigint): bigint => {
    let sum = byte;
    for (let i = 0; i < 8; i++) sum = sum & 1n ? (sum >> 1n) ^ 0xc96c5795d7870f42n : sum >> 1n;
    return sum;
  };
  expect(told(new Uint8Array(BigUint64Array.from(bytes, (byte) => ecma(BigInt(byte))).buffer))).toEqual([
    'computes CRC-64 checksums',
  ]);
  expect(told(new TextEncoder().encode('expand 32-byte k'))).toEqual([
    'encrypts or decrypts by ChaCha20 or Salsa20',
  ]);
  const sixteen = bytes.map((byte) => crcOf(0xa001, byte));
  expect(told(new Uint8Array(Uint16Array.from(sixteen).buffer))).toEqual(['computes CRC-16 checksums']);
  expect(told(words([1, 2, 3, 4].map((i) => Math.floor(2 ** 32 * Math.abs(Math.sin(i))))))).toEqual([
    'computes MD5 digests',
  ]);
  expect(told(words(PRIMES.map((prime) => fraction(Math.cbrt(prime)))))).toEqual([
    'computes SHA-256 digests',
  ]);
  expect(told(words(PRIMES.map((prime) => fraction(Math.sqrt(prime)))))).toEqual([
    'begins SHA-256 or BLAKE2s digests',
  ]);
  // One byte short of what is looked at, and one that differs.
  expect(told(Uint8Array.from(sbox.slice(0, 7)))).toEqual([]);
  expect(told(Uint8Array.from(sbox, (byte, i) => (i === 7 ? byte ^ 1 : byte)))).toEqual([]);
});

test('what a string says is no name, where brackets in it once were taken for calls', () => {
  const said =
    'push rbx\nlea rdi, ["at [time] or [socket] \\"[fork]\\", 0xedb88320"]\ncall function\npop rbx\nret';
  expect(capabilitiesOf(said)).toEqual([]);
});

test('nothing is told of nothing', () => {
  expect(sentenceOf(capabilitiesOf(''))).toBe('');
  expect(
    sentenceOf(capabilitiesOf('push rbx\nmov rbx, rdi\ncall function\nadd rax, rbx\npop rbx\nret')),
  ).toBe('');
});
