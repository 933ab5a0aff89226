/** `binscribe explain` of a folder: killed, stopped, changed, and what is in the index at the end. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reportName } from '../src/cli/folder/place.ts';
import type { Collection } from '../src/explain/collection.ts';
import { reportSchema } from '../src/explain/schema.ts';
import { buildBinscribe } from './support/build.ts';
import { compile } from './support/compile.ts';
import { HOSTILE_NAMES } from './support/report.ts';

const FILES = 10;
const binscribe = buildBinscribe();
const root = mkdtempSync(join(tmpdir(), 'binscribe-folder-'));
const programs = join(root, 'programs');
const program = compile('int main(void) { return 3; }', { compiler: 'gcc-12', flags: ['-O1', '-s'] });
mkdirSync(join(programs, 'below'), { recursive: true });
for (let i = 0; i < FILES - 1; i++) copyFileSync(program, join(programs, `p${i}`));
copyFileSync(program, join(programs, 'below/p0'));
writeFileSync(join(programs, 'damaged'), readFileSync(program).subarray(0, 2000));
writeFileSync(join(programs, 'script'), '#!/bin/sh\n');
symlinkSync(programs, join(programs, 'below/loop'));
symlinkSync('p0', join(programs, 'again'));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Starts it in a process group of its own, as a shell does. */
function start(output: string, more: string[] = []): { child: ChildProcess; ended: Promise<Ended> } {
  // The small model: what is tested is the folder, and each killed run opens it anew.
  const model = ['--model', fileURLToPath(new URL('../models/first', import.meta.url))];
  const argv = [binscribe, 'explain', programs, '-o', join(root, output), ...model, ...more];
  const child = spawn(process.execPath, argv, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return {
    child,
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err }))),
  };
}

const done = (output: string): number => {
  const path = join(root, output, '.binscribe.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 2 : 0;
};
const indexOf = (output: string): Collection =>
  JSON.parse(readFileSync(join(root, output, 'index.json'), 'utf8')) as Collection;
const times = (output: string): Map<string, number> =>
  new Map(
    readdirSync(join(root, output, 'reports')).map((name) => [
      name,
      statSync(join(root, output, 'reports', name)).mtimeMs,
    ]),
  );

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(5);
}

test('killed at any instant it goes on where it was, and makes nothing twice', async () => {
  for (const after of [1, 3, 5]) {
    const { child, ended } = start('killed', ['--json']);
    await until(() => done('killed') >= after || child.exitCode !== null);
    child.kill('SIGKILL');
    await ended;
  }
  // A line that was not finished, as a kill may leave it.
  writeFileSync(join(root, 'killed/.binscribe.jsonl'), '{"id":"', { flag: 'a' });
  const before = times('killed');
  const known = done('killed');
  const { code, out, err } = await start('killed', ['--json']).ended;
  expect(code).toBe(5);
  expect(err).toContain(`going on: ${known} of ${FILES + 1} programs were done`);
  expect(err).toMatch(/^binscribe: .*damaged: truncated/m);
  expect(out).toMatch(
    /killed\/index\.html\n {2}programs {5}11: 10 explained, 1 not; \d+ of them were done before\n/,
  );
  const { programs: rows, passedOver } = indexOf('killed');
  expect(passedOver).toEqual({
    script: 1,
    'link to a folder': 1,
    'links to a program that is among them': 1,
  });
  const reports = rows.flatMap(({ report }) => report ?? []);
  expect(new Set(reports).size).toBe(FILES);
  for (const { report, path } of rows) {
    if (report === null) continue;
    const parsed = reportSchema.parse(JSON.parse(readFileSync(join(root, 'killed', report), 'utf8')));
    expect(parsed.file.path).toBe(path);
  }
  const kept = [...before].filter(([name, time]) => times('killed').get(name) === time);
  expect(kept.length).toBeGreaterThanOrEqual(known - 1);

  const finished = times('killed');
  expect((await start('killed', ['--json']).ended).code).toBe(5);
  expect(times('killed')).toEqual(finished);

  // A changed program, and other options, are made again; the rest is not.
  writeFileSync(join(programs, 'p1'), Buffer.concat([readFileSync(program), Buffer.alloc(1)]));
  await start('killed', ['--json']).ended;
  const changed = [...times('killed')].filter(([name, time]) => finished.get(name) !== time);
  expect(changed.map(([name]) => name)).toEqual([expect.stringMatching(/^p1-/)]);
  copyFileSync(program, join(programs, 'p1'));
});

test('Ctrl-C loses nothing that is finished, with code 130', async () => {
  const { child, ended } = start('interrupted', ['--csv', '--jobs', '1']);
  await until(() => done('interrupted') >= 2);
  process.kill(-child.pid!, 'SIGINT');
  const { code, err } = await ended;
  expect(code).toBe(130);
  expect(err).toMatch(
    /^binscribe: stopped after \d+ of 11 programs\n {2}The same command goes on from there\.\n$/,
  );
  const before = done('interrupted');
  const { err: again } = await start('interrupted', ['--csv']).ended;
  expect(again).toContain(`going on: ${before} of 11`);
});

test('one run at a time makes reports in a folder', async () => {
  const first = start('alone', ['--jobs', '1']);
  await until(() => done('alone') >= 2);
  // It lives, and does nothing meanwhile.
  first.child.kill('SIGSTOP');
  const second = await start('alone').ended;
  expect(second).toMatchObject({ code: 2, out: '' });
  expect(second.err).toBe(
    `binscribe: ${join(root, 'alone')}: process ${first.child.pid} makes reports here already\n` +
      `  Wait for it or stop it; if it is something else, remove ${join(root, 'alone/.binscribe.lock')}.\n`,
  );
  first.child.kill('SIGKILL');
  await first.ended;
  expect((await start('alone').ended).err).toContain('going on');
  expect(readdirSync(join(root, 'alone')).sort()).toEqual([
    '.binscribe.jsonl',
    'index.csv',
    'index.html',
    'index.json',
    'reports',
  ]);
});

test('a folder with something else in it is left alone', () => {
  const precious = join(root, 'precious');
  mkdirSync(precious);
  writeFileSync(join(precious, 'index.html'), 'mine');
  const run = (...argv: string[]) =>
    spawnSync(process.execPath, [binscribe, 'explain', ...argv], { encoding: 'utf8' });
  const { status, stderr } = run(programs, '-o', precious);
  expect(status).toBe(2);
  expect(stderr).toContain('holds no reports; it is left alone');
  expect(readdirSync(precious)).toEqual(['index.html']);
  expect(run(precious, '-o', join(root, 'none')).status).toBe(4);
  expect(run(program, program, '--html')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('-o DIR'),
  });
  expect(run(program, '--html', '--json').status).toBe(2);
});

test('several files get a report each; of a name that is no program the reason is told', () => {
  const output = join(root, 'several');
  const argv = [
    binscribe,
    'explain',
    program,
    join(programs, 'script'),
    join(root, 'nowhere'),
    '--html',
    '-o',
    output,
  ];
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  // By path, and the folder of fixtures is before this one's or after.
  expect([3, 4]).toContain(status);
  expect(stderr).toMatch(/nowhere: there is no such file/);
  const page = readFileSync(join(output, 'index.html'), 'utf8');
  expect(page).toContain("script-src 'none'");
  expect(page.match(/<a href="reports\/[\w.-]+\.html">/g)).toHaveLength(1);
});

test('names of reports stay in their folder and differ', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('..', '../..', '/', 'CON', ...HOSTILE_NAMES)),
      ),
      (paths) => {
        const names = paths.map((path) => reportName(path, 'html'));
        for (const name of names)
          expect(name).toMatch(/^[A-Za-z0-9_+][A-Za-z0-9._+-]{0,59}-[0-9a-f]{16}\.html$/);
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(new Set(paths).size);
      },
    ),
  );
});
