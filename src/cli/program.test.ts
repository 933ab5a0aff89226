import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Ran, runCommand } from '../../test/support/command.ts';
import { compile } from '../../test/support/compile.ts';
import { stubModel } from '../../test/support/stub-model.ts';
import { BinscribeError } from '../error.ts';
import { inventorySchema } from '../explain/inventory-schema.ts';
import { reportSchema } from '../explain/schema.ts';
import { VERSION } from '../version.ts';
import { type Check, checkNode, type Job } from './doctor-checks.ts';
import type { Session } from './session.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-cli-'));
const at = (name: string) => join(folder, name);
const program = compile('int main(void) { return 3; }', { compiler: 'gcc-12', flags: ['-O1', '-s'] });

/** The first 64 bytes of a program for another machine: 183 is AArch64, 40 ARM. */
function armHeader(machine: number, elfClass: number): Uint8Array {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, elfClass, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  return header;
}

beforeAll(() => {
  writeFileSync(at('empty'), '');
  writeFileSync(at('notes.txt'), 'These are notes, and no program.\n');
  writeFileSync(at('arm'), armHeader(183, 2));
  writeFileSync(at('arm32'), armHeader(40, 1));
  for (const size of TRUNCATED)
    writeFileSync(at(`truncated-${size}`), readFileSync(program).subarray(0, size));
  writeFileSync(at('good'), readFileSync(program));
  mkdirSync(at('folder'));
  execFileSync('mkfifo', [at('fifo')]);
});

/** Bytes that are left of a program. */
const TRUNCATED = [3, 40, 64, 200, 5000];

function run(argv: string[], more: Partial<Session> = {}): Promise<Ran> {
  return runCommand(argv, {
    openModel: () => Promise.resolve(stubModel()),
    openMeaning: () => Promise.resolve(null),
    openWriter: () => Promise.resolve(null),
    ...more,
  });
}

describe('a file that cannot be explained gets one line and its exit code', () => {
  test.each([
    ['a file that is not there', 'nowhere/file', 3, /no such file/],
    ['a directory', 'folder', 3, /a directory: a program file expected/],
    ['a pipe that nobody writes to', 'fifo', 3, /device, pipe or socket/],
    ['an empty file', 'empty', 5, /empty/],
    ['a text file', 'notes.txt', 4, /text/],
    ['a folder that is not there', 'nowhere', 3, /no such file/],
    ['a program for AArch64', 'arm', 4, /AArch64 \(64-bit, little-endian\): 64-bit .* x86-64 expected/],
    ['a program for ARM', 'arm32', 4, /ARM \(32-bit, little-endian\)/],
    ['a part of the magic number', 'truncated-3', 4, /data of an unknown format/],
    ['a part of the header', 'truncated-40', 5, /an ELF header has 64 bytes, the file has 40/],
    ['the header alone', 'truncated-64', 5, /program header 0 expected at 0x40, the file ends at 0x40/],
    ['a part of the program headers', 'truncated-200', 5, /program header 2 expected/],
    ['a part of the code', 'truncated-5000', 5, /segment \d expected up to 0x\w+, the file ends at 0x1388/],
  ])('%s', async (_, name, code, message) => {
    for (const command of ['explain', 'functions']) {
      const result = await run([command, at(name)]);
      expect(result.code).toBe(code);
      expect(result.out).toBe('');
      const [first, ...hints] = result.err.trimEnd().split('\n');
      expect(first.startsWith(`binscribe: ${at(name)}: `), first).toBe(true);
      expect(first).toMatch(message);
      expect(hints).toEqual([expect.stringMatching(/^ {2}\S/)]);
    }
  });
});

test('of several files a bad one is told and the rest go on; the code is the first failure', async () => {
  const { code, out, err } = await run(['explain', at('good'), at('arm'), at('empty'), at('good')]);
  expect(code).toBe(4);
  expect(out.match(/ELF x86-64 executable/g)).toHaveLength(2);
  expect(err.match(/^binscribe: /gm)).toHaveLength(2);
});

test('explain --json prints a report, and an array of them for several files', async () => {
  const one = await run(['explain', '--json', at('good')]);
  expect(one).toMatchObject({ code: 0, err: '' });
  const report = reportSchema.parse(JSON.parse(one.out));
  expect(report.file.path).toBe(at('good'));
  const several = await run(['explain', '--json', at('good'), at('empty'), at('good')]);
  expect(several.code).toBe(5);
  expect(JSON.parse(several.out)).toEqual([report, report]);
  expect(JSON.parse((await run(['explain', '--json', at('empty'), at('arm')])).out)).toEqual([]);
});

test('functions --json prints the list, with code where it is asked for', async () => {
  const { out } = await run(['functions', '--json', at('good')]);
  const inventory = inventorySchema.parse(JSON.parse(out));
  const full = JSON.parse((await run(['functions', '--json', '--disassemble', at('good')])).out) as {
    functions: { disassembly: { text: string }[] }[];
  };
  expect(full.functions).toHaveLength(inventory.functions.length);
  expect(full.functions[0].disassembly[0].text).toMatch(/\w/);
});

test('--function that fits nothing is a mistake in the command', async () => {
  const { code, err } = await run(['explain', at('good'), '--function', 'nobody']);
  expect(code).toBe(2);
  expect(err).toMatch(/no function 'nobody' among \d+\n {2}Give a symbol/);
});

test('-o writes the answer whole or not at all', async () => {
  const answer = at('report.json');
  expect(await run(['explain', '--json', at('good'), '-o', answer])).toEqual({ code: 0, out: '', err: '' });
  reportSchema.parse(JSON.parse(readFileSync(answer, 'utf8')));
  expect((await run(['explain', at('empty'), '-o', at('none')])).code).toBe(5);
  expect(existsSync(at('none'))).toBe(false);
  const lost = await run(['explain', at('good'), '-o', at('nowhere/report')]);
  expect(lost).toMatchObject({ code: 3, out: '' });
  expect(lost.err).toMatch(/cannot write .*nowhere\/report/);
  expect(readdirSync(folder).filter((name) => name.startsWith('.binscribe-'))).toEqual([]);
});

test.each([
  ['an unknown option', ['explain', '--nonsense', 'x'], /unknown option '--nonsense'/],
  ['a missing argument', ['explain'], /missing required argument 'file'/],
  ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'/],
])('%s leaves with code 2', async (_, argv, message) => {
  const { code, out, err } = await run(argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(message);
  expect(err.match(/^binscribe: /gm)).toHaveLength(1);
});

test('help and version are answers', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, out: `${VERSION}\n`, err: '' });
  for (const command of [[], ['explain'], ['functions'], ['doctor']]) {
    const { code, out, err } = await run([...command, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('$ binscribe ');
  }
});

test('a model that is missing or damaged is told by its own kind', async () => {
  for (const [kind, code] of [
    ['missing', 7],
    ['corrupt', 5],
  ] as const) {
    const openModel = () =>
      Promise.reject(new BinscribeError(kind, `models/x: ${kind}`, { hint: 'Do this.' }));
    const { err, ...rest } = await run(['explain', at('good')], { openModel });
    expect(rest).toEqual({ code, out: '' });
    expect(err).toBe(`binscribe: models/x: ${kind}\n  Do this.\n`);
  }
});

test('a defect of ours is one line, and its place only where asked for', async () => {
  const openModel = () => Promise.reject(new TypeError('x is not\n a function'));
  const short = await run(['explain', at('good')], { openModel });
  expect(short.code).toBe(1);
  expect(short.err.split('\n')[0]).toBe('binscribe: internal error: x is not\\n a function');
  expect(short.err).not.toContain(' at ');
  const long = await run(['explain', at('good')], { openModel, env: { BINSCRIBE_DEBUG: '1' } });
  expect(long.err).toContain('    at ');
});

test('colours are for a terminal whose user has not said no', async () => {
  const colourful = async (isTTY: boolean, env: Session['env']) => {
    let out = '';
    const stdout = { write: (text: string) => (out += text), isTTY, columns: 100 };
    await run(['explain', at('good')], { stdout, env });
    return out.includes('\u001b[');
  };
  expect(await colourful(true, {})).toBe(true);
  expect(await colourful(true, { NO_COLOR: '1' })).toBe(false);
  expect(await colourful(true, { TERM: 'dumb' })).toBe(false);
  expect(await colourful(false, {})).toBe(false);
});

test('a path that wants to be obeyed is shown', async () => {
  const { err } = await run(['explain', at('\u001b[2J\nx')]);
  expect(err).toContain('\\x1b[2J\\nx: there is no such file');
});

test('doctor says what is there and what the main job lacks', async () => {
  const healthy = await run(['doctor', '--json']);
  expect(healthy).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(healthy.out)).toMatchObject({ schema: 'binscribe.doctor/1', ok: true });
  const openModel = () => Promise.reject(new BinscribeError('missing', 'no model in models/first'));
  const ill = await run(['doctor'], { openModel });
  expect(ill.code).toBe(7);
  expect(ill.out).toMatch(/MISSING +model +no model in models\/first/);
});

test('doctor names for each job what it needs and how to get it', async () => {
  const { checks } = JSON.parse((await run(['doctor', '--json'])).out) as { checks: Check[] };
  const needed = (job: Job) => checks.filter((check) => check.jobs.includes(job)).map(({ name }) => name);
  expect(needed('explain')).toEqual(['Node', 'model']);
  expect(needed('corpus')).toEqual(expect.arrayContaining(['gcc-12', 'autopoint', 'apt-get', 'bwrap']));
  const script = readFileSync(new URL('../../scripts/check-tools.sh', import.meta.url), 'utf8');
  const installed = /^wanted='([^']+)'/m.exec(script)![1].split(/\s+/);
  const tools = checks.filter((check) => check.jobs.includes('tests'));
  expect(installed.sort()).toEqual(tools.map(({ name, packages }) => `${name}:${packages[0]}`).sort());
  // Nothing of a job is found where nothing is on the path: the advice is one command.
  const path = process.env['PATH'];
  process.env['PATH'] = at('folder');
  try {
    const { code, out } = await run(['doctor']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /Building data sets[^]* apt-get install .*gcc-12 .*autoconf automake libtool autopoint/,
    );
  } finally {
    process.env['PATH'] = path;
  }
});

test('the Node that package.json asks for is the one that doctor asks for', () => {
  const { engines, version } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
  ) as {
    engines: { node: string };
    version: string;
  };
  expect(version).toBe(VERSION);
  const wanted = engines.node.replace('>=', '');
  expect(checkNode(`${wanted}.0`).ok).toBe(true);
  expect(checkNode('20.18.9').ok).toBe(false);
  expect(checkNode('22.0.0').ok).toBe(true);
});
