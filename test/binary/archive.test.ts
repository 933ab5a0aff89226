/** Static archives: the members that `ar` lists, the functions that `nm` lists, one answer a member. */

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readArchive } from '../../src/binary/archive.ts';
import { Budget } from '../../src/binary/budget.ts';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { BinscribeError } from '../../src/error.ts';
import { inventorySchema } from '../../src/explain/inventory-schema.ts';
import { reportSchema } from '../../src/explain/schema.ts';
import { runCommand } from '../support/command.ts';
import { compile, tool } from '../support/compile.ts';
import { mutate, randomFrom } from '../support/mutate.ts';
import { stubModel } from '../support/stub-model.ts';

const LIBC = '/usr/lib/x86_64-linux-gnu/libc.a';
const folder = mkdtempSync(join(tmpdir(), 'binscribe-archive-'));
const at = (name: string): string => join(folder, name);

const one = compile('int one(int x) { return x + 1; }', { compiler: 'gcc-12', flags: ['-O1', '-c'] });
const two = compile('int one(int); int two(void) { return one(1) + one(2); }', {
  compiler: 'clang-19',
  flags: ['-O2', '-c'],
});
const FILES = ['one.o', 'a-name-of-more-than-fifteen-letters.o', 'with blank.o', 'notes.txt'];
cpSync(one, at(FILES[0]));
cpSync(two, at(FILES[1]));
cpSync(one, at(FILES[2]));
// An odd number of bytes, so that the member after it is padded.
writeFileSync(at(FILES[3]), 'no program\n');

function archive(program: string, options: string, name: string, files = FILES): string {
  tool(program, options, at(name), ...files.map(at));
  return at(name);
}

const archives = {
  'GNU ar': archive('ar', 'rcs', 'gnu.a'),
  'GNU ar, without index': archive('ar', 'rcS', 'plain.a'),
  'GNU ar, two of one name': archive('ar', 'qcs', 'twice.a', ['one.o', 'one.o']),
  'LLVM ar, 64-bit index': (() => {
    tool('env', 'SYM64_THRESHOLD=0', 'llvm-ar-19', 'rcs', at('sym64.a'), ...FILES.map(at));
    return at('sym64.a');
  })(),
  'LLVM ar, BSD names': (() => {
    tool('llvm-ar-19', '--format=bsd', 'rcs', at('bsd.a'), ...FILES.map(at));
    return at('bsd.a');
  })(),
  "Debian's libc": LIBC,
};

describe.each(Object.entries(archives))('%s', (_, path) => {
  const members = readArchive(readFileSync(path), new Budget());

  it('has the members that `ar t` lists', () => {
    expect(members.map(({ name }) => name)).toEqual(tool('llvm-ar-19', 't', path).trimEnd().split('\n'));
  });

  it('holds what `ar p` extracts', () => {
    const { name, bytes } = members[0];
    const printed = tool('sh', '-c', 'llvm-ar-19 p "$0" "$1" | sha256sum', path, name);
    expect(printed.split(' ')[0]).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

it('finds in every member of libc the functions that nm lists', () => {
  const truth = new Map<string, number[]>();
  for (const part of tool('nm', '--defined-only', '--format=sysv', LIBC).split('Symbols from ')) {
    const [title, ...lines] = part.split('\n');
    const functions = lines
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter((cells) => cells[3] === 'FUNC' || cells[3] === 'IFUNC')
      .map((cells) => Number.parseInt(cells[1], 16));
    truth.set(/\[(.+)\]:/.exec(title)?.[1] ?? '', functions);
  }
  let compared = 0;
  for (const { name, bytes } of readArchive(readFileSync(LIBC), new Budget())) {
    const expected = truth.get(name);
    if (!expected) continue;
    const binary = openBinary(bytes);
    const starts = new Map(findFunctions(binary).map((f) => [f.address, f]));
    // The offset in a section is the address where there is one section of code, which is laid out first.
    const code = binary.sections.filter((s) => s.flags & 4 && s.size > 0);
    if (code.length > 1) continue;
    for (const address of expected) expect([name, starts.get(address)?.source]).toEqual([name, 'symbol']);
    compared += expected.length;
  }
  expect(compared).toBeGreaterThan(2500);
});

describe('the commands', () => {
  const session = { openModel: () => Promise.resolve(stubModel()) };

  it('answer for every member and say what was skipped', async () => {
    for (const command of ['functions', 'explain']) {
      const { code, out, err } = await runCommand([command, '--json', archives['GNU ar']], session);
      expect(code).toBe(0);
      const documents = JSON.parse(out) as unknown[];
      const schema = command === 'explain' ? reportSchema : inventorySchema;
      const paths = documents.map((document) => schema.parse(document).file.path);
      expect(paths).toEqual(FILES.slice(0, 3).map((name) => `${at('gnu.a')}(${name})`));
      expect(err).toBe(
        `binscribe: ${at('gnu.a')}(notes.txt): skipped: this is a text file: an ELF program for x86-64 expected\n`,
      );
      const text = await runCommand([command, archives['GNU ar']], session);
      for (const path of paths) expect(text.out).toContain(`${path}\n`);
    }
  });

  it('find a function in whichever member has it', async () => {
    const path = archives['GNU ar'];
    const { code, out } = await runCommand(['functions', '--json', path, '--function', 'two'], session);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ functions: [{ symbol: 'two' }] }]);
    const none = await runCommand(['functions', path, '--function', 'three'], session);
    expect(none).toMatchObject({ code: 2, out: '' });
  });

  it('name what a thin, an empty and a textual archive are', async () => {
    tool('ar', 'rcsT', at('thin.a'), at('one.o'));
    writeFileSync(at('empty.a'), '!<arch>\n');
    archive('ar', 'rcs', 'text.a', ['notes.txt']);
    for (const [name, message] of [
      ['thin.a', /a thin archive, which holds names and no files/],
      ['empty.a', /this archive is empty/],
      ['text.a', /a text file/],
    ] as const) {
      const { code, err, out } = await runCommand(['functions', at(name)], session);
      expect({ code, out }).toEqual({ code: 4, out: '' });
      expect(err).toMatch(message);
    }
  });

  it('keep the members before the damage, and say so', async () => {
    writeFileSync(at('cut.a'), readFileSync(archives['GNU ar']).subarray(0, -300));
    const { code, out, err } = await runCommand(['functions', at('cut.a')], session);
    expect(code).toBe(5);
    expect(out).toContain('(one.o)');
    expect(err).toMatch(/bytes expected, but the archive ends after \d+; the members before it were read/);
  });
});

it('ends at a name that no file has, which many members could share', () => {
  const header = (name: string, size: number): string =>
    `${name.padEnd(16)}${'0'.padEnd(32)}${String(size).padEnd(10)}\`\n`;
  for (const [length, members] of [
    [4096, 2],
    [4097, 1],
  ]) {
    const table = `${'x'.repeat(length)}/\n`.padEnd(6000);
    const text = `!<arch>\n${header('first/', 0)}${header('//', 6000)}${table}${header('/0', 0)}`;
    const budget = new Budget();
    expect(readArchive(Buffer.from(text), budget)).toHaveLength(members);
    expect(budget.cuts).toHaveLength(2 - members);
  }
  const inside = `!<arch>\n${header('first/', 0)}${header('#1/5000', 6000)}${'x'.repeat(6000)}`;
  expect(readArchive(Buffer.from(inside), new Budget())).toHaveLength(1);
});

it('survives damage: members or one of our errors', () => {
  const original = readFileSync(archives['GNU ar']);
  const headers = readArchive(original, new Budget()).map(({ offset }) => ({
    offset: offset - 60,
    size: 60,
  }));
  let refused = 0;
  for (let seed = 0; seed < 3000; seed++) {
    const budget = new Budget({ entries: 10_000, milliseconds: 5000 });
    try {
      for (const { bytes } of readArchive(mutate(original, headers, randomFrom(seed)), budget)) {
        expect(bytes.length).toBeLessThanOrEqual(original.length);
      }
    } catch (error) {
      if (!(error instanceof BinscribeError)) throw error;
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(50);
});
