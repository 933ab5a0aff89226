/** What a study asks, of which functions, and how answers are scored, on programs compiled here. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, tool } from '../../../test/support/compile.ts';
import { writeDataset } from '../../../test/support/dataset.ts';
import { findFunctions } from '../../binary/functions.ts';
import { openBinary } from '../../binary/open.ts';
import { type Dataset, openDataset } from '../../corpus/dataset.ts';
import { Random } from '../../random.ts';
import { finalText } from './answer.ts';
import { learnTexts } from './baselines.ts';
import { ask, checkQuestion, listingOf, QUESTION } from './question.ts';
import { drawSample } from './sample.ts';
import { figuresOf, scoresOf } from './score.ts';

const folder = mkdtempSync(join(tmpdir(), 'binscribe-texts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `xalloc` and `xcopy` of the test side are those of training, and not marked: a study has to find their texts. */
const UNMARKED = new Set(['rare', 'xalloc', 'xcopy']);
const TEXTS: Record<string, string> = {
  xalloc: 'Allocate memory; abort where there is none.',
  xcopy: 'Copy a string into new memory.',
  hash: 'Hash of a string.',
  compare: 'Hash of a string.',
  rare: 'Count what is rare in S.',
};
let dataset: Dataset;
beforeAll(() => {
  writeDataset(folder, (row) => ({
    ...row,
    text: TEXTS[row.name] ?? null,
    normalized_leak: row.split === 'test' && !UNMARKED.has(row.name),
  }));
  dataset = openDataset(folder);
});

const OPTIONS = { count: 10, seed: 1, mostInstructions: 512 };

describe('drawSample', () => {
  it('takes functions of the test side with a text, each once', async () => {
    const { functions, counts } = await drawSample(dataset, OPTIONS);
    expect(functions.map(({ name }) => name).sort()).toEqual(['rare', 'xalloc', 'xcopy']);
    expect(functions.every(({ row, name, text }) => row.package === 'gamma' && text === TEXTS[name])).toBe(
      true,
    );
    // `hash` in two compilers' builds at four levels, and `compare`.
    expect(counts.leaks).toBe(16);
    expect(counts).toMatchObject({ duplicates: 0, large: 0, functions: 3 });
  });

  it('draws the same again, and begins a larger sample with the smaller one', async () => {
    const three = (await drawSample(dataset, OPTIONS)).functions;
    expect((await drawSample(dataset, OPTIONS)).functions).toEqual(three);
    expect((await drawSample(dataset, { ...OPTIONS, count: 2 })).functions).toEqual(three.slice(0, 2));
    const seeds = await Promise.all(
      [2, 3, 4, 5, 6].map(async (seed) => (await drawSample(dataset, { ...OPTIONS, seed })).functions),
    );
    expect(new Set(seeds.map((drawn) => JSON.stringify(drawn.map(({ row }) => row)))).size).toBeGreaterThan(
      1,
    );
  });

  it('leaves long functions out', async () => {
    const { counts } = await drawSample(dataset, { ...OPTIONS, mostInstructions: 20 });
    expect(counts.large).toBeGreaterThan(0);
  });

  it('says that a data set has no texts', async () => {
    const bare = join(folder, 'bare');
    writeDataset(bare);
    await expect(drawSample(openDataset(bare), OPTIONS)).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('the question', () => {
  it('has the instructions that objdump has, and marks where jumps lead', () => {
    const path = compile(
      'int f(const int *v, int n) { int s = 0; while (n--) s += v[n] > 3 ? v[n] : -s; return s; }',
      {
        compiler: 'gcc-12',
        flags: ['-O1', '-shared', '-fPIC', '-nostdlib', '-fcf-protection=none'],
      },
    );
    const binary = openBinary(readFileSync(path));
    const { address, size } = findFunctions(binary).find(({ symbol }) => symbol === 'f')!;
    const listing = listingOf(binary.memory.slice(address, size), address).split('\n');
    const dump = tool('objdump', '-d', '-Mintel', '--no-show-raw-insn', '--disassemble=f', path);
    const lines = [...dump.matchAll(/^ +([0-9a-f]+):\t(\S+)(.*)$/gm)];
    const opcodes = listing.filter((line) => line.startsWith('  ')).map((line) => line.trim().split(' ')[0]);
    expect(opcodes).toEqual(lines.map(([, , opcode]) => opcode));
    const targets = lines.flatMap(([, , opcode, rest]) =>
      opcode.startsWith('j') ? [`0x${rest.trim().split(' ')[0]}:`] : [],
    );
    expect(targets.length).toBeGreaterThan(1);
    expect(listing).toEqual(expect.arrayContaining(targets));
  });

  it('goes where it is told, whatever the code looks like', () => {
    const [{ content }] = ask("$& {code} $' {code}", Uint8Array.of(0xc3), 0x10);
    expect(content).toBe("$& 0x10:\n  ret $' 0x10:\n  ret");
    expect(ask(QUESTION, Uint8Array.of(0xc3), 0x10)[0].content).toContain('\n0x10:\n  ret\n');
    expect(() => checkQuestion('what is it?', 'q.txt')).toThrow(/q\.txt: \{code\} expected/);
  });
});

describe('baselines', () => {
  it('finds the text of a function that training has in the same build', async () => {
    const training = await learnTexts(dataset, () => undefined);
    // Of alpha and beta, four shared functions each.
    expect(training.counts).toMatchObject({ functions: 8, texts: 3 });
    expect(training.has(TEXTS['rare'])).toBe(false);
    const { functions } = await drawSample(dataset, OPTIONS);
    const said = Object.fromEntries(
      functions.map((fn) => [fn.name, training.answersTo(fn, new Random(1))] as const),
    );
    expect(said['xalloc']['nearest code']).toBe(TEXTS['xalloc']);
    expect(said['xcopy']['nearest code']).toBe(TEXTS['xcopy']);
    expect(said['rare']).toMatchObject({
      'most frequent text': 'Hash of a string.',
      "the function's name": 'rare',
    });
    expect(Object.values(TEXTS)).toContain(said['rare']['random text']);
  });
});

describe('figures', () => {
  /** Of the reference implementations: see FIELD.md of the project, and test/metrics/goldens.json. */
  const REFERENCE = 'returns the sum of two integers';
  const SAID = ['returns the sum of two integers', 'return the sum of integers'];
  const scores = scoresOf([REFERENCE, REFERENCE], SAID);

  it('are means of what the reference implementations give', () => {
    const figures = figuresOf(scores, [0, 1], ['a', 'b'], 1);
    expect(figures['BLEU-4'].mean).toBeCloseTo((1 + 0.4501840284324669) / 2, 12);
    expect(figures.GLEU.mean).toBeCloseTo((1 + 0.3888888888888889) / 2, 12);
    expect(figures.METEOR.mean).toBeCloseTo((0.9976851851851852 + 0.8203389830508474) / 2, 12);
    expect(figures['exact match'].mean).toBe(0.5);
    expect(figures['exact match']).toMatchObject({ low: 0, high: 1 });
  });

  it('draw packages as a whole', () => {
    const { low, high } = figuresOf(scores, [0, 1], ['a', 'a'], 1)['BLEU-4'];
    expect(low).toBe(high);
  });
});

it.each([
  ['<think>\nIt moves.\n</think>\n\nMoves it. ', 'Moves it.'],
  ['<think>It goes on and', ''],
  ['Reads <think> tags.', 'Reads <think> tags.'],
])('takes what a model thinks aloud from %j', (answer, text) => {
  expect(finalText(answer)).toBe(text);
});
