/** `binscribe study datasets` on sets of which the answer is known; a study that was stopped. */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/support/command.ts';
import { compile } from '../../test/support/compile.ts';
import type { StudyReport } from '../tasks/edc/study.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-datasets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);
const words = { input: { embedder: 'words' }, output: { embedder: 'words' } };

const VERBS = ['open', 'close', 'read', 'write', 'copy', 'sort'];
const NOUNS = ['file', 'list', 'string', 'buffer', 'table'];
const PAIRS = VERBS.flatMap((verb) =>
  NOUNS.map((noun) => [`${verb} the ${noun}`, `it will ${verb} ${noun}`]),
);

/** @param name of the list and of what comes out */
function commandFor(name: string, sets: object[]): string[] {
  writeFileSync(at(`${name}.json`), JSON.stringify({ sets }));
  return ['study', 'datasets', at(`${name}.json`), '-o', at(`${name}-out`), '--resamples', '20', '--json'];
}

async function study(name: string, sets: object[]): Promise<StudyReport> {
  const { code, out, err } = await runCommand(commandFor(name, sets));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as StudyReport;
}

describe('study datasets', () => {
  it('puts each set beside its twin, whose outputs belong to nothing', async () => {
    const table = PAIRS.map(([a, b], i) => `${i % 5 === 0 ? 1 : 5}\t${a}\t${i % 5 === 0 ? 'nonsense' : b}`);
    writeFileSync(at('table.csv'), table.join('\n'));
    const set = { rows: 'table.csv', delimiter: '\t', columns: ['score', 'a', 'b'], least: { score: 4 } };
    const { lines } = await study('table', [
      { name: 'table', ...set, input: 'a', output: 'b', embedders: [words] },
    ]);
    expect(lines).toMatchObject([{ set: 'table', whole: { n: 24, verdict: { quality: 'follows' } } }]);
    expect(lines[0].whole.pearson).toBeGreaterThan(0.5);
    expect(Math.abs(lines[0].twin.pearson)).toBeLessThan(0.3);
    expect(readFileSync(at('table-out.md'), 'utf8')).toContain('| table | 24 | 24 |');
  });

  it('two processes do not both write to the journal of one result', async () => {
    const table = PAIRS.map(([a, b]) => `${a}\t${b}`);
    writeFileSync(at('twice.csv'), ['a\tb', ...table].join('\n'));
    const set = { name: 'twice', rows: 'twice.csv', delimiter: '\t', input: 'a', output: 'b' };
    const command = commandFor('twice', [{ ...set, embedders: [words] }]);
    const found = await Promise.all([runCommand(command), runCommand(command)]);
    expect(found.map(({ code }) => code).sort()).toEqual([0, 2]);
    expect(found.map(({ err }) => err).join('')).toContain('makes this result already');
    expect(existsSync(at('twice-out.lock'))).toBe(false);
    expect((await runCommand(command)).code).toBe(0);
  });

  it('divides a field at its first line', async () => {
    const rows = PAIRS.map(([a, b]) => JSON.stringify({ q: { text: `${a}\n${b}\nand more` } }));
    writeFileSync(at('rows.jsonl'), rows.join('\n'));
    const divide = { field: 'q.text', first: 'title', rest: 'body' };
    const set = { rows: 'rows.jsonl', divide, input: 'body', output: 'title', embedders: [words] };
    const { lines } = await study('divided', [{ name: 'divided', ...set }]);
    expect(lines[0]).toMatchObject({
      whole: { n: 30, verdict: { quality: 'follows' } },
      outputLength: [3, 3, 3],
    });
  });

  it('joins the code of a program by the names of its functions', async () => {
    const body = (i: number): string => `int f${i}(int a) { return a ${'+-*^'[i % 4]} ${i + 1}; }`;
    const source = Array.from({ length: 12 }, (_, i) => body(i)).join('\n');
    const alias = 'int g(int) __attribute__((alias("f3")));';
    const path = compile(`${source}\n${alias}`, { compiler: 'gcc-12', flags: ['-shared', '-fPIC', '-O1'] });
    const rows = Array.from(
      { length: 12 },
      (_, i) => `f${i}\t${['adds', 'takes off', 'multiplies', 'ors'][i % 4]} so`,
    );
    writeFileSync(at('names.tsv'), ['function\tsummary', ...rows, 'g\tor so', 'h\tnothing'].join('\n'));
    const code = { input: { embedder: 'opcodes' }, output: { embedder: 'words' } };
    const set = { rows: 'names.tsv', program: { path, key: 'function' }, input: 'code', output: 'summary' };
    const { lines } = await study('joined', [{ name: 'joined', ...set, embedders: [code] }]);
    expect(lines[0].whole).toMatchObject({ n: 13 });
    // One operator is several instructions: of two names for other code it would be near 0.
    expect(lines[0].whole.pearson).toBeGreaterThan(0.25);
  });

  it('goes on where it was stopped, and not with another list', async () => {
    writeFileSync(at('ok.jsonl'), PAIRS.map(([a, b]) => JSON.stringify({ a, b })).join('\n'));
    const set = (name: string, rows: string): object => ({
      name,
      rows,
      input: 'a',
      output: 'b',
      embedders: [words],
    });
    const sets = [set('first', 'ok.jsonl'), set('second', 'late.jsonl')];
    const argv = commandFor('stopped', sets);
    writeFileSync(at('late.jsonl'), '{"a":');
    expect(await runCommand(argv)).toMatchObject({ code: 5, out: '' });
    expect(existsSync(at('stopped-out.partial.jsonl'))).toBe(true);
    writeFileSync(at('late.jsonl'), PAIRS.map(([a, b]) => JSON.stringify({ a, b })).join('\n'));
    const other = await runCommand([...argv, '--seed', '2']);
    expect(other).toMatchObject({ code: 2 });
    // What is done is not measured again: what the journal says of it is taken.
    const journal = at('stopped-out.partial.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"set":"first"', '"set":"known"'));
    const { lines } = await study('stopped', sets);
    expect(lines.map(({ set }) => set)).toEqual(['known', 'second']);
    expect(lines[0].whole).toEqual(lines[1].whole);
    expect(lines[0].inputs).toEqual({
      'ok.jsonl': createHash('sha256')
        .update(readFileSync(at('ok.jsonl')))
        .digest('hex'),
    });
    expect(existsSync(at('stopped-out.partial.jsonl'))).toBe(false);
  });

  it('measures again what was measured of other data', async () => {
    const rows = PAIRS.map(([a, b]) => JSON.stringify({ a, b }));
    const sets = ['changed', 'wrong'].map((name) => ({
      name,
      rows: `${name}.jsonl`,
      input: 'a',
      output: 'b',
      embedders: [words],
    }));
    writeFileSync(at('changed.jsonl'), rows.slice(0, 20).join('\n'));
    writeFileSync(at('wrong.jsonl'), '{"a":');
    expect(await runCommand(commandFor('again', sets))).toMatchObject({ code: 5 });
    for (const { rows: file } of sets) writeFileSync(at(file), rows.join('\n'));
    const { lines } = await study('again', sets);
    expect(lines.map(({ whole }) => whole.n)).toEqual([30, 30]);
  });

  it('leaves out what is not there, and says so', async () => {
    writeFileSync(at('there.jsonl'), PAIRS.map(([a, b]) => JSON.stringify({ a, b })).join('\n'));
    const set = (name: string): object => ({
      name,
      rows: `${name}.jsonl`,
      input: 'a',
      output: 'b',
      embedders: [words],
      reason: 'Phrases.',
      limits: 'What a phrase means.',
    });
    const { code, out, err } = await runCommand(commandFor('some', [set('gone'), set('there')]));
    expect(code).toBe(0);
    expect(err).toContain('gone: left out: there is no ');
    const report = JSON.parse(out) as StudyReport;
    expect(report).toMatchObject({ lines: [{ set: 'there' }], absent: [{ set: 'gone' }] });
    const table = readFileSync(at('some-out.md'), 'utf8');
    expect(table).toContain('- What this does not tell: What a phrase means.');
    expect(table).toContain('## Not measured');
    expect(await runCommand(commandFor('none', [set('gone')]))).toMatchObject({ code: 3 });
  });

  it('reads the posts of a Stack Exchange dump', async () => {
    const post = ([a, b]: string[], i: number): string =>
      `<row Id="${i + 1}" PostTypeId="1" CreationDate="2020-01-01T00:00:00.000" Score="1" Title="${a}" ` +
      `Body="&lt;p&gt;${b}&lt;/p&gt;&lt;pre&gt;&lt;code&gt;int ${a};&lt;/code&gt;&lt;/pre&gt;" />`;
    const answer =
      '<row Id="99" PostTypeId="2" CreationDate="2020-01-01T00:00:00.000" Body="&lt;p&gt;No&lt;/p&gt;" />';
    const rows = [...PAIRS.map(post), answer];
    writeFileSync(at('Posts.xml'), `<?xml version="1.0"?>\n<posts>\n${rows.join('\n')}\n</posts>\n`);
    const set = { name: 'posts', rows: 'Posts.xml', input: 'body', output: 'title', embedders: [words] };
    const { lines } = await study('posts', [set]);
    expect(lines[0]).toMatchObject({
      whole: { n: 30, verdict: { quality: 'follows' } },
      outputLength: [3, 3, 3],
    });
  });
});
