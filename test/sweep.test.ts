/** `binscribe study sweep` as processes: killed, interrupted, and what is left of it. */

import { type ChildProcess, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SweepReport } from '../src/explain/sweep.ts';
import { buildBinscribe } from './support/build.ts';
import { compile } from './support/compile.ts';

const FILES = 12;
const binscribe = buildBinscribe();
const folder = mkdtempSync(join(tmpdir(), 'binscribe-sweep-'));
const places = join(folder, 'programs');
mkdirSync(places);
const program = compile('int main(void) { return 3; }', { compiler: 'gcc-12', flags: ['-O1', '-s'] });
for (let i = 0; i < FILES; i++) copyFileSync(program, join(places, `p${i}`));
writeFileSync(join(places, 'damaged'), readFileSync(program).subarray(0, 2000));
writeFileSync(join(places, 'script'), '#!/bin/sh\n');

interface Ended {
  code: number | null;
  signal: string | null;
  err: string;
}

/** Starts a sweep in a process group of its own, as a shell does. */
function sweep(output: string): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [binscribe, 'study', 'sweep', places, '-o', join(folder, output)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, err })),
  );
  return { child, ended };
}

const journalOf = (output: string): string => join(folder, `${output}.partial.jsonl`);
const linesOf = (path: string): number =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(5);
}

function resultOf(output: string): SweepReport {
  return JSON.parse(readFileSync(join(folder, `${output}.json`), 'utf8')) as SweepReport;
}

/** The processes whose parent or whose group is `pid`. */
function childrenOf(pid: number): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1] === String(pid);
    } catch {
      return false;
    }
  });
}

test('a sweep that was killed goes on where it was, and its child does not stay behind', async () => {
  const first = sweep('killed');
  await until(() => linesOf(journalOf('killed')) > 3);
  const children = childrenOf(first.child.pid!);
  expect(children).toHaveLength(1);
  first.child.kill('SIGKILL');
  await first.ended;
  const before = linesOf(journalOf('killed')) - 1;
  expect(before).toBeLessThan(FILES + 1);
  const { code, err } = await sweep('killed').ended;
  expect(code).toBe(0);
  expect(err).toContain(`going on: ${before} of ${FILES + 1} files were done`);
  const { totals, rows, passedOver } = resultOf('killed');
  expect(totals).toMatchObject({ files: FILES + 1, explained: FILES, refused: 1, errors: { corrupt: 1 } });
  expect(new Set(rows.map(({ path }) => path)).size).toBe(FILES + 1);
  expect(passedOver.others).toEqual({ script: [join(places, 'script')] });
  expect(readFileSync(join(folder, 'killed.md'), 'utf8')).toContain('| explained | 12 |');
  expect(existsSync(journalOf('killed'))).toBe(false);
  await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)));
});

test('Ctrl-C leaves what was done and says so, with code 130', async () => {
  const { child, ended } = sweep('interrupted');
  await until(() => linesOf(journalOf('interrupted')) > 3);
  process.kill(-child.pid!, 'SIGINT');
  const { code, err } = await ended;
  expect(code).toBe(130);
  expect(err).toMatch(
    /^binscribe: stopped after \d+ of 13 files\n {2}The same command goes on from there.\n$/,
  );
  const done = linesOf(journalOf('interrupted'));
  expect(done).toBeGreaterThan(3);
  // None of them crashed by our own hand.
  expect(readFileSync(journalOf('interrupted'), 'utf8')).not.toContain('crashed');
  expect((await sweep('interrupted').ended).code).toBe(0);
  expect(resultOf('interrupted').totals).toMatchObject({ explained: FILES, crashed: 0 });
});

test('one sweep at a time writes a result', async () => {
  const first = sweep('alone');
  await until(() => linesOf(journalOf('alone')) > 3);
  // It lives, and does nothing meanwhile.
  first.child.kill('SIGSTOP');
  const { code, err } = await sweep('alone').ended;
  expect(code).toBe(2);
  expect(err).toContain(
    `alone: process ${first.child.pid} makes this result already\n  Wait for it or stop it`,
  );
  first.child.kill('SIGKILL');
  await first.ended;
  expect((await sweep('alone').ended).code).toBe(0);
  expect(resultOf('alone').totals).toMatchObject({ explained: FILES, crashed: 0 });
  expect(existsSync(join(folder, 'alone.lock'))).toBe(false);
});
