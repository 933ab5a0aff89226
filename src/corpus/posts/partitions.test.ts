import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/packages.ts';
import { rowsOf } from './explanations.ts';
import { IdTable } from './id-table.ts';
import { partitionDump, readPartition, type QuestionAndAnswer } from './partitions.ts';
import { dumpFile, type DumpSource } from './reader.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FIXTURE = dumpFile('test/fixtures/posts/Posts.xml');
const TAGS = new Set(['c', 'c++', 'assembly']);

async function join2(source: DumpSource, name: string, key = 'k'): Promise<QuestionAndAnswer[]> {
  const place = join(folder, name);
  const { firstQuestions } = await partitionDump(source, TAGS, place, key);
  const all: QuestionAndAnswer[] = [];
  for (let i = 0; i < firstQuestions.length; i++) all.push(...(await readPartition(place, i)));
  return all;
}

describe('questions and answers', () => {
  it('are joined: the accepted answer, else the best-scored, else the earlier; also one that stands before', async () => {
    const pairs = await join2(FIXTURE, 'fixture');
    expect(pairs.map(({ question, answer }) => [question.id, answer.id])).toEqual([
      [1, 4],
      [2, 5],
      [9, 8],
    ]);
  });

  it('are counted', async () => {
    const summary = await partitionDump(FIXTURE, TAGS, join(folder, 'counted'), 'k');
    expect(summary).toMatchObject({ posts: 12, questions: 5, answers: 6, wanted: 4, accepted: 1, pairs: 3 });
    expect(summary.size).toBe(readFileSync('test/fixtures/posts/Posts.xml').length);
  });

  it('are not joined again for the same key, and are for another', async () => {
    let passes = 0;
    const source: DumpSource = () => {
      passes++;
      return FIXTURE();
    };
    for (const key of ['a', 'a', 'b']) await partitionDump(source, TAGS, join(folder, 'again'), key);
    expect(passes).toBe(4);
  });

  it('of an unfinished pass are begun anew', async () => {
    // No process has this number: it is above what Linux gives.
    const partial = join(folder, 'killed.partial-4999999-x');
    mkdirSync(partial);
    writeFileSync(join(partial, '00000.xml'), '<posts>half of');
    expect(await join2(FIXTURE, 'killed')).toHaveLength(3);
    expect(existsSync(partial)).toBe(false);
  });

  it('of a damaged dump leave nothing behind', async () => {
    const source: DumpSource = async function* () {
      await Promise.resolve();
      yield Buffer.from('<posts><row Id="1" PostTypeId="1" Tags="|c|" /><row');
    };
    await expect(join2(source, 'damaged')).rejects.toMatchObject({ kind: 'corrupt' });
    expect(readdirSync(folder).filter((name) => name.startsWith('damaged'))).toEqual([]);
  });

  it('are made by two at once, and are there once', async () => {
    const [one, other] = await Promise.all([join2(FIXTURE, 'twice'), join2(FIXTURE, 'twice')]);
    expect(one).toEqual(other);
    expect(one).toHaveLength(3);
    expect(readdirSync(folder).filter((name) => name.startsWith('twice'))).toEqual(['twice']);
  });

  it('stop when they are told to', async () => {
    const place = join(folder, 'stopped');
    await expect(partitionDump(FIXTURE, TAGS, place, 'k', AbortSignal.abort())).rejects.toMatchObject({
      kind: 'interrupted',
    });
    expect(existsSync(place)).toBe(false);
  });
});

it('rows carry author, post, date and licence of both posts, by date where the dump has none', async () => {
  const [first, second] = await join2(FIXTURE, 'rows');
  expect(rowsOf(first)).toEqual([
    {
      question: {
        id: 1,
        authorId: 7,
        authorName: undefined,
        licence: 'CC BY-SA 2.5',
        created: '2010-03-01T10:00:00.000',
        edited: '2012-01-01T00:00:00.000',
        score: 12,
      },
      answer: {
        id: 4,
        authorId: 10,
        authorName: undefined,
        licence: 'CC BY-SA 3.0',
        created: '2011-04-08T00:00:00.000',
        edited: undefined,
        score: 5,
      },
      accepted: true,
      tags: ['c', 'arithmetic'],
      title: 'Adding "two" numbers – naïvely',
      questionText: 'How do I add two numbers in C?',
      answerText: 'Like this:\n\nIt adds.',
      place: 'question',
      block: 0,
      code: 'printf("%d & %d\\n", a << 1, b);',
      language: 'c',
    },
    expect.objectContaining({
      place: 'answer',
      block: 0,
      code: 'int add(int a, int b)\n{\n    return a + b;\n}',
    }),
  ]);
  expect(second.question).toMatchObject({
    authorId: undefined,
    authorName: "user's 'name'",
    licence: 'CC BY-SA 3.0',
  });
  expect(second.question.tags).toEqual(['c++', 'c#']);
  expect(second.answer.licence).toBe('CC BY-SA 4.0');
});

it('a table of ids finds each id and no other', () => {
  const table = new IdTable();
  const map = new Map<number, number>();
  // The generator of MINSTD: ids in no order, some of them twice.
  for (let i = 0, id = 1; i < 20_000; i++, id = (id * 48271) % 2147483647) {
    const key = (id % 60_000) + 1;
    if (!map.has(key)) map.set(key, map.size);
    expect(table.add(key)).toBe(map.get(key));
  }
  expect(table.size).toBe(map.size);
  for (let key = 1; key <= 60_001; key++) expect(table.find(key)).toBe(map.get(key) ?? -1);
});
