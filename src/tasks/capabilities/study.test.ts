import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../../test/support/command.ts';
import { writeMarkedDataset } from '../../../test/support/dataset.ts';
import type { CapabilityDocument } from './report.ts';

const CODES = [
  { name: 'crc_of', assembly: 'mov eax, edi\nxor eax, -0x12477ce0\nret' },
  { name: 'checked', assembly: 'mov eax, edi\nxor eax, -0x12477ce0\ncall open\nret' },
  { name: 'other', assembly: 'push rbx\ncall close\npop rbx\nret' },
  { name: 'getter', assembly: 'mov rax, qword [rdi+0x8]\nret' },
  { name: 'untold', assembly: 'push rbx\ncall function\nadd rax, rbx\npop rbx\nret' },
];

test('functions are counted by what they tell, and held against what they are called', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-capabilities-'));
  const rows = writeMarkedDataset(join(folder, 'data'), (row) => {
    // By name, so that all builds of a function are alike.
    const code = CODES[row.name.length % CODES.length];
    return { ...row, assembly: code.assembly, name: code.name, source_file: `${row.name}.c` };
  });
  const output = join(folder, 'result');
  const { code } = await runCommand(['study', 'capabilities', join(folder, 'data'), '-o', output]);
  expect(code).toBe(0);
  const document = JSON.parse(readFileSync(`${output}.json`, 'utf8')) as CapabilityDocument;
  const places = (wanted: string[]): Set<string> =>
    new Set(
      rows.flatMap(({ package: from, name, source_file: file }) =>
        wanted.length === 0 || wanted.includes(name) ? [`${from}/${file}/${name}`] : [],
      ),
    );
  expect(document.functions).toBe(places([]).size);
  expect(document.told).toBe(document.functions - places(['untold']).size);
  expect(document.kinds).toEqual({
    whole: places(['getter']).size,
    algorithm: places(['crc_of', 'checked']).size,
    instruction: 0,
    import: places(['checked', 'other']).size,
    arithmetic: 0,
    pointer: 0,
  });
  const [crc] = document.algorithms;
  expect(document.algorithms).toHaveLength(1);
  expect(crc).toMatchObject({
    text: 'computes CRC-32 checksums',
    functions: places(['crc_of', 'checked']).size,
    inName: places(['crc_of']).size,
    inPlace: places(['crc_of']).size,
  });
  expect(new Set(crc.unnamed)).toEqual(new Set([...places(['checked'])].slice(0, 8)));
  expect(readFileSync(`${output}.md`, 'utf8')).toContain('| computes CRC-32 checksums |');
});

test('a folder that is no data set is refused', async () => {
  const { code, err } = await runCommand(['study', 'capabilities', tmpdir()]);
  expect([code, err]).toEqual([3, expect.stringContaining(tmpdir())]);
});
