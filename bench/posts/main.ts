/**
 * `npm run -s posts -- generate FILE [--posts N | --answers N] [--seed N] [--wanted SHARE]` writes a dump;
 * `… measure FILE [--parts DIR]` goes through it as an import does, without compiling, and tells speed and memory;
 * `… scale [--answers N] [--compile N] [--work DIR] [-o PATH]` does both at the paper's size, compiles a sample, kills what
 * it has begun, and writes PATH.json and PATH.md.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureReading } from './measure.ts';
import { renderScale } from './render.ts';
import { measureScale, writeDump } from './scale.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    posts: { type: 'string' },
    answers: { type: 'string' },
    seed: { type: 'string', default: '1' },
    wanted: { type: 'string', default: '0.9' },
    parts: { type: 'string' },
    compile: { type: 'string', default: '1000' },
    work: { type: 'string', default: tmpdir() },
    output: { type: 'string', short: 'o' },
  },
});
const [command, path] = positionals;
const { posts, answers } = values;
const [seed, wantedShare] = [Number(values.seed), Number(values.wanted)];

if (command === 'generate' && path !== undefined) {
  const size = answers === undefined ? { posts: Number(posts ?? 20_000) } : { answers: Number(answers) };
  await writeDump(path, { ...size, seed, wantedShare });
} else if (command === 'measure' && path !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-posts-'));
  try {
    const reading = await measureReading(path, values.parts ?? join(folder, 'parts'));
    process.stdout.write(`${JSON.stringify(reading, null, 1)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else if (command === 'scale') {
  const report = await measureScale({
    answers: Number(answers ?? 1_100_000),
    compile: Number(values.compile),
    seed,
    wantedShare,
    work: values.work,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const page = renderScale(report);
  if (values.output !== undefined) {
    writeFileSync(`${values.output}.json`, `${JSON.stringify(report, null, 1)}\n`);
    writeFileSync(`${values.output}.md`, page);
  }
  process.stdout.write(page);
} else {
  process.stderr.write(
    'usage: npm run -s posts -- generate|measure FILE, or scale; see the head of bench/posts/main.ts\n',
  );
  process.exitCode = 2;
}
