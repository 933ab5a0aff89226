/** `binscribe study chat` against a server of ours that misbehaves, as a command and as a process that is ended. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MachineText } from '../src/tasks/chat/answer.ts';
import type { ChatReport } from '../src/tasks/chat/study.ts';
import { buildBinscribe } from './support/build.ts';
import { type Behaviour, drip, endless, good, serveChat, status, stopServing } from './support/chat.ts';
import { type Ran, runCommand } from './support/command.ts';
import { writeDataset } from './support/dataset.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-study-'));
const dataset = join(folder, 'dataset');
const TEXTS: Record<string, string> = {
  xalloc: 'Allocate N bytes; abort where there are none.',
  xcopy: 'Copy S into new memory.',
  hash: 'The hash of S, below M.',
  compare: 'Whether A comes before B.',
  rare: 'Count what is rare in S.',
  main: 'Run.',
};
/** Functions of the test side. */
const FUNCTIONS = Object.keys(TEXTS).length;
const KEY = 'sk-0123456789abcdef';
/** What a hostile model may say: a title for the terminal, a picture that tells who reads it, a way out of a table. */
const HOSTILE =
  '\u001b]0;owned\u0007<img src=x>\n\n# heading ![](http://tracker/x.png) | `code`\u202e\u009b31m';

beforeAll(() =>
  writeDataset(dataset, (row) => ({ ...row, text: TEXTS[row.name] ?? null, normalized_leak: false })),
);
afterEach(stopServing);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let runs = 0;
/** Runs the command with a cache and an output of its own. */
async function study(
  more: readonly string[],
  place = `run-${++runs}`,
): Promise<Ran & { report: () => ChatReport; page: () => string; place: string }> {
  const output = join(folder, place);
  const argv = ['study', 'chat', dataset, '--cache', `${output}-cache`, '-o', output, ...more];
  const ran = await runCommand(argv, { env: { BINSCRIBE_CHAT_KEY: KEY } });
  return {
    ...ran,
    place,
    report: () => JSON.parse(readFileSync(`${output}.json`, 'utf8')) as ChatReport,
    page: () => readFileSync(`${output}.md`, 'utf8'),
  };
}

const answers = good((question) => `It has ${question.split('\n').length} lines.`);
const meanOf = ({ sets }: ChatReport, way: string, metric: 'exact match' | 'BLEU-4'): number =>
  sets[0].ways.find((one) => one.way === way)!.figures[metric].mean;

describe('study chat', () => {
  it('asks, scores and saves, and asks nothing again', async () => {
    const { url, requests, bodies } = await serveChat(() => answers);
    const saved = join(folder, 'texts.jsonl');
    const first = await study(['--url', url, '--model', 'tiny', '--save', saved]);
    expect(first.err).toMatch(
      /^asking http:\S+: 6 requests, about [\d,]+ tokens sent, 3,072 received at most\n/,
    );
    expect(first.err).toContain("6 answers, by the server's count 42 tokens sent, 18 received");
    expect(first.code).toBe(0);
    expect(requests).toHaveLength(FUNCTIONS);
    expect(requests[0].headers.authorization).toBe(`Bearer ${KEY}`);
    expect(bodies.every((body) => /:\\n {2}\w+.*"temperature":0/.test(body))).toBe(true);
    // What the data set knows and a stripped program does not.
    expect(bodies.join('')).not.toMatch(/xalloc|xcopy|gamma|rare/);
    const lines = readFileSync(saved, 'utf8').trimEnd().split('\n');
    const texts = lines.map((line) => JSON.parse(line) as MachineText);
    expect(texts).toHaveLength(FUNCTIONS);
    expect(texts[0]).toMatchObject({
      row: { package: 'gamma', binary: 'gamma', address: expect.any(Number) as number },
      origin: 'machine',
      model: 'tiny',
      question: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      answer: expect.stringMatching(/^It has \d+ lines\.$/) as string,
    });
    expect(first.page()).toContain('| answers | **');
    const again = await study(['--url', url, '--model', 'tiny'], first.place);
    expect(again.err).toContain('0 requests');
    expect(again.err).toContain('6 answers are there already');
    expect(again.report()).toEqual(first.report());
    expect(requests).toHaveLength(FUNCTIONS);
  });

  it('scores a model that says what humans said as perfect', async () => {
    const names = new Map<string, string>();
    const { url } = await serveChat(() => good((question) => names.get(question) ?? 'nothing'));
    const saved = join(folder, 'names.jsonl');
    const question = join(folder, 'question.txt');
    writeFileSync(question, '{code}');
    const asked = ['--url', url, '--question', question, '--model'];
    const first = await study([...asked, 'a', '--save', saved]);
    expect(meanOf(first.report(), 'answers', 'exact match')).toBe(0);
    // The requests in the order of the sample, as its lines are.
    const order = readFileSync(saved, 'utf8').trimEnd().split('\n');
    const { url: other, bodies } = await serveChat(() => good(() => 'nothing'));
    await study(['--url', other, '--question', question, '--model', 'b', '--jobs', '1']);
    bodies.forEach((body, i) => {
      const { messages } = JSON.parse(body) as { messages: { content: string }[] };
      names.set(
        messages[0].content,
        `<think>well</think>\n${TEXTS[(JSON.parse(order[i]) as MachineText).name]} `,
      );
    });
    const perfect = await study(['--url', url, '--question', question, '--model', 'c']);
    expect(meanOf(perfect.report(), 'answers', 'exact match')).toBe(1);
    expect(meanOf(perfect.report(), 'answers', 'BLEU-4')).toBe(1);
    expect(perfect.report().bad).toHaveLength(3);
  });

  it('gets through a server that is busy, breaks and talks nonsense', async () => {
    const troubles: Behaviour[] = [
      status(429, { 'retry-after': '0' }),
      (response) => void response.end('{"choices": nonsense'),
      (response) => void response.destroy(),
      status(500),
    ];
    const { url, requests } = await serveChat((n) => troubles[n] ?? answers);
    const { code, report } = await study(['--url', url, '--model', 'tiny', '--jobs', '4']);
    expect(code).toBe(0);
    expect(report().failures).toEqual([]);
    expect(requests).toHaveLength(FUNCTIONS + troubles.length);
  });

  it('lists the questions that failed, and judges the others', async () => {
    const troubles: Behaviour[] = [
      endless,
      drip,
      (response) => void response.writeHead(400).end(`\u001b[31mtoo long\u202e for ${KEY}`),
    ];
    const { url } = await serveChat((n) => troubles[n] ?? answers);
    const argv = ['--url', url, '--model', 'tiny', '--jobs', '1', '--attempts', '1', '--patience', '10'];
    const { code, err, report, page } = await study(argv);
    expect(code).toBe(0);
    expect(err).toContain('3 questions were not answered and are in no figure');
    expect(report().failures.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('this is no chat endpoint'),
      expect.stringContaining('no answer within 10 s'),
      expect.stringContaining('status 400: \\x1b[31mtoo long\\u{202e} for [key]'),
    ]);
    expect(report().sets[0].count).toBe(FUNCTIONS - 3);
    expect(page()).toContain('## Not answered: 3 of 6');
    // What failed is not remembered.
    const again = await study(argv, `run-${runs}`);
    expect(again.err).toContain('3 requests');
    expect(again.report().failures).toEqual([]);
  });

  it('shows what a hostile model says as harmless text', async () => {
    const { url } = await serveChat(() => good(() => HOSTILE));
    const { out, report, page } = await study(['--url', url, '--model', 'a|`b`\u001b[2J']);
    for (const shown of [out, page(), JSON.stringify(report())]) {
      expect(shown.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    }
    const lines = page().split('\n');
    const foreign = lines.filter((line) => /owned|tracker|heading|a_/.test(line));
    expect(foreign.length).toBeGreaterThan(3);
    expect(foreign.every((line) => line.startsWith('    '))).toBe(true);
  });

  it('writes the key nowhere', async () => {
    const { url } = await serveChat(() => good(() => `You sent ${KEY}.`));
    const { out, err, place } = await study(['--url', url, '--model', 'tiny', '--json']);
    const written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith(place) && /json|md|[0-9a-f]{64}$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(written.length).toBeGreaterThan(FUNCTIONS);
    expect([out, err, ...written].filter((text) => text.includes(KEY))).toEqual([]);
  });

  it('says what it would take, and asks nothing', async () => {
    const { url, requests } = await serveChat(() => answers);
    const prices = ['--price-sent', '2', '--price-received', '10'];
    const some = await study(['--url', url, '--model', 'tiny', '--functions', '2']);
    const { out } = await study(
      ['--url', url, '--model', 'tiny', '--cost-only', '--json', ...prices],
      some.place,
    );
    const cost = JSON.parse(out) as Record<string, number>;
    expect(cost).toMatchObject({ requests: FUNCTIONS - 2, received: (FUNCTIONS - 2) * 512 });
    expect(cost['cost']).toBeCloseTo((cost['sent'] * 2 + cost['received'] * 10) / 1e6, 12);
    expect(requests).toHaveLength(2);
    const nobody = await study(['--cost-only']);
    expect(nobody.out).toMatch(/^6 requests, about [\d,]+ tokens sent, 3,072 received at most\n$/);
  });

  it('gives the baselines without anybody', async () => {
    const { code, report, page } = await study(['--baselines-only']);
    expect(code).toBe(0);
    expect(report().asked).toBeNull();
    expect(report().sets.map(({ functions, count }) => [functions, count])).toEqual([
      ['all', FUNCTIONS],
      ['whose text no training function has', 1],
    ]);
    // Four of six are functions that training has in the same build, with the same texts; so is `main`'s text.
    expect(meanOf(report(), 'nearest code', 'exact match')).toBeGreaterThanOrEqual(4 / 6);
    expect(page()).toContain('No model was asked');
  });

  it.each([
    [['--model', 'tiny'], 2, '--url and --model expected'],
    [['--url', 'ftp://host/v1', '--model', 'tiny'], 2, 'an address as http://HOST:PORT/v1 expected'],
    [['--url', 'http://me:hunter2@host/v1', '--model', 'tiny'], 2, 'without user, password'],
    [['--url', 'http://host/v1', '--model', 'tiny', '--price-sent', '1'], 2, 'expected together'],
    [['--url', 'http://host/v1', '--model', 'tiny', '--price-sent', '-1'], 2, 'a number, 0 or above'],
    [
      ['--url', 'http://host/v1', '--model', 'tiny', '--question', '/none'],
      3,
      '/none: there is no such file',
    ],
    [['--url', 'http://127.0.0.1:1/v1', '--model', 'tiny', '--attempts', '1'], 3, 'no question was answered'],
  ])('refuses %j with %i', async (more, code, message) => {
    const ran = await study(more);
    expect(ran.err).toContain(message);
    expect(ran.err).not.toContain('hunter2');
    expect(ran.code).toBe(code);
  });
});

describe('study chat as a process', () => {
  const binscribe = buildBinscribe();
  const start = (
    url: string,
    place: string,
  ): { child: ChildProcess; ended: Promise<[number | null, string]> } => {
    const paths = ['--cache', join(folder, `${place}-cache`), '-o', join(folder, place)];
    const argv = [
      binscribe,
      'study',
      'chat',
      dataset,
      '--url',
      url,
      '--model',
      'tiny',
      '--jobs',
      '2',
      ...paths,
    ];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = new Promise<[number | null, string]>((resolve) =>
      child.once('close', (code) => resolve([code, err])),
    );
    return { child, ended };
  };
  const kept = (place: string): number =>
    existsSync(join(folder, `${place}-cache`))
      ? readdirSync(join(folder, `${place}-cache`), { recursive: true, encoding: 'utf8' }).filter((name) =>
          /[0-9a-f]{64}$/.test(name),
        ).length
      : 0;

  it.each([
    ['SIGKILL', null],
    ['SIGINT', 130],
  ] as const)('goes on after %s where it was', async (signal, code) => {
    // The fourth question is never answered, until the study is begun again.
    let hangs = true;
    const { url, requests } = await serveChat((n) => (hangs && n >= 3 ? () => undefined : answers));
    const { child, ended } = start(url, signal);
    while (kept(signal) < 3 || requests.length < 5) await setTimeout(10);
    child.kill(signal);
    const [ended1, err] = await ended;
    expect(ended1).toBe(code);
    if (signal === 'SIGINT') expect(err).toContain('stopped after 3 of 6 questions');
    hangs = false;
    const before = requests.length;
    const [ended2] = await start(url, signal).ended;
    expect(ended2).toBe(0);
    expect(requests.length - before).toBe(FUNCTIONS - 3);
    const report = JSON.parse(readFileSync(join(folder, `${signal}.json`), 'utf8')) as ChatReport;
    expect(report.sets[0].count).toBe(FUNCTIONS);
  });

  it('gives up a server that drips, whatever is collected as garbage meanwhile', async () => {
    const { url } = await serveChat(() => drip);
    const client = pathToFileURL(join(dirname(binscribe), '../chat/client.js'));
    // Three times, since the first request of a process keeps its signal by chance.
    const script = `
      import { ask } from '${client.href}';
      const collecting = setInterval(gc, 20);
      const options = { url: '${url}', model: 'tiny', patience: 300, attempts: 1, signal: new AbortController().signal };
      for (let i = 0; i < 3; i++) await ask([], options).catch((error) => console.log(error.message));
      clearInterval(collecting);`;
    const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 30_000,
    });
    let out = '';
    for await (const part of child.stdout.setEncoding('utf8')) out += part as string;
    expect(out.match(/no answer within 0.3 s/g)).toHaveLength(3);
  });
});
