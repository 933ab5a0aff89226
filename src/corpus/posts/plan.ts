/**
 * First pass over a dump: which questions are wanted, and which answer goes with each. It keeps some numbers a wanted
 * question and nothing of the others.
 */

import type { DumpSource } from './reader.ts';
import { readRows } from './reader.ts';
import { IdTable } from './id-table.ts';
import { ANSWER, postId, QUESTION } from './post.ts';
import type { Row } from './row.ts';
import { parseTags } from './tags.ts';

/** A question, the answer that goes with it, and the bytes of both rows. */
export interface Pair {
  question: number;
  answer: number;
  size: number;
}

export interface JoinPlan {
  /** By the question's id. */
  pairs: Pair[];
  /** What the dump has. */
  posts: number;
  questions: number;
  answers: number;
  /** Bytes of the dump. */
  size: number;
  /** Questions with a wanted tag, those without any answer included. */
  wanted: number;
  /** Pairs whose answer the asker has accepted; the others have the best-scored. */
  accepted: number;
}

/** A growable column of numbers that fit 32 bits, beside an `IdTable`. */
class Column<A extends Int32Array | Uint32Array> {
  private values: A;
  private readonly make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.make = make;
    this.values = make(1024);
  }

  get(index: number): number {
    return index < this.values.length ? this.values[index] : 0;
  }

  set(index: number, value: number): void {
    if (index >= this.values.length) {
      const larger = this.make(2 * Math.max(index, this.values.length));
      larger.set(this.values);
      this.values = larger;
    }
    this.values[index] = value;
  }
}

const unsigned = (): Column<Uint32Array> => new Column((length) => new Uint32Array(length));
const signed = (): Column<Int32Array> => new Column((length) => new Int32Array(length));

/** The wanted questions, and of each the best answer so far. */
class Questions {
  readonly ids = new IdTable();
  readonly acceptedId = unsigned();
  readonly size = unsigned();
  readonly answer = unsigned();
  readonly answerScore = signed();
  readonly answerSize = unsigned();

  /** An accepted answer stays; of the others the best-scored, and the earliest of those. */
  offer(index: number, id: number, score: number, size: number): void {
    const held = this.answer.get(index);
    const accepted = this.acceptedId.get(index);
    if (held !== 0 && held === accepted) return;
    const heldScore = this.answerScore.get(index);
    const isBetter = held === 0 || score > heldScore || (score === heldScore && id < held);
    if (id !== accepted && !isBetter) return;
    this.answer.set(index, id);
    this.answerScore.set(index, score);
    this.answerSize.set(index, size);
  }
}

/** Answers that stand before their question, as merged questions have them. They wait for the end of the pass. */
class EarlyAnswers {
  private count = 0;
  private readonly parent = unsigned();
  private readonly id = unsigned();
  private readonly score = signed();
  private readonly size = unsigned();

  add(parent: number, id: number, score: number, size: number): void {
    this.parent.set(this.count, parent);
    this.id.set(this.count, id);
    this.score.set(this.count, score);
    this.size.set(this.count++, size);
  }

  settle(questions: Questions): void {
    for (let i = 0; i < this.count; i++) {
      const index = questions.ids.find(this.parent.get(i));
      if (index >= 0) questions.offer(index, this.id.get(i), this.score.get(i), this.size.get(i));
    }
  }
}

/**
 * @param tags a question with any of these is wanted
 * @param signal stops the pass
 * @throws BinscribeError of kind `corrupt` for a damaged dump.
 */
export async function planJoin(
  source: DumpSource,
  tags: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<JoinPlan> {
  const questions = new Questions();
  const early = new EarlyAnswers();
  const counts = { posts: 0, questions: 0, answers: 0, size: 0 };
  for await (const rows of readRows(counted(source(), counts), signal)) {
    for (const row of rows) {
      counts.posts++;
      const type = row.integer('PostTypeId');
      if (type === QUESTION) {
        counts.questions++;
        takeQuestion(row, tags, questions);
      } else if (type === ANSWER) {
        counts.answers++;
        takeAnswer(row, questions, early);
      }
    }
  }
  early.settle(questions);
  return { ...pairsOf(questions), ...counts, wanted: questions.ids.size };
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  counts: { size: number },
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    counts.size += chunk.length;
    yield chunk;
  }
}

function takeQuestion(row: Row, tags: ReadonlySet<string>, questions: Questions): void {
  if (!parseTags(row.text('Tags') ?? '').some((tag) => tags.has(tag))) return;
  const index = questions.ids.add(postId(row));
  if (row.integer('AcceptedAnswerId') !== undefined) {
    questions.acceptedId.set(index, postId(row, 'AcceptedAnswerId'));
  }
  questions.size.set(index, row.size);
}

function takeAnswer(row: Row, questions: Questions, early: EarlyAnswers): void {
  const id = postId(row);
  const parent = postId(row, 'ParentId');
  const score = row.integer('Score') ?? 0;
  const index = questions.ids.find(parent);
  if (index >= 0) questions.offer(index, id, score, row.size);
  else if (id < parent) early.add(parent, id, score, row.size);
}

function pairsOf({ ids, answer, acceptedId, size, answerSize }: Questions): {
  pairs: Pair[];
  accepted: number;
} {
  const pairs: Pair[] = [];
  let accepted = 0;
  for (let i = 0; i < ids.size; i++) {
    if (answer.get(i) === 0) continue;
    if (answer.get(i) === acceptedId.get(i)) accepted++;
    pairs.push({ question: ids.id(i), answer: answer.get(i), size: size.get(i) + answerSize.get(i) });
  }
  pairs.sort((a, b) => a.question - b.question);
  return { pairs, accepted };
}
