/**
 * Second pass over a dump: the rows of the pairs go to partitions on disk, each a small `Posts.xml` of a range of
 * questions that fits into memory. Their sizes are known from the plan, so a partition never grows beyond its bound,
 * and read one after another they give the pairs by the question's id.
 *
 * A folder of partitions is made beside its place and renamed when it is whole: killed at any instant and run again,
 * the pass begins anew or finds its result. Two processes may do it at once: the first to be done is heard.
 */

import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BinscribeError, describeError } from '../../error.ts';
import { clearAbandoned } from '../workplace.ts';
import { corruptAt } from './corrupt.ts';
import { IdTable } from './id-table.ts';
import { planJoin, type JoinPlan, type Pair } from './plan.ts';
import { postId, readPost, type Post } from './post.ts';
import { dumpFile, readRows, type DumpSource } from './reader.ts';

/** Bytes of a partition's rows. Decoded and paired they take some three times as much memory. */
const PARTITION_SIZE = 16 * 2 ** 20;

/** Bytes that are gathered for a partition before they are written; there are as many buffers as partitions. */
const WRITE_SIZE = 64 * 1024;

/** `plan.json` beside the partitions, without the pairs: these are in the partitions. */
export interface PartitionSummary extends Omit<JoinPlan, 'pairs'> {
  /** What the caller says that decides the result: the dump, the tags. */
  key: string;
  pairs: number;
  /** Questions of each partition: from this id up to the next partition's. */
  firstQuestions: number[];
}

export interface QuestionAndAnswer {
  question: Post;
  answer: Post;
}

/**
 * Two passes over the dump, or none where `folder` holds the result of the same key.
 *
 * @throws BinscribeError of kind `corrupt` for a damaged dump, `unreadable` where the folder cannot be written,
 *   `interrupted` once `signal` is aborted.
 */
export async function partitionDump(
  source: DumpSource,
  tags: ReadonlySet<string>,
  folder: string,
  key: string,
  signal?: AbortSignal,
): Promise<PartitionSummary> {
  const known = readSummary(folder);
  if (known?.key === key) return known;
  let partial: string | undefined;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    const prefix = `${basename(folder)}.partial-`;
    clearAbandoned(dirname(folder), prefix);
    partial = mkdtempSync(join(dirname(folder), `${prefix}${process.pid}-`));
    const { pairs, ...counts } = await planJoin(source, tags, signal);
    const firstQuestions = await writePartitions(source, pairs, partial, signal);
    const summary: PartitionSummary = { key, pairs: pairs.length, firstQuestions, ...counts };
    writeFileSync(join(partial, 'plan.json'), `${JSON.stringify(summary, null, 1)}\n`);
    settle(partial, folder, key);
    return summary;
  } catch (error) {
    if (error instanceof BinscribeError) throw error;
    throw new BinscribeError('unreadable', `${folder}: ${describeError(error)}`, {
      cause: error,
      hint: 'It takes as much space as the wanted questions and their answers have in the dump.',
    });
  } finally {
    if (partial !== undefined) rmSync(partial, { recursive: true, force: true });
  }
}

/** Where another process was faster its result stays: it is the same. */
function settle(partial: string, folder: string, key: string): void {
  const isThere = (): boolean => readSummary(folder)?.key === key;
  if (isThere()) return;
  try {
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } catch (error) {
    if (!isThere()) throw error;
  }
}

/** Undefined where there is no whole folder. */
function readSummary(folder: string): PartitionSummary | undefined {
  const path = join(folder, 'plan.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PartitionSummary) : undefined;
}

/** One partition's pairs, by the question's id. */
export async function readPartition(folder: string, index: number): Promise<QuestionAndAnswer[]> {
  const questions = new Map<number, Post>();
  const answers = new Map<number, Post>();
  for await (const rows of readRows(dumpFile(join(folder, partitionName(index)))())) {
    for (const row of rows) {
      const parent = row.integer('ParentId');
      if (parent === undefined) questions.set(postId(row), readPost(row));
      else answers.set(parent, readPost(row));
    }
  }
  return [...questions]
    .sort(([a], [b]) => a - b)
    .flatMap(([id, question]) => {
      const answer = answers.get(id);
      return answer ? [{ question, answer }] : [];
    });
}

function partitionName(index: number): string {
  return `${String(index).padStart(5, '0')}.xml`;
}

async function writePartitions(
  source: DumpSource,
  pairs: readonly Pair[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  /** Places alternate: those of questions are even, and the answer's follows its question's. */
  const places = new IdTable();
  const partitionOf = new Uint32Array(2 * pairs.length);
  const firstQuestions: number[] = [];
  let room = 0;
  for (const { question, answer, size } of pairs) {
    if (room < size) {
      firstQuestions.push(question);
      room = PARTITION_SIZE;
    }
    room -= size;
    for (const id of [question, answer]) partitionOf[places.add(id)] = firstQuestions.length - 1;
  }
  const files = firstQuestions.map((_, i) => new PartitionFile(join(folder, partitionName(i))));
  try {
    let found = 0;
    for await (const rows of readRows(source(), signal)) {
      for (const row of rows) {
        const place = places.find(postId(row));
        if (place < 0) continue;
        files[partitionOf[place]].write(row.bytes);
        found++;
      }
    }
    // Two passes over what must be one file.
    if (found !== places.size) {
      throw corruptAt(0, `expected the ${places.size} posts of the first pass`, `${found} in the second`);
    }
    for (const file of files) file.end();
  } finally {
    for (const file of files) file.close();
  }
  return firstQuestions;
}

class PartitionFile {
  private readonly file: number;
  private parts: Uint8Array[] = [Buffer.from('<posts>\n')];
  private size = 0;

  constructor(path: string) {
    this.file = openSync(path, 'w');
  }

  write(row: Uint8Array): void {
    // A copy: the row is a view of a chunk, which is much larger.
    this.parts.push(Buffer.from(row), NEW_LINE);
    this.size += row.length;
    if (this.size >= WRITE_SIZE) this.flush();
  }

  end(): void {
    this.parts.push(Buffer.from('</posts>\n'));
    this.flush();
  }

  close(): void {
    closeSync(this.file);
  }

  private flush(): void {
    const all = Buffer.concat(this.parts);
    for (let at = 0; at < all.length;) at += writeSync(this.file, all, at);
    this.parts = [];
    this.size = 0;
  }
}

const NEW_LINE = Buffer.from('\n');
