/** A dump read as an import reads it, without compiling: speed, and the memory of this process, which should do nothing else. */

import { statSync } from 'node:fs';
import { fileHash } from '../../src/corpus/hash.ts';
import { dumpFile, partitionDump, readPartition, rowsOf } from '../../src/corpus/posts/index.ts';

/** As `corpora/stackoverflow.json` has them, and what else C is asked about under. */
const WANTED = new Set(['c', 'c++', 'assembly', 'gcc', 'x86', 'visual-c++', 'c++11']);

export interface Reading {
  /** Bytes of the dump, and what it has. */
  readonly size: number;
  readonly posts: number;
  readonly questions: number;
  readonly answers: number;
  /** Questions with a wanted tag, and those of them that go with an answer. */
  readonly wanted: number;
  readonly pairs: number;
  readonly partitions: number;
  /** Code blocks of the pairs, by language. */
  readonly rows: Readonly<Record<'c' | 'c++' | 'assembly', number>>;
  /** Of the hash that the manifest has, the two passes over the dump, and the pairs' texts. */
  readonly hashSeconds: number;
  readonly passesSeconds: number;
  readonly rowsSeconds: number;
  /** Of a processor, in all. */
  readonly processorSeconds: number;
  readonly peakMegabytes: number;
}

/** @param parts folder of the partitions, which are made where they are not there */
export async function measureReading(path: string, parts: string): Promise<Reading> {
  const times: number[] = [performance.now()];
  const lap = (): unknown => times.push(performance.now());
  await fileHash(path);
  lap();
  const summary = await partitionDump(dumpFile(path), WANTED, parts, 'measure');
  lap();
  const rows = { c: 0, 'c++': 0, assembly: 0 };
  for (let i = 0; i < summary.firstQuestions.length; i++) {
    for (const { language } of (await readPartition(parts, i)).flatMap(rowsOf)) rows[language]++;
  }
  lap();
  const [hash, passes, texts] = times.slice(1).map((time, i) => (time - times[i]) / 1000);
  const { user, system } = process.cpuUsage();
  const { posts, questions, answers, wanted, pairs, firstQuestions } = summary;
  return {
    size: statSync(path).size,
    posts,
    questions,
    answers,
    wanted,
    pairs,
    rows,
    partitions: firstQuestions.length,
    hashSeconds: hash,
    passesSeconds: passes,
    rowsSeconds: texts,
    processorSeconds: (user + system) / 1e6,
    // Kilobytes, as Linux counts them.
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
