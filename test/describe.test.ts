/** `binscribe corpus describe`: by a network beside what transformers writes, and by a server of ours that misbehaves. */

import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkCorpus } from '../src/corpus/check.ts';
import { type FunctionRow, openDataset } from '../src/corpus/dataset.ts';
import { loadTokenizer } from '../src/nn/import/tokenizer.ts';
import { diskFolder } from '../src/runtimes/folder.ts';
import { listingOf } from '../src/tasks/chat/question.ts';
import { buildBinscribe } from './support/build.ts';
import { type Behaviour, drip, endless, good, serveChat, status, stopServing } from './support/chat.ts';
import { type Ran, runCommand } from './support/command.ts';
import { writeMarkedDataset } from './support/dataset.ts';
import { contents } from './support/packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-describe-'));
const dataset = join(folder, 'dataset');
const T5 = fileURLToPath(new URL('nn/import/checkpoints/t5/', import.meta.url));
const KEY = 'sk-0123456789abcdef';

/** What `make_checkpoints.py` has given transformers to read. */
const READ = ['returns the total of all values', 'while (i < count) total += values[i];', 'mov rax, 0x20'];
/** As sources: `rare` has none, and the others share these, each in several builds and packages. */
const SOURCES: Record<string, string> = { xalloc: READ[0], xcopy: READ[1], hash: READ[2] };

let rows: FunctionRow[];
beforeAll(() => {
  rows = writeMarkedDataset(dataset, (row) => ({
    ...row,
    source: SOURCES[row.name] ?? null,
    ...(row.name === 'xcopy' && { text: 'Copy S.', text_kind: 'comment', text_author: 'A' }),
  }));
});
afterEach(stopServing);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let runs = 0;
async function run(
  more: readonly string[],
  place = `run-${++runs}`,
): Promise<Ran & { out: string; at: string }> {
  const at = join(folder, place);
  const argv = ['corpus', 'describe', dataset, '-o', at, '--cache', `${at}-cache`, ...more];
  return { ...(await runCommand(argv, { env: { BINSCRIBE_CHAT_KEY: KEY } })), at };
}

async function rowsOf(at: string): Promise<FunctionRow[]> {
  const found: FunctionRow[] = [];
  for await (const row of openDataset(at).rows()) found.push(row);
  return found;
}

const withoutText = (row: FunctionRow): object => ({
  ...row,
  text: null,
  text_kind: null,
  text_author: null,
});
const answers = good((question) => `It has ${question.length} characters.`);

describe('corpus describe --t5', () => {
  const network = join(folder, 't5-small');
  interface Generated {
    name: string;
    sequences: number[][];
  }

  beforeAll(() => {
    cpSync(T5, network, { recursive: true });
    // transformers was given the first 14 tokens of each.
    const path = join(network, 'tokenizer_config.json');
    const config = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...config, model_max_length: 14 }));
  });

  it.each([
    ['greedy', []],
    ['beams', ['--beams', '5']],
  ])('writes what transformers writes: %s', async (name, more) => {
    const { generated } = JSON.parse(readFileSync(join(T5, 'expected.json'), 'utf8')) as {
      generated: Generated[];
    };
    const tokenizer = await loadTokenizer(diskFolder(T5));
    const expected = generated
      .find((one) => one.name === name)!
      .sequences.map((tokens) => tokenizer.decode(tokens).trim());
    expect(new Set(expected).size).toBeGreaterThan(1);
    // transformers counts the start token, we do not.
    const { code, err, at } = await run(['--t5', network, '--longest', '19', ...more]);
    expect(err).toBe('t5-small: 3 texts to write\n');
    expect(code).toBe(0);
    for (const row of await rowsOf(at)) {
      const text = row.source === null ? '' : expected[READ.indexOf(row.source)];
      expect(row.text).toBe(text || null);
      expect([row.text_kind, row.text_author]).toEqual(text ? ['machine', 't5-small'] : [null, null]);
    }
  });

  it('says what a folder lacks', async () => {
    const none = await run(['--t5', join(folder, 'none')]);
    expect([none.code, none.err]).toEqual([7, expect.stringContaining('there is no tokenizer.json')]);
    const both = await run(['--t5', network, '--url', 'http://127.0.0.1:1/v1']);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('one of --t5 and --url')]);
  });
});

describe('corpus describe --url', () => {
  it('asks once for each different input, and leaves all else as it was', async () => {
    const { url, bodies, requests } = await serveChat(() => answers);
    const asked = ['--url', url, '--model', 'tiny'];
    const cost = await run([...asked, '--cost-only', '--price-sent', '1', '--price-received', '1']);
    expect(cost.out).toMatch(
      /^tiny: 3 requests, about [\d,]+ tokens sent, 1,536 received at most; costs 0\.00 at most\n$/,
    );
    expect(requests).toHaveLength(0);
    const first = await run(asked);
    expect(first.code).toBe(0);
    expect(bodies).toHaveLength(3);
    expect(requests[0].headers.authorization).toBe(`Bearer ${KEY}`);
    const found = await rowsOf(first.at);
    expect(found.map(withoutText)).toEqual(rows.map(withoutText));
    expect(found.filter(({ text }) => text !== null).every((row) => row.source !== null)).toBe(true);
    expect(new Set(found.filter(({ source }) => source).map((row) => row.text_kind))).toEqual(
      new Set(['machine']),
    );
    const { manifest } = openDataset(first.at);
    expect(manifest.machineTexts).toMatchObject({ model: 'tiny', maker: 'endpoint', inputs: 3, failed: 0 });
    expect(manifest.machineTexts?.rows).toBe(rows.filter(({ source }) => source !== null).length);
    expect(first.out).toContain('## Machine-made texts');
    for (const file of ['manifest.json', 'card.md']) {
      expect(readFileSync(join(first.at, file), 'utf8')).not.toContain(KEY);
    }
    const { damage } = await checkCorpus(first.at);
    expect(damage).toEqual([]);
    const again = await run(asked, `run-${runs}`);
    expect(again.err).toBe('');
    expect(bodies).toHaveLength(3);
    const judged = await runCommand(['edc', first.at, '--json', '--limit', '50']);
    expect(JSON.parse(judged.out)).toMatchObject({ n: expect.any(Number) as number });
  });

  it('shows code wherever it lies, keeps texts and takes samples', async () => {
    const { url, bodies } = await serveChat(() => answers);
    const question = join(folder, 'question.txt');
    writeFileSync(question, '{code}');
    const asked = ['--url', url, '--model', 'tiny', '--question', question, '--keep-texts'];
    const some = await run([...asked, '--limit', '2']);
    expect(bodies).toHaveLength(2);
    const two = (await rowsOf(some.at)).filter(({ text_kind }) => text_kind === 'machine');
    const all = await run(asked, `run-${runs}`);
    const found = await rowsOf(all.at);
    const open = rows.filter(({ text }) => text === null);
    const codes = new Map(open.map(({ exact_hash, code }) => [exact_hash, listingOf(code, 0x1000)]));
    const sent = bodies.map(
      (body) => (JSON.parse(body) as { messages: { content: string }[] }).messages[0].content,
    );
    expect(sent.sort()).toEqual([...codes.values()].sort());
    expect(found.filter(({ text_author }) => text_author === 'A')).toHaveLength(
      rows.filter(({ text }) => text !== null).length,
    );
    const texts = new Map(
      found.map((row) => [
        JSON.stringify([row.binary, row.compiler, row.optimization, row.address]),
        row.text,
      ]),
    );
    for (const row of two) {
      expect(texts.get(JSON.stringify([row.binary, row.compiler, row.optimization, row.address]))).toBe(
        row.text,
      );
    }
    expect(openDataset(all.at).manifest.machineTexts).toMatchObject({ keepTexts: true, limit: null });
  });

  it('gets through a server that misbehaves, and asks again for what it did not get', async () => {
    const troubles: Behaviour[] = [
      status(429, { 'retry-after': '0' }),
      (response) => void response.end('{"choices": nonsense'),
      endless,
      drip,
    ];
    const { url } = await serveChat((n) => troubles[n] ?? good(() => '<think>hm</think>'));
    const argv = ['--url', url, '--model', 'tiny', '--jobs', '1', '--patience', '2', '--attempts', '3'];
    const first = await run(argv);
    expect(first.code).toBe(0);
    expect(first.err).toMatch(/1 of 3 inputs were not answered, .* this is no chat endpoint\n$/);
    const { machineTexts } = openDataset(first.at).manifest;
    expect(machineTexts).toMatchObject({ failed: 1, rows: 0 });
    expect(machineTexts!.silent).toBeGreaterThan(0);
    const again = await run(argv, `run-${runs}`);
    expect(again.err).toContain('1 requests');
    expect(openDataset(again.at).manifest.machineTexts).toMatchObject({ failed: 0 });
  }, 30_000);

  it.each([
    [['--model', 'tiny'], 2, '--url and --model expected'],
    [['--url', 'http://127.0.0.1:1/v1', '--model', 'tiny', '--attempts', '1'], 3, 'no question was answered'],
    [
      ['--url', 'http://h/v1', '--model', 'tiny', '--question', 'package.json'],
      2,
      'expected in it, got neither',
    ],
    [['--url', 'http://h/v1', '--model', 'tiny', '-o', dataset], 2, 'over its own texts'],
  ])('refuses %j with %i', async (more, code, message) => {
    const ran = await run(more);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(code);
  });
});

describe('corpus describe as a process', () => {
  const binscribe = buildBinscribe();
  const start = (url: string, place: string): { child: ChildProcess; ended: Promise<number | null> } => {
    const at = join(folder, place);
    const argv = [binscribe, 'corpus', 'describe', dataset, '-o', at, '--cache', `${at}-cache`];
    const asked = ['--url', url, '--model', 'tiny', '--jobs', '1', '--from', 'code'];
    const child = spawn(process.execPath, [...argv, ...asked], { stdio: 'ignore' });
    return { child, ended: new Promise((resolve) => child.once('close', resolve)) };
  };

  it.each([
    ['SIGKILL', null],
    ['SIGINT', 130],
  ] as const)('goes on after %s to the same data set', async (signal, code) => {
    let hangs = true;
    const { url, requests } = await serveChat((n) => (hangs && n >= 3 ? () => undefined : answers));
    const { child, ended } = start(url, signal);
    while (requests.length < 4) await setTimeout(10);
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(existsSync(join(folder, signal))).toBe(false);
    hangs = false;
    expect(await start(url, signal).ended).toBe(0);
    const inputs = new Set(rows.map(({ exact_hash }) => exact_hash)).size;
    // The fourth was asked twice.
    expect(requests).toHaveLength(inputs + 1);
    expect(await start(url, 'unbroken').ended).toBe(0);
    expect(contents(join(folder, signal))).toEqual(contents(join(folder, 'unbroken')));
    expect(readdirSync(folder).filter((name) => name.includes('partial') || name.endsWith('.lock'))).toEqual(
      [],
    );
  });
});
