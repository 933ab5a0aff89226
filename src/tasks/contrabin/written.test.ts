/** Sides of what is written, what is given beside the code, and the choice among candidates. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeDataset } from '../../../test/support/dataset.ts';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { smoothedBleu4 } from '../../metrics/text/bleu.ts';
import { RandomStream } from '../../nn/random.ts';
import { firstInstructions } from '../../tokens/assembly.ts';
import { Bpe, SPECIAL } from '../../tokens/bpe/bpe.ts';
import { saidIn } from '../../tokens/said.ts';
import type { Candidate } from './candidates.ts';
import { type Choice, learnChoice, mostAgreed, ranked } from './choice.ts';
import { hintTokens } from './hints.ts';
import { bodyOf, byOpcodePairs, byWords } from './neighbours.ts';
import { likest, renamed } from './source-checks.ts';
import { CLOSENESS, textColumns, verdictOf } from './written.ts';
import { collectWritten, type WrittenSides } from './written-sides.ts';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DATA = {
  datasets: [join(root, 'set')],
  tested: [join(root, 'set')],
  column: 'source',
  validation: ['beta'],
  chosen: 10,
  judged: 10,
} as const;

describe('functions to write of', () => {
  let sides: WrittenSides;
  beforeAll(async () => {
    writeDataset(join(root, 'set'), (row) => ({
      ...row,
      source: `int ${row.name}() {\n\t// of   it\n\treturn/**/"/* ${row.package} */";\n}`,
      lifted: row.name === 'main' ? null : 'int func0(void)\n{\n    return 0; // x\n}\n',
      text: row.name,
      text_kind: 'name',
    }));
    sides = await collectWritten(DATA);
  });

  it('are judged in one build each, and by code that training has not', () => {
    const { training, validation, test, trainingFunctions } = sides;
    expect([...new Set(training.map(({ package: from }) => from))]).toEqual(['alpha']);
    expect(trainingFunctions).toBe(5);
    expect(training.length).toBeGreaterThan(20);
    // What the packages share has the same code: it is left of beta what beta alone has, and main.
    for (const side of [validation, test]) expect(new Set(side.map(({ id }) => id)).size).toBe(side.length);
    const codes = new Set(training.map(({ normalizedHash }) => normalizedHash));
    expect([...validation, ...test].filter(({ normalizedHash }) => codes.has(normalizedHash))).toEqual([]);
    expect(test.map(({ text }) => text)).toContain('int rare() {\nreturn "/* gamma */";\n}');
  });

  it('have what rules make of them, without what no code tells', () => {
    for (const { id, lifted } of [...sides.training, ...sides.test]) {
      expect(lifted, id).toBe(id.includes('main') ? null : 'int func0(void)\n{\nreturn 0;\n}');
    }
  });

  it('are a part of those that a larger number draws', async () => {
    const fewer = await collectWritten({ ...DATA, judged: 1 });
    expect(fewer.test).toEqual(sides.test.slice(0, 1));
  });

  it('are learned from in part, and judged as if in whole', async () => {
    const some = await collectWritten({ ...DATA, share: 0.5 });
    expect([some.validation, some.test]).toEqual([sides.validation, sides.test]);
    expect(some.trainingFunctions).toBeGreaterThan(0);
    expect(some.trainingFunctions).toBeLessThan(sides.trainingFunctions);
    // In all their builds.
    const drawn = new Set(some.training.map(({ id }) => id));
    expect(drawn.size).toBe(some.trainingFunctions);
    expect(some.training).toEqual(sides.training.filter(({ id }) => drawn.has(id)));
    const fewer = await collectWritten({ ...DATA, share: 0.3 });
    expect(some.training).toEqual(expect.arrayContaining([...fewer.training]));
  });

  it('have no summary where a text is a name', async () => {
    const { training, test } = await collectWritten({ ...DATA, column: 'text' });
    expect([training, test]).toEqual([[], []]);
  });

  it('are of the builds that are asked for, and of a drawn share of packages', async () => {
    const { training } = await collectWritten({ ...DATA, builds: ['gcc-12 O1'], validation: 0.001 });
    expect(new Set(training.map(({ build }) => `${build.compiler} ${build.level}`))).toEqual(
      new Set(['gcc-12 O1']),
    );
    expect(new Set(training.map(({ package: from }) => from))).toEqual(new Set(['alpha', 'beta']));
  });

  it.each([
    ['opcode pairs', byOpcodePairs],
    ['pairs and words', byWords],
  ])('are given texts of other packages, as those that were never seen: by %s', async (_, indexed) => {
    const { training } = await collectWritten({ ...DATA, validation: ['nobody'] });
    const index = indexed(training);
    for (const one of training) {
      const wanted = { assembly: one.assembly, body: bodyOf(one) };
      const [own] = index.nearest(wanted, 1);
      expect(own.similarity).toBeCloseTo(1, 5);
      const codes = training.filter(({ package: from }) => from === one.package);
      const hashes = new Set(codes.map(({ normalizedHash }) => normalizedHash));
      const others = index.nearest({ ...wanted, passedOver: one.package }, 20);
      const seen = new Set(
        training.filter(({ normalizedHash }) => !hashes.has(normalizedHash)).map(({ text }) => text),
      );
      expect(others.filter(({ text }) => !seen.has(text))).toEqual([]);
    }
  });
});

describe('what is given beside the code', () => {
  it('is what the code says, numbers as people write them but for those of the stack', () => {
    const assembly = [
      'sub rsp, 0x28',
      'mov eax, 0x7',
      'cmp dword [rbp-0x14], -0x1',
      'mov ecx, [rax+0x10]',
      'and eax, 0xff',
      'imul rax, rcx, 0x7',
      'lea rdi, ["a \\"b\\""]',
      'call puts',
      'call function',
      'call rax',
      'mulsd xmm0, qword [0.5]',
      'jle .2',
    ];
    const said = (numbers: boolean): string => saidIn(assembly.join('\n'), { numbers });
    expect(said(true)).toBe('7 -1 255 0xff "a \\"b\\"" puts 0.5');
    // Of a summary words alone.
    expect(said(false)).toBe('"a \\"b\\"" puts');
  });

  it('is what the code says and the nearest texts one after another, as far as there is room', () => {
    const bpe = new Bpe({ cut: 'words', merges: [] });
    const found = ['abc', 'de', 'fgh'].map((text) => ({ text, similarity: 1 }));
    const read = (
      column: 'text' | 'source',
      longest: number,
      { lifted = null, count = 2 }: { lifted?: string | null; count?: number } = {},
    ): string[] => {
      const code = { assembly: 'mov eax, 0x5\ncall puts', lifted };
      const tokens = hintTokens(code, found, bpe, { column, count, longest });
      expect(tokens.length).toBeLessThanOrEqual(longest);
      return tokens.map((token) => (token === SPECIAL.end ? '|' : bpe.decode([token])));
    };
    expect(read('text', 100).join('')).toBe('puts|abc|de|');
    expect(read('text', 10).join('')).toBe('puts|abc|d');
    expect(read('text', 100, { count: 0 }).join('')).toBe('puts|');
    expect(read('source', 100).join('')).toBe('5 puts|abc|de|');
    // A draft by rules stands before them, and leaves them a third of the room.
    expect(read('source', 100, { lifted: 'int x;' }).join('')).toBe('5 puts|int x;|abc|de|');
    expect(read('text', 100, { lifted: 'int x;' }).join('')).toBe('puts|abc|de|');
    expect(read('source', 18, { lifted: 'x'.repeat(50) }).join('')).toBe('5 puts|xxxx|abc|de');
    expect(read('source', 18, { lifted: 'x'.repeat(50), count: 0 }).join('')).toBe(
      `5 puts|${'x'.repeat(10)}|`,
    );
  });

  it('is no more of the code than the first 512 instructions', () => {
    const lines = Array.from({ length: 600 }, (_, i) =>
      i % 100 === 50 ? [`.${i}:`, 'nop'] : ['nop'],
    ).flat();
    const first = firstInstructions(lines.join('\n')).split('\n');
    expect(first.filter((line) => line === 'nop')).toHaveLength(512);
    expect(firstInstructions('nop\n.1:\nret')).toBe('nop\n.1:\nret');
  });
});

const candidate = (text: string, facts: Partial<Candidate> = {}): Candidate => ({
  text,
  from: 'written',
  likelihood: 0,
  similarity: null,
  likeness: null,
  ...facts,
});

const choiceOf = (candidates: readonly Candidate[]): Choice => ({ candidates, instructions: 20 });

describe('the choice among candidates', () => {
  const random = new RandomStream(1, 'candidates');
  const WORDS = 'opens a file and reads all of its lines into one list'.split(' ');
  /** A text in which some words are others. */
  const spoiled = (count: number): string =>
    WORDS.map((word, i) => (i < count ? `${word}${random.below(1000)}` : word)).join(' ');
  const REFERENCE = WORDS.join(' ');

  /** Lists in which a fact tells how good a text is, but for what a function's candidates have in common. */
  const listsBy = (fact: (spoils: number, offset: number) => Partial<Candidate>): Candidate[][] =>
    Array.from({ length: 40 }, () => {
      const offset = random.below(100);
      return Array.from({ length: 4 }, () => {
        const spoils = random.below(10);
        return candidate(spoiled(spoils), fact(spoils, offset));
      });
    });

  const shareRight = (lists: readonly Candidate[][], weights: readonly number[]): number => {
    const worth = (one: Candidate): number => smoothedBleu4(REFERENCE, one.text);
    const right = lists.filter((list) => {
      const [best] = ranked(choiceOf(list), weights, smoothedBleu4);
      return worth(best) > Math.max(...list.map(worth)) - 1e-9;
    });
    return right.length / lists.length;
  };

  it.each([
    ['likelihood', (spoils: number, offset: number) => ({ likelihood: -offset - spoils })],
    ['likeness', (spoils: number) => ({ likeness: 1 / (1 + spoils) })],
    ['way in which it was made', (spoils: number) => ({ from: spoils < 5 ? 'lifted' : 'written' }) as const],
  ])('goes by the %s where that tells it', (_, fact) => {
    const [training, test] = [listsBy(fact), listsBy(fact)];
    const weights = learnChoice(
      training.map(choiceOf),
      training.map(() => REFERENCE),
      smoothedBleu4,
    );
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(shareRight(test, weights)).toBeGreaterThan(0.85);
    // By the same facts where they tell nothing, the order is that of the candidates.
    const nothing = weights.map(() => 0);
    expect(ranked(choiceOf(test[0]), nothing, smoothedBleu4)).toEqual(test[0]);
  });

  it('learns which length code of some length has', () => {
    // Twice as many letters as instructions are right; no word is, so that all that counts is how short a text is.
    const choices = Array.from({ length: 60 }, () => {
      const instructions = 10 + random.below(60);
      const lengths = [0.3, 1, 2, 6, 9].map((factor) => Math.round(factor * instructions));
      const candidates = lengths.map((length) => candidate('a b '.repeat(length).slice(0, length)));
      return { candidates, instructions, reference: candidates[2].text };
    });
    const weights = learnChoice(
      choices.slice(30),
      choices.slice(30).map(({ reference }) => reference),
      smoothedBleu4,
    );
    const right = choices
      .slice(0, 30)
      .filter((choice) => ranked(choice, weights, smoothedBleu4)[0] === choice.candidates[2]);
    expect(right.length).toBeGreaterThan(25);
  });

  it('finds the weights that the facts were made with', () => {
    // Texts of one length and of one word each agree in nothing: what is left is likelihood and likeness, by hand.
    const lists = Array.from({ length: 30 }, (_, i) =>
      [0, 1, 2].map((k) => candidate(`w${i}${k}`, { likelihood: ((i * 7 + k * 5) % 11) / 11 })),
    );
    const references = lists.map((list) => list[1].text);
    const weights = learnChoice(lists.map(choiceOf), references, smoothedBleu4);
    // Least squares of one variable: covariance over variance, within lists.
    let [covariance, variance] = [0, 0];
    for (const [i, list] of lists.entries()) {
      const x = list.map(({ likelihood }) => likelihood);
      const y = list.map(({ text }) => smoothedBleu4(references[i], text));
      const [mx, my] = [x, y].map((values) => values.reduce((a, b) => a + b, 0) / 3);
      x.forEach((value, k) => {
        covariance += (value - mx) * (y[k] - my);
        variance += (value - mx) ** 2;
      });
    }
    expect(weights[0]).toBeCloseTo(covariance / variance, 2);
  });

  it('knows the text that the others agree with', () => {
    const agreed = (list: readonly Candidate[]) => mostAgreed(list, smoothedBleu4);
    const texts = ['reads a line of a file', 'reads a line of the file', 'closes all sockets now'];
    expect(agreed(texts.map((text) => candidate(text))).text).toBe(texts[0]);
    expect(agreed([candidate('alone')]).text).toBe('alone');
  });
});

it('judges names by the words that they consist of, in any order', () => {
  const columns = textColumns(
    'name',
    ['free list', 'xmalloc', 'read line'],
    ['list free', 'xmalloc', 'line of text'],
    [0, 1, 1],
  );
  expect(Object.keys(columns)).toEqual([
    'token F1',
    'precision of tokens',
    'recall of tokens',
    'exact match',
  ]);
  const values = Object.values(columns).map((column) => Array.from(column.values));
  // One of three words is right, and one of two told.
  const [third, half] = [1 / 3, 1 / 2];
  expect(values).toEqual([
    [1, 1, (2 * third * half) / (third + half)],
    [1, 1, third],
    [1, 1, half],
    [0, 1, 0],
  ]);
  expect(CLOSENESS.name('free list', 'list free')).toBe(1);
});

describe('source that was chosen', () => {
  it('is what compiles to the likest code, or else the first of the order', () => {
    const list = [candidate('a'), candidate('b', { likeness: 0.5 }), candidate('c', { likeness: 0.5 })];
    expect(likest(list).text).toBe('b');
    expect(likest(list.toReversed()).text).toBe('c');
    expect(likest(list.slice(0, 1)).text).toBe('a');
  });

  it('is called what its test calls it', () => {
    const text =
      'static int one(int a) { return a; }\nint two(int one2) { return one(two_(one2)) + two(1); }';
    expect(renamed(text, 'func0')).toBe(
      'static int one(int a) { return a; }\nint func0(int one2) { return one(two_(one2)) + func0(1); }',
    );
    expect(renamed('no function', 'func0')).toBe('no function');
  });
});

it('a verdict has means with intervals over clusters, and the items of its first figure', () => {
  const { figures, items, intervals } = verdictOf({
    first: { values: [1, 0, 1, 1], clusters: [0, 0, 1, 1] },
    other: { values: [0.5, 0.5], clusters: [0, 1] },
  });
  expect(figures).toEqual({ first: 0.75, other: 0.5 });
  expect(items).toEqual([1, 0, 1, 1]);
  // Two clusters, of means 1/2 and 1: both ends are drawn often.
  expect(intervals).toEqual({ first: { low: 0.5, high: 1 }, other: { low: 0.5, high: 0.5 } });
});
