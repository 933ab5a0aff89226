/** `binscribe edc` on sets whose quality is known, in each form of file; what it says of others' mistakes. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { writeDataset } from '../../test/support/dataset.ts';
import type { FunctionAnswer, Model } from '../models/model.ts';
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

const openAnswer = (): FunctionAnswer => ({
  names: [],
  compiler: null,
  optimization: null,
  arguments: null,
  neighbours: [],
  abstained: [],
});

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
    expect(measures).toMatchObject({
      duplicateInputs: { exact: 0.75, normalized: 0.75 },
      duplicateOutputs: { exact: 0.5, normalized: 0.5 },
      consistency: { outputs: { items: 120, share: 0.5 } },
    });
  });

  it('slices by the length of the outputs', async () => {
    const longer = PAIRS.map((pair) => ({ ...pair, summary: `${pair.summary}, whatever it costs` }));
    const { slices } = await measure(write('lengths.jsonl', jsonl([...PAIRS, ...longer])));
    expect(slices).toMatchObject([
      { by: 'length of the output', slice: '6 words', n: 60 },
      { by: 'length of the output', slice: '9 words', n: 60 },
    ]);
  });

  it('has the older measures', async () => {
    // Two equal inputs of which the outputs differ in case alone, and names in more; a word that only tests have.
    const rows = [
      { code: '90c3', text: 'Returns.', name: 'a', split: 'train' },
      { code: 'c3', text: 'returns', name: 'b', split: 'train' },
      { code: '31c0c3', text: 'Returns zero', name: 'c', split: 'train' },
      { code: '31c0c390', text: 'Returns nothing', name: 'c', split: 'test' },
    ];
    const argv = ['--input', 'code', '--output', 'text', '--input-embedder', 'opcodes'];
    const { measures } = await measure(write('older.jsonl', jsonl(rows)), ...argv);
    expect(measures).toEqual({
      duplicateInputs: { exact: 0, normalized: 0.5 },
      duplicateOutputs: { exact: 0, normalized: 0.25 },
      consistency: { outputs: { items: 4, share: 0.75 }, names: { items: 4, share: 0.75 } },
      vocabulary: {
        words: 3,
        repeated: 4 / 6,
        coverage: { share: 0.5, testTexts: 1, trainingTexts: 3, drawn: false },
      },
      outputLength: [1, 2, 2],
    });
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

  it('embeds by a function encoder, which a folder names', async () => {
    const rows = PAIRS.map((pair, i) => ({ ...pair, name: '4889f8c3'.repeat(1 + (i % 7)) }));
    const path = write('encoder.jsonl', jsonl(rows));
    const asked: (string | undefined)[] = [];
    const answer: Model['answer'] = ({ functions }) =>
      Promise.resolve(
        functions.map(({ code }) => ({ ...openAnswer(), vector: Float32Array.of(1, code.length, 0) })),
      );
    const openModel = (dir: string | undefined): Promise<Model> => {
      asked.push(dir);
      return Promise.resolve({ card: { id: 'stub', description: '' }, answer });
    };
    const argv = ['edc', path, '--input', 'name', '--output', 'summary', '--resamples', '5', '--json'];
    const model = ['--input-embedder', 'encoder', '--input-model', 'dir'];
    const { code, out } = await runCommand([...argv, ...model], { openModel });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ input: { embedder: 'encoder', model: 'dir' }, n: 60 });
    expect(asked).toEqual(['dir']);
  });

  it('embeds by a folder of sentence-transformers', async () => {
    const model = 'test/nn/import/sentences/mean';
    const { output, pearson } = await measure(write('good.jsonl', jsonl(PAIRS)), '--output-model', model);
    expect(output).toEqual({ field: 'summary', embedder: 'sentences', model });
    expect(pearson).toBeGreaterThan(0.1);
  });

  it('writes items to rate and takes them back', async () => {
    const hostile = { name: '=cmd()', summary: 'a\u001b[31m "b"\nc', meta: { verb: 'open' } };
    const path = write('rate.jsonl', jsonl([...PAIRS, hostile]));
    const argv = ['edc', path, '--input', 'name', '--output', 'summary', '--by', 'meta.verb'];
    const sent = join(folder, 'rate.csv');
    const told = await runCommand([...argv, '--rate', '30', '-o', sent]);
    expect(told).toMatchObject({ code: 0, err: '' });
    const [title, ...lines] = readFileSync(sent, 'utf8').trimEnd().split('\r\n');
    expect(title).toContain('"id","slice","code","text","rating_1');
    expect(lines).toHaveLength(30);
    // A slice has its share: 10 or 11 of 61 items, of which 30 were drawn.
    const verbs = lines.map((line) => line.split(',')[1]);
    for (const verb of VERBS) {
      expect(Math.abs(verbs.filter((one) => one === `"${verb}"`).length - 5)).toBeLessThan(2);
    }
    // One rater answers in a spreadsheet of semicolons, the other in JSON lines.
    const ann = lines.map((line, i) => `${line.split(',')[0]};${verbs[i]};${1 + (i % 5)};`);
    const bob = lines.map((line, i) => ({
      id: line.split(',')[0].slice(1, -1),
      slice: verbs[i].slice(1, -1),
      rating: i === 0 ? null : 1 + (i % 5),
    }));
    const files = [
      write('ann.csv', ['id;slice;rating_1 (1 not at all);rating_2', ...ann].join('\r\n')),
      write('bob.jsonl', jsonl(bob)),
    ];
    const back = ['--ratings', files[0], '--ratings', files[1]];
    const { ratings } = await measure(path, '--by', 'meta.verb', ...back);
    expect(ratings).toMatchObject({
      raters: 2,
      items: 30,
      mean: { value: 3 },
      kappa: { plain: { value: 1 }, weighted: { value: 1 } },
      alpha: { value: 1 },
    });
    expect(ratings!.slices.map(({ slice }) => slice)).toEqual([...VERBS].sort());
    const other = await runCommand([...argv.with(1, write('good.jsonl', jsonl(PAIRS.slice(9)))), ...back]);
    expect(other).toMatchObject({ code: 2 });
    expect(other.err).toContain('is of another set');
    write('ann.csv', ['id;slice;rating_1', ...ann].join('\r\n').replace(/;1;/, ';9;'));
    expect(await runCommand([...argv, ...back])).toMatchObject({ code: 5 });
  });

  it('tells of a spreadsheet nothing that it would run', async () => {
    const hostile = PAIRS.map((pair) => ({ ...pair, name: '=cmd()', summary: '\u001b[31m@"b"\nc' }));
    const sent = join(folder, 'hostile.csv');
    const argv = ['edc', write('h.jsonl', jsonl(hostile)), '--input', 'name', '--output', 'summary'];
    expect((await runCommand([...argv, '--rate', '1', '-o', sent])).code).toBe(0);
    expect(readFileSync(sent, 'utf8')).toMatch(/,"'=cmd\(\)","\uFFFD\[31m@""b""\nc",,,\r\n$/);
  });

  it('knows the fields of a data set', async () => {
    const dataset = join(folder, 'dataset');
    writeDataset(dataset);
    const { code, out } = await runCommand([
      'edc',
      dataset,
      '--output',
      'name',
      '--resamples',
      '5',
      '--json',
    ]);
    expect(code).toBe(0);
    const report = JSON.parse(out) as EdcReport;
    expect(report).toMatchObject({ input: { field: 'code', embedder: 'opcodes' } });
    expect(new Set(report.slices.map(({ by }) => by))).toContain('package');
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
    expect(page).toContain('&lt;img');
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
    [['wide.jsonl'], 4, 'name: vectors of 5000 numbers; at most 4096 expected'],
    [['good.jsonl', '--output-embedder', 'sentences'], 2, 'summary: the embedder sentences needs a folder'],
    [['good.jsonl', '--rate', '5'], 2, '-o FILE.csv or FILE.jsonl expected'],
    [['good.jsonl', '--ratings', 'none.csv'], 3, 'none.csv: there is no such file'],
  ])('refuses %j with %i', async ([name, ...more], code, message) => {
    write('broken.jsonl', '{"name":"a","summary":"b"}\n{"name":');
    write('note.txt', 'nothing');
    write('wide.jsonl', jsonl(PAIRS.map((pair) => ({ ...pair, name: Array<number>(5000).fill(1) }))));
    const argv = ['edc', join(folder, name), '--input', 'name', '--output', 'summary', ...more];
    const ran = await runCommand(argv);
    expect(ran.err).toContain(message);
    expect(ran.code).toBe(code);
  });

  it('names in its help the embedders that there are', () => {
    expect(EMBEDDER_CHOICES).toEqual([...EMBEDDERS]);
  });
});
