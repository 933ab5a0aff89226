/** `binscribe edc` on sets whose quality is known, in each form of file; what it says of others' mistakes. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import type { EdcReport } from '../tasks/edc/measure.ts';
import { EMBEDDERS } from '../tasks/edc/embed.ts';
import { EMBEDDER_CHOICES } from './commands/edc.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-edc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const VERBS = ['open', 'close', 'read', 'write', 'copy', 'sort'];
const NOUNS = ['file', 'list', 'string', 'buffer', 'table'];

/** Sentences about functions, and functions that do what they say. */
const PAIRS = VERBS.flatMap((verb) =>
  NOUNS.flatMap((noun) =>
    ['the', 'every'].map((which) => ({
      summary: `${verb} ${which} ${noun} and say so`,
      name: `${verb} ${noun}`,
      meta: { verb },
    })),
  ),
);
const jsonl = (pairs: readonly object[]): string => pairs.map((pair) => JSON.stringify(pair)).join('\n');

async function measure(path: string, ...more: string[]): Promise<EdcReport> {
  const argv = [
    'edc',
    path,
    '--input',
    'name',
    '--output',
    'summary',
    '--resamples',
    '60',
    '--json',
    ...more,
  ];
  const { code, out, err } = await runCommand(argv);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as EdcReport;
}

describe('edc', () => {
  it('tells pairs that belong together from the same ones shuffled', async () => {
    const good = await measure(write('good.jsonl', jsonl(PAIRS)));
    expect(good).toMatchObject({ n: 60, pairs: 1770, verdict: { quality: 'follows' } });
    expect(good.interval[0]).toBeGreaterThan(good.null[1]);
    const shuffled = PAIRS.map((pair, i) => ({
      ...pair,
      summary: PAIRS[(i * 37 + 11) % PAIRS.length].summary,
    }));
    const bad = await measure(write('bad.jsonl', jsonl(shuffled)));
    expect(bad.verdict.quality).not.toBe('follows');
    expect(Math.abs(bad.pearson)).toBeLessThan(0.15);
  });

  it('reads tables of commas and of tabs as it reads lines of JSON', async () => {
    const rows = PAIRS.map(({ name, summary }) => [name, `${summary}, "twice"`]);
    const quoted = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
    const csv = await measure(write('t.csv', ['name,summary', ...quoted].join('\r\n')));
    const tsv = await measure(
      write('t.tsv', ['name\tsummary', ...rows.map((row) => row.join('\t'))].join('\n')),
    );
    const lines = await measure(write('t.jsonl', jsonl(rows.map(([name, summary]) => ({ name, summary })))));
    expect(csv.pearson).toBe(lines.pearson);
    expect(tsv.pearson).toBe(lines.pearson);
  });

  it('gives a figure for each slice, by a field inside an object', async () => {
    const many = [...PAIRS, ...PAIRS.map((pair) => ({ ...pair, meta: { verb: 'other' } }))];
    const { slices, measures } = await measure(write('many.jsonl', jsonl(many)), '--by', 'meta.verb');
    expect(slices).toMatchObject([{ slice: 'other', n: 60 }]);
    expect(measures).toMatchObject({ duplicateInputs: 0.75, duplicateOutputs: 0.5, consistency: 0.5 });
  });

  it('takes vectors, and code in hexadecimal digits', async () => {
    const rows = PAIRS.map((pair, i) => ({
      ...pair,
      name: [Math.cos(i), Math.sin(i), 1],
      code: '4889f8c3'.repeat(1 + (i % 7)),
    }));
    const path = write('vectors.jsonl', jsonl(rows));
    expect(await measure(path)).toMatchObject({ input: { embedder: 'vectors' } });
    const { code, out } = await runCommand([
      'edc',
      path,
      '--input',
      'code',
      '--output',
      'summary',
      '--input-embedder',
      'opcodes',
      '--resamples',
      '5',
      '--json',
    ]);
    expect([code, (JSON.parse(out) as EdcReport).n]).toEqual([0, 60]);
  });

  it('writes a page that text of the file cannot break', async () => {
    const path = write(
      'hostile.jsonl',
      jsonl(PAIRS.map((pair) => ({ ...pair, by: '<img src=x onerror=alert(1)>' }))),
    );
    const report = join(folder, 'report');
    const argv = [
      'edc',
      path,
      '--input',
      'name',
      '--output',
      'summary',
      '--by',
      'by',
      '--resamples',
      '9',
      '-o',
      report,
    ];
    expect((await runCommand(argv)).code).toBe(0);
    const page = readFileSync(`${report}.html`, 'utf8');
    expect(page).toContain('&#60;img');
    expect(page).not.toContain('<img');
    expect(readFileSync(`${report}.md`, 'utf8')).toContain('Embedding Distance Correlation');
  });

  it.each([
    [['none.jsonl'], 3, 'there is no such file'],
    [
      ['good.jsonl', '--output', 'nothing'],
      2,
      'no row has the fields name and nothing: the first row has summary, name, meta',
    ],
    [['broken.jsonl'], 5, 'broken.jsonl:2:'],
    [
      ['good.jsonl', '--input-embedder', 'opcodes'],
      5,
      'item 1: name: machine code in hexadecimal digits expected',
    ],
    [['note.txt'], 4, 'a data set folder or a file'],
  ])('refuses %j with %i', async ([name, ...more], code, message) => {
    write('broken.jsonl', '{"name":"a","summary":"b"}\n{"name":');
    write('note.txt', 'nothing');
    const argv = ['edc', join(folder, name), '--input', 'name', '--output', 'summary', ...more];
    const ran = await runCommand(argv);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(code);
  });

  it('names in its help the embedders that there are', () => {
    expect(EMBEDDER_CHOICES).toEqual([...EMBEDDERS]);
  });
});
