/** Compressed debugging sections hold what objcopy and llvm-objcopy get out of them. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { Budget } from '../../src/binary/budget.ts';
import { readSubprograms } from '../../src/binary/dwarf/index.ts';
import { openBinary } from '../../src/binary/open.ts';
import { tool } from '../support/compile.ts';
import { varied } from '../support/varied.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-compressed-'));
const plain = varied('gcc-12', ['-O2', '-g']);

function compressed(program: string, method: string, from = plain): string {
  const output = join(folder, `${program}-${method}`);
  tool(program, `--compress-debug-sections=${method}`, from, output);
  return output;
}

/** GNU as streams, which gives frames with a window; the others compress in one piece. */
const files = [
  ['llvm-objcopy-19, zstd', compressed('llvm-objcopy-19', 'zstd')],
  ['llvm-objcopy-19, zlib', compressed('llvm-objcopy-19', 'zlib')],
  ['objcopy, zstd', compressed('objcopy', 'zstd')],
  ['objcopy, zlib-gnu', compressed('objcopy', 'zlib-gnu')],
  ['GNU as, zstd', varied('gcc-12', ['-O2', '-g', '-c', '-Wa,--compress-debug-sections=zstd'])],
  ['clang-19, zstd', varied('clang-19', ['-O1', '-g', '-c', '-gz=zstd'])],
] as const;

test.each(files)('%s', (name, path) => {
  const expanded = join(folder, `${name}.plain`);
  tool('objcopy', '--decompress-debug-sections', path, expanded);
  const [ours, truth] = [path, expanded].map((file) => openBinary(readFileSync(file)));
  const sections = truth.sections.filter((s) => s.name.startsWith('.debug_'));
  expect(sections.length).toBeGreaterThan(4);
  for (const { name: section } of sections) {
    expect(Buffer.from(ours.sectionData(section)!).equals(truth.sectionData(section)!), section).toBe(true);
  }
  expect(readSubprograms(ours)).toEqual(readSubprograms(truth));
  expect(ours.budget.cuts).toEqual([]);
});

/** A section `.debug_str` that claims to hold `size` bytes in the given zstd data. */
function claiming(size: number, data: readonly number[]): Uint8Array {
  const path = join(folder, 'claim');
  const raw = Buffer.alloc(24 + data.length);
  raw.writeUInt32LE(2, 0);
  raw.writeBigUInt64LE(BigInt(size), 8);
  raw.set(data, 24);
  writeFileSync(`${path}.bin`, raw);
  tool('objcopy', '--remove-section=.debug_str', plain, path);
  tool('objcopy', `--add-section=.debug_str=${path}.bin`, path);
  const bytes = new Uint8Array(readFileSync(path));
  const section = openBinary(bytes).sections.find((s) => s.name === '.debug_str')!;
  const headers = new DataView(bytes.buffer).getUint32(40, true);
  new DataView(bytes.buffer).setUint32(headers + section.index * 64 + 8, 0x800, true);
  return bytes;
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** A block of one byte repeated 131,072 times. */
const REPEATED = [0x02, 0x00, 0x10, 0x41];

it.each([
  ['more than it declares', 1000, [...MAGIC, 0x00, 0x38, ...REPEATED, ...REPEATED, 0x01, 0, 0], /more than/],
  ['less than it declares', 10 ** 6, [...MAGIC, 0x00, 0x38, ...REPEATED, 0x01, 0, 0], /131072 decompressed/],
  ['a window of gigabytes', 1000, [...MAGIC, 0x00, 0xa8, ...REPEATED, 0x01, 0, 0], /a zstd window of/],
  ['another size inside', 1000, [...MAGIC, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0], /in its zstd data/],
  ['no zstd data', 1000, [1, 2, 3, 4, 5, 6, 7, 8], /no zstd data/],
  ['a cut', 131_072, [...MAGIC, 0x00, 0x38, 0x02], /damaged zstd data|decompressed/],
])('a section that holds %s is left out with a reason', (_, size, data, reason) => {
  const binary = openBinary(claiming(size, data));
  expect(binary.sectionData('.debug_str')).toBeUndefined();
  expect(binary.budget.cuts).toMatchObject([{ where: '.debug_str', reason: expect.stringMatching(reason) }]);
});

it('refuses a Huffman tree of a single weight (it once hung in fzstd: seed 17428348 of the fuzz run)', () => {
  const data = Buffer.from(
    '28b52ffd6041007d0700024e3133f06bd20190ffcbfec3feca1105027045d0f706441f76e8bdbbb3281cd017a30fa2b1fee74d90334f0a8212689bd0',
    'hex',
  );
  const binary = openBinary(claiming(321, [...data]));
  expect(binary.sectionData('.debug_str')).toBeUndefined();
  expect(binary.budget.cuts[0].reason).toMatch(/a Huffman tree of a single weight/);
});

it('draws on the budget for what a section declares', () => {
  const budget = new Budget({ bytes: 1000 });
  const binary = openBinary(readFileSync(files[0][1]), { budget });
  expect(binary.sectionData('.debug_info')).toBeUndefined();
  expect(budget.cuts).toEqual([{ where: '.debug_info', reason: 'budget of 1000 bytes used up' }]);
});
