import { linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SweepRow } from '../../explain/sweep.ts';
import { knownRow } from './command.ts';
import { Helper } from './helper.ts';
import { findPrograms } from './places.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'binscribe-sweep-'));
const ELF = '\u007fELF, or so it begins';

describe('places', () => {
  const root = folder();
  const at = (name: string): string => join(root, name);
  mkdirSync(at('below/deep'), { recursive: true });
  writeFileSync(at('below/program'), `${ELF}, longer`);
  writeFileSync(at('below/deep/lib.so.1'), ELF);
  writeFileSync(at('below/script'), '#!/bin/sh\n');
  writeFileSync(at('below/empty'), '');
  writeFileSync(at('below/data'), 'a\0b');
  symlinkSync('program', at('below/another'));
  symlinkSync('deep', at('below/folder'));
  symlinkSync('nowhere', at('below/broken'));
  linkSync(at('below/program'), at('below/zz-hard'));
  writeFileSync(at('outside'), `${ELF}, the longest`);
  symlinkSync('../outside', at('below/linked'));

  test('a folder gives each ELF file once, the largest first, by its own path where it has one there', () => {
    const { programs, passedOver } = findPrograms([at('below')]);
    expect(programs.map(({ path }) => path)).toEqual(
      ['below/linked', 'below/program', 'below/deep/lib.so.1'].map(at),
    );
    expect(programs.map(({ size }) => size)).toEqual([34, 29, 21]);
    expect(passedOver).toEqual({
      links: 2,
      others: {
        'other data': [at('below/data')],
        empty: [at('below/empty')],
        script: [at('below/script')],
        'link to a folder': [at('below/folder')],
        'not readable: there is no such file or folder': [at('below/broken')],
      },
    });
  });

  test('a pattern fits names in its folder, a file stands for itself', () => {
    const paths = (...places: string[]) => findPrograms(places).programs.map(({ path }) => path);
    expect(paths(at('below/deep/*.so*'))).toEqual([at('below/deep/lib.so.1')]);
    expect(paths(at('below/*.so*'))).toEqual([]);
    expect(paths(at('outside'), at('outside'))).toEqual([at('outside')]);
    expect(() => paths(at('nowhere'))).toThrow(/nowhere: there is no such file or folder/);
  });
});

test('a row is known until its file changes', () => {
  const program = { path: '/bin/a', size: 3, changed: 4 };
  const row: SweepRow = {
    path: '/bin/a',
    size: 3,
    seconds: 1,
    outcome: 'refused',
    error: { kind: 'corrupt', message: 'no' },
  };
  const line = { row, changed: 4 };
  expect(knownRow(line, program)).toBe(row);
  expect(knownRow(line, { ...program, size: 9 })).toBe(undefined);
  expect(knownRow(line, { ...program, changed: 9 })).toBe(undefined);
  expect(knownRow(undefined, program)).toBe(undefined);
});

describe('a helper', () => {
  const script = join(folder(), 'child.mjs');
  writeFileSync(
    script,
    `process.on('message', (what) => {
      if (what === 'hang') for (;;);
      if (what === 'die') { console.error('last words'); process.abort(); }
      if (what === 'leave') process.exit(3);
      process.send({ said: what, pid: process.pid });
    });
    process.send('ready');`,
  );

  test('answers by one process until that hangs or dies, and then by another', async () => {
    const helper = new Helper<{ said: string; pid: number }>(script, []);
    const first = await helper.ask('one', 10_000);
    const second = await helper.ask('two', 10_000);
    expect(first).toMatchObject({ reply: { said: 'one' } });
    expect('reply' in first && 'reply' in second && first.reply.pid === second.reply.pid).toBe(true);
    expect(await helper.ask('hang', 300)).toEqual({ failure: 'hung', message: 'no answer after 0.3 s' });
    expect(await helper.ask('three', 10_000)).toMatchObject({ reply: { said: 'three' } });
    expect(await helper.ask('die', 10_000)).toMatchObject({
      failure: 'crashed',
      message: expect.stringMatching(/^signal SIGABRT: [^]*last words/),
    });
    expect(await helper.ask('leave', 10_000)).toEqual({ failure: 'crashed', message: 'exit code 3: ' });
    expect(await helper.ask('four', 10_000)).toMatchObject({ reply: { said: 'four' } });
    helper.stop();
  });

  test('tells of a script that does not start', async () => {
    const helper = new Helper(join(folder(), 'none.mjs'), []);
    expect(await helper.ask('x', 10_000)).toMatchObject({
      failure: 'crashed',
      message: expect.stringContaining('Cannot find module'),
    });
  });
});
