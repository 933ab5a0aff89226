/**
 * `npm run -s fuzz -- [--count N] [--seed S] [-o PATH]`: damaged files through the whole reader. Each must give a
 * result or one of our errors, within its budget. The run may be stopped at any time: the same command goes on.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Journal } from '../../src/cli/journal.ts';
import { Helper, scriptBeside } from '../../src/cli/sweep/helper.ts';
import { forecast } from '../../src/cli/progress.ts';
import { VERSION } from '../../src/version.ts';
import type { Tally } from './child.ts';
import { type Patience, readRange } from './range.ts';
import { mutantOf } from './read.ts';
import { type Head, type Line, renderFuzz, reportFuzz } from './report.ts';
import { buildSubjects } from './subjects.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    output: { type: 'string', short: 'o' },
  },
});
const count = Number(values.count);
const seed = Number(values.seed);
if (!(Number.isInteger(count) && count > 0 && Number.isInteger(seed) && seed >= 0)) {
  process.stderr.write('usage: npm run -s fuzz -- [--count N] [--seed S] [-o PATH]\n');
  process.exit(2);
}

/** Mutants a message: a second or two, so that little is lost when the run is stopped. */
const RANGE = 1000;
/** Milliseconds. */
const PATIENCE: Patience = {
  // Each mutant's budget would end it long before that.
  range: 120_000,
  // Its budget gives it two seconds, and a busy machine may take several times that.
  mutant: 20_000,
};
/** Between two lines of progress, in milliseconds. */
const PACE = 10_000;
const FOLDER = join('work', 'fuzz');

const subjects = buildSubjects();
const hash = createHash('sha256');
for (const { bytes } of subjects) hash.update(bytes);
const head: Head = { seed, subjects: hash.digest('hex'), tool: `binscribe ${VERSION}` };
const journal = Journal.open<Line>(join(FOLDER, `seed-${seed}.jsonl`), head);
const helper = new Helper<Tally>(scriptBeside(import.meta.url, 'child'), []);

function save(failing: number): void {
  const { subject, bytes } = mutantOf(subjects, failing);
  mkdirSync(join(FOLDER, 'failures'), { recursive: true });
  writeFileSync(join(FOLDER, 'failures', `${failing}-${subject.name.replaceAll(/\W+/g, '-')}`), bytes);
}

const done = new Set(journal.lines.map(({ from }) => from));
const first = seed * 2 ** 24;
const began = performance.now();
let told = began;
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
for (let from = first, fresh = 0; from < first + count && !stop.signal.aborted; from += RANGE) {
  if (done.has(from)) continue;
  const line = await readRange(helper, { from, to: Math.min(from + RANGE, first + count) }, PATIENCE);
  journal.add(line);
  for (const { seed: failing } of [...line.tally.crashes, ...line.lost]) save(failing);
  fresh += line.to - line.from;
  const now = performance.now();
  if (now - told < PACE) continue;
  told = now;
  const left = ((first + count - line.to) * (now - began)) / fresh;
  const position = (line.to - first).toLocaleString('en-US');
  process.stderr.write(`${position} of ${count.toLocaleString('en-US')} mutants, ${forecast(left)} left\n`);
}
helper.stop();

const report = reportFuzz(
  head,
  journal.lines.filter(({ to }) => to <= first + count),
  subjects,
);
if (values.output !== undefined) {
  writeFileSync(`${values.output}.json`, `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(`${values.output}.md`, renderFuzz(report));
}
process.stdout.write(renderFuzz(report));
process.exitCode = stop.signal.aborted ? 130 : report.failures.length > 0 ? 1 : 0;
