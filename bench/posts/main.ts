/**
 * `npm run -s posts -- generate FILE [--posts N] [--seed N] [--wanted SHARE]` writes a dump;
 * `npm run -s posts -- measure FILE` goes through it as an import does, without compiling, and tells speed and memory.
 */

import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { dumpFile, partitionDump, readPartition, rowsOf } from '../../src/corpus/posts/index.ts';
import { generateDump } from './generate.ts';

const WANTED = new Set(['c', 'c++', 'assembly', 'gcc', 'x86', 'visual-c++', 'c++11']);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    posts: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    wanted: { type: 'string', default: '0.9' },
  },
});
const [command, path] = positionals;

function* gathered(texts: Iterable<string>): Generator<string> {
  let parts: string[] = [];
  for (const text of texts) {
    parts.push(text);
    if (parts.length < 256) continue;
    yield parts.join('');
    parts = [];
  }
  yield parts.join('');
}

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

if (command === 'generate' && path !== undefined) {
  const options = {
    posts: Number(values.posts),
    seed: Number(values.seed),
    wantedShare: Number(values.wanted),
  };
  await pipeline(Readable.from(gathered(generateDump(options))), createWriteStream(path));
} else if (command === 'measure' && path !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-posts-'));
  try {
    const started = performance.now();
    const summary = await partitionDump(dumpFile(path), WANTED, join(folder, 'parts'), 'measure');
    const joined = performance.now();
    let rows = 0;
    for (let i = 0; i < summary.firstQuestions.length; i++) {
      rows += (await readPartition(join(folder, 'parts'), i)).flatMap(rowsOf).length;
    }
    const { size } = statSync(path);
    const { firstQuestions, ...counts } = summary;
    const report = {
      ...counts,
      partitions: firstQuestions.length,
      rows,
      twoPassesSeconds: (joined - started) / 1000,
      rowsSeconds: (performance.now() - joined) / 1000,
      cpuSeconds: process.cpuUsage().user / 1e6,
      megabytesPerCpuSecond: megabytes(size) / (process.cpuUsage().user / 1e6),
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  process.stderr.write(
    'usage: npm run -s posts -- generate|measure FILE [--posts N] [--seed N] [--wanted SHARE]\n',
  );
  process.exitCode = 2;
}
