import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Journal } from './journal.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-journal-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = { schema: 1, model: 'tiny' };

test('cut anywhere, as a kill may leave it, it has every line that was whole and goes on', () => {
  const path = join(folder, 'new/journal');
  const lines = ['a', 'b – \u2028', '\n'];
  const whole = Journal.open<string>(path, HEAD);
  for (const line of lines) whole.add(line);
  const bytes = readFileSync(path);
  for (let length = bytes.length; length >= 0; length--) {
    writeFileSync(path, bytes);
    truncateSync(path, length);
    const ends = bytes.subarray(0, length).filter((byte) => byte === 10).length;
    const journal = Journal.open<string>(path, HEAD);
    const kept = lines.slice(0, Math.max(0, ends - 1));
    expect(journal.lines).toEqual(kept);
    journal.add('later');
    expect(Journal.open<string>(path, HEAD).lines).toEqual([...kept, 'later']);
  }
});

test('does not mix lines made with something else, and leaves them as they are', () => {
  const path = join(folder, 'other');
  Journal.open(path, HEAD).add(1);
  const before = readFileSync(path, 'utf8');
  expect(() => Journal.open(path, { ...HEAD, model: 'other' })).toThrow(/was begun as .*tiny.*other/);
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('says which line is none, also where the caller finds it wrong', () => {
  const path = join(folder, 'wrong');
  Journal.open(path, HEAD).add('text');
  const number = (line: unknown): number => {
    if (typeof line === 'number') return line;
    throw new Error('a number expected');
  };
  expect(() => Journal.open(path, HEAD, number)).toThrow(/wrong, line 2: a number expected/);
  appendFileSync(path, 'nonsense\n');
  expect(() => Journal.open(path, HEAD)).toThrow(/wrong, line 3: .*JSON/);
  expect(() => Journal.open(folder, HEAD)).toThrow(/this is a folder/);
});
