/**
 * `npm run -s posts -- scale`: that a dump of the paper's size is read in constant memory and goes on when it was killed, and
 * what compiling it takes, by a sample. Dumps are generated, measured in processes of their own, and taken away.
 */

import { execFileSync, fork } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BATCH_SIZE } from '../../src/corpus/snippets/batch.ts';
import { filesIn, folderEntry } from '../../src/corpus/snippets/input.ts';
import { openDataset } from '../../src/corpus/dataset.ts';
import type { SnippetSummary } from '../../src/corpus/manifest.ts';
import { bootstrap } from '../../src/metrics/bootstrap.ts';
import type { BuildMessage, BuildOrder } from './build.ts';
import { generateDump, type GenerateOptions } from './generate.ts';
import type { Reading } from './measure.ts';

export interface ScaleOptions {
  /** Answers of the dump: arXiv 2404.19631 has 1.1 million entries. */
  readonly answers: number;
  /** Snippets that are compiled. */
  readonly compile: number;
  readonly seed: number;
  readonly wantedShare: number;
  /** Folder for dumps and what is made of them: three times their size. */
  readonly work: string;
  readonly log: (line: string) => void;
}

/** Snippets of the sample, and what they took. */
interface Compiling {
  /** Answers of the dump that they are from. */
  readonly answers: number;
  readonly snippets: number;
  readonly batch: number;
  /** By the clock, of one snippet with all its compilers and levels, and its 95 % interval over batches. */
  readonly seconds: number;
  readonly interval: readonly [number, number];
  readonly rejected: SnippetSummary['rejected'];
  readonly table: SnippetSummary['table'];
  /** Of all snippets in C and C++ of the whole dump. */
  readonly all: number;
  readonly hours: readonly [low: number, middle: number, high: number];
}

/** What came of runs that were killed. */
interface Resumed {
  /** Seconds after which SIGKILL came, and those of the run after it. */
  readonly killedAfter: number;
  readonly secondRun: number;
  /** Whether all bytes are those of a run that nobody killed. */
  readonly same: boolean;
}

export interface ScaleReport {
  readonly schema: 1;
  readonly machine: string;
  /** Processes that ran, before it began and when it was done: others share the machine. */
  readonly load: readonly [before: number, after: number];
  readonly seed: number;
  readonly wantedShare: number;
  /** Of a tenth of the dump, and of all of it. */
  readonly readings: readonly [Reading, Reading];
  readonly reading: Resumed;
  readonly compiling: Compiling;
  readonly building: Resumed;
}

const RECIPE = 'corpora/stackoverflow.json';

/** A sample of more snippets is taken of the whole dump, of fewer of its tenth, where less is read between two of them. */
const LARGE_SAMPLE = 2000;
/** Batches of a sample, so that there is an interval: of a size at which starting the sandbox does not count. */
const BATCHES = 25;
const SMALLEST_BATCH = 50;
/** Of the sample: what is built three times to see whether a killed build goes on, at most so many snippets, and its batches. */
const RESUMED_SHARE = 0.2;
const MOST_RESUMED = 1000;
const RESUMED_BATCHES = 5;

export async function measureScale(options: ScaleOptions): Promise<ScaleReport> {
  const { answers, seed, wantedShare, log } = options;
  const [before] = loadavg();
  mkdirSync(options.work, { recursive: true });
  const work = mkdtempSync(join(options.work, 'posts-scale-'));
  const at = (name: string): string => join(work, name);
  try {
    const tenth = at('tenth/Posts.xml');
    const whole = at('whole/Posts.xml');
    await writeDump(tenth, { answers: Math.ceil(answers / 10), seed, wantedShare }, log);
    await writeDump(whole, { answers, seed, wantedShare }, log);
    const readings = [
      measured(tenth, at('tenth/parts'), log),
      measured(whole, at('whole/parts'), log),
    ] as const;
    const reading = await killedReading(whole, at('whole/parts'), at('killed-parts'), readings[1], log);
    for (const folder of ['tenth/parts', 'whole/parts', 'killed-parts'])
      rmSync(at(folder), { recursive: true });
    const isLarge = options.compile > LARGE_SAMPLE;
    const [dump, of] = isLarge ? [whole, readings[1]] : [tenth, readings[0]];
    const compiling = await compileSample(dump, of, snippetsOf(readings[1]), options, work);
    const building = await killedBuild(dump, of, options, work);
    const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
    return {
      schema: 1,
      machine,
      load: [before, loadavg()[0]],
      seed,
      wantedShare,
      readings,
      reading,
      compiling,
      building,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes a dump. @returns when it is whole */
export async function writeDump(
  path: string,
  options: GenerateOptions,
  log: (line: string) => void = () => undefined,
): Promise<void> {
  log(`writing ${path}`);
  mkdirSync(join(path, '..'), { recursive: true });
  await pipeline(Readable.from(gathered(generateDump(options))), createWriteStream(path));
}

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

const MAIN = join(import.meta.dirname, 'main.js');

function measured(path: string, parts: string, log: (line: string) => void): Reading {
  log(`reading ${path}`);
  const output = execFileSync(process.execPath, [MAIN, 'measure', path, '--parts', parts], {
    encoding: 'utf8',
  });
  // What comes after it takes long, and may fail.
  log(output);
  return JSON.parse(output) as Reading;
}

/** Kills the two passes in the middle of the second, and reads again. */
async function killedReading(
  path: string,
  whole: string,
  parts: string,
  { hashSeconds, passesSeconds }: Reading,
  log: (line: string) => void,
): Promise<Resumed> {
  const child = fork(MAIN, ['measure', path, '--parts', parts], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const killedAfter = hashSeconds + 0.75 * passesSeconds;
  await sleep(killedAfter * 1000);
  child.kill('SIGKILL');
  await ended;
  const began = performance.now();
  measured(path, parts, log);
  const secondRun = (performance.now() - began) / 1000;
  return { killedAfter, secondRun, same: (await hashOf(whole)) === (await hashOf(parts)) };
}

/** Of all files of a folder. */
async function hashOf(folder: string): Promise<string> {
  return (await folderEntry(folder, filesIn(folder, ''))).sha256;
}

/** Assembly is not compiled: it has no level. */
function snippetsOf({ rows }: Reading): number {
  return rows.c + rows['c++'];
}

async function compileSample(
  dump: string,
  of: Reading,
  all: number,
  { compile, seed, log }: ScaleOptions,
  work: string,
): Promise<Compiling> {
  log(`compiling ${compile} of ${snippetsOf(of)} snippets`);
  const batch = batchOf(compile);
  const out = join(work, 'sample');
  const { steps } = await build(
    orderOf(dump, compile / snippetsOf(of), batch, join(work, 'build'), out, work),
  );
  const { snippets: facts } = openDataset(out).manifest;
  if (!facts) throw new Error(`${out}: a data set of snippets expected`);
  // From the end of the first batch on: what comes before is reading.
  const spans = steps
    .slice(1)
    .map(({ done, at }, i) => ({ snippets: done - steps[i].done, time: at - steps[i].at }));
  const secondsOf = (weights: ArrayLike<number>): number => {
    let [time, snippets] = [0, 0];
    for (const [i, span] of spans.entries()) {
      time += weights[i] * span.time;
      snippets += weights[i] * span.snippets;
    }
    return time / snippets / 1000;
  };
  const seconds = secondsOf(spans.map(() => 1));
  const { low, high } = bootstrap(spans.length, (span) => span, secondsOf, { seed });
  const hours = (each: number): number => (each * all) / 3600;
  return {
    answers: of.answers,
    snippets: facts.items.train + facts.items.test,
    batch,
    seconds,
    interval: [low, high],
    rejected: facts.rejected,
    table: facts.table,
    all,
    hours: [hours(low), hours(seconds), hours(high)],
  };
}

/** Builds a part of the sample, and again in another place, where it is killed after a third. */
async function killedBuild(
  dump: string,
  of: Reading,
  { compile, log }: ScaleOptions,
  work: string,
): Promise<Resumed> {
  const count = Math.min(MOST_RESUMED, Math.ceil(compile * RESUMED_SHARE));
  log(`compiling ${count} snippets, twice, of which once killed`);
  const batch = Math.ceil(count / RESUMED_BATCHES);
  const order = (place: string): BuildOrder =>
    orderOf(dump, count / snippetsOf(of), batch, join(work, `${place}-work`), join(work, place), work);
  await build(order('unbroken'));
  const killed = await build(order('killed'), count / 3);
  const second = await build(order('killed'));
  const same = (await hashOf(join(work, 'unbroken'))) === (await hashOf(join(work, 'killed')));
  return { killedAfter: killed.seconds, secondRun: second.seconds, same };
}

function batchOf(snippets: number): number {
  return Math.min(BATCH_SIZE, Math.max(SMALLEST_BATCH, Math.floor(snippets / BATCHES)));
}

/** The recipe of the repository with another sample. */
function orderOf(
  input: string,
  sample: number,
  batchSize: number,
  workDir: string,
  out: string,
  work: string,
): BuildOrder {
  const recipe = join(work, 'recipe.json');
  const given = JSON.parse(readFileSync(RECIPE, 'utf8')) as object;
  writeFileSync(recipe, JSON.stringify({ ...given, sample: Math.min(1, sample) }));
  return { recipe, input, workDir, out, batchSize };
}

/** @param killAfter snippets after which it is killed */
async function build(
  order: BuildOrder,
  killAfter = Infinity,
): Promise<{ steps: BuildMessage[]; seconds: number }> {
  const began = performance.now();
  const steps: BuildMessage[] = [];
  const child = fork(join(import.meta.dirname, 'build.js'), [JSON.stringify(order)]);
  child.on('message', (message: BuildMessage) => {
    // The first is about reading, the last about writing.
    if (message.done > (steps.at(-1)?.done ?? 0)) steps.push(message);
    if (message.done >= killAfter) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0 && killAfter === Infinity) throw new Error(`the build ended with ${code}`);
  return { steps, seconds: (performance.now() - began) / 1000 };
}
