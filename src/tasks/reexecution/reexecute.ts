/**
 * Re-execution: whether a candidate for a function's source compiles, and does what the function's unit test asks of it.
 * Candidates are text of strangers: they are compiled and run in the sandbox, many in one run of it, each with limits of
 * its own.
 *
 * The protocol is LLM4Decompile's (Tan et al., EMNLP 2024): headers, the candidate and the test as one translation unit,
 * and the program must end well within seconds. Stricter in that the test must have come to its end.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { C17, complaintFlags, dialectFlags } from '../../corpus/fragments/dialect.ts';
import { complaintOf } from '../../corpus/fragments/sandbox-compiler.ts';
import type { Sandbox, SandboxLimits } from '../../corpus/sandbox.ts';
import type { Compiler, Level } from '../../corpus/toolchain.ts';
import { clearAbandoned } from '../../corpus/workplace.ts';
import { BinscribeError } from '../../error.ts';
import { ASSERT_HEADER, HARNESS, TOLD, TRAPPED, WRAP_MAIN } from './harness.ts';

export interface UnitTest {
  /** Headers, which candidates get too: their own `#include` lines are often lost. */
  includes: string;
  /** With `main`, which returns 0 where all is right. */
  code: string;
}

export interface Trial {
  candidate: string;
  test: UnitTest;
}

/** How a trial went, from bad to good. */
export type Ending =
  | 'does not compile'
  /** The test does: it calls another name, say, or with other arguments. */
  | 'does not fit its test'
  /** Killed at its limit of time. */
  | 'out of time'
  /** A fault, or a status that is not 0. */
  | 'crashed'
  /** An assertion does not hold. */
  | 'wrong'
  /** Status 0 before the test came to its end. */
  | 'ended early'
  | 'passed';

export interface TrialResult {
  compiles: boolean;
  passes: boolean;
  ending: Ending;
  /** The compiler's, where it has one; else ''. */
  complaint: string;
}

export interface ReexecutionOptions {
  sandbox: Sandbox;
  compiler: Compiler;
  level: Level;
  signal?: AbortSignal | undefined;
  /** Told after each batch how many trials are done. */
  progress?: (done: number, total: number) => void;
}

/** Trials of one batch: their programs are on the disk at the same time. */
const BATCH = 100;

/** Of one compiler: as for snippets (sandbox-compiler.ts). */
const COMPILE_LIMITS: Partial<SandboxLimits> = { memory: 2 ** 30, fileSize: 2 ** 24, cpuSeconds: 10 };

/** Seconds by the clock of a compiler, which on a busy machine waits longer than it works. */
const COMPILE_SECONDS = 120;

/**
 * Of one trial: tests take milliseconds and LLM4Decompile gives them 5 s, of which a busy machine may eat some. Seconds of
 * processor time, and by the clock for what sleeps.
 */
const TRIAL_SECONDS = 5;
const TRIAL_WALL_SECONDS = 15;

/** Bytes of a trial's memory. */
const TRIAL_MEMORY = 2 ** 29;

/** Bytes that a trial may say: the word, and the status. */
const MOST_SAID = 100;

const FOLDER_PREFIX = 'binscribe-reexecution-';

/**
 * @returns one result a trial, in order
 * @throws BinscribeError of kind `interrupted`
 */
export async function reexecute(
  trials: readonly Trial[],
  { progress, ...options }: ReexecutionOptions,
): Promise<TrialResult[]> {
  clearAbandoned(tmpdir(), FOLDER_PREFIX);
  const results: TrialResult[] = [];
  for (let start = 0; start < trials.length; start += BATCH) {
    const batch = new TrialBatch(trials.slice(start, start + BATCH), options);
    try {
      await batch.build();
      results.push(...(await batch.run()));
    } finally {
      batch.close();
    }
    progress?.(results.length, trials.length);
  }
  return results;
}

/**
 * A folder with `sources`, which is never written to, `programs`, which compilers write and trials only read, and
 * `scratch`, where trials run.
 */
class TrialBatch {
  private readonly trials: readonly Trial[];
  private readonly options: ReexecutionOptions;
  private readonly folder: string;

  constructor(trials: readonly Trial[], options: ReexecutionOptions) {
    this.trials = trials;
    this.options = options;
    this.folder = mkdtempSync(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
    chmodSync(this.folder, 0o755);
    const { owner } = options.sandbox;
    for (const name of ['sources', 'programs', 'scratch']) {
      mkdirSync(join(this.folder, name));
      if (owner !== undefined && name !== 'sources') chownSync(join(this.folder, name), owner, owner);
    }
    const write = (name: string, text: string): void =>
      writeFileSync(join(this.folder, 'sources', name), text);
    write('assert.h', ASSERT_HEADER);
    write('harness.c', HARNESS);
    for (const [i, { candidate, test }] of trials.entries()) {
      write(`${i}.includes.h`, `${test.includes}\n`);
      // Files of their own: no comment and no `#if` of a candidate reaches into its test.
      write(`${i}.candidate.c`, `${candidate}\n`);
      write(`${i}.test.c`, `${test.code}\n`);
    }
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A program of each trial, and where there is none a mark whether the candidate compiles on its own. */
  async build(): Promise<void> {
    const { sandbox, compiler, level } = this.options;
    const sources = `${sandbox.root(this.folder)}/sources`;
    const flags = [
      ...dialectFlags(C17, compiler),
      ...complaintFlags(C17, compiler),
      `-${level} -pipe -I${sources}`,
    ].join(' ');
    const call = `timeout -s KILL ${COMPILE_SECONDS} ${compiler.c} ${flags}`;
    await this.inSandbox(
      'programs',
      { ...COMPILE_LIMITS, milliseconds: this.patience(2 * COMPILE_SECONDS) },
      [
        `${call} -c -o harness.o ${sources}/harness.c`,
        'build() {',
        `s=${sources}/$1`,
        `if ${call} -include $s.includes.h -include $s.candidate.c -o $1.made $s.test.c harness.o ${WRAP_MAIN} -lm \\`,
        '</dev/null >$1.log 2>&1; then mv $1.made $1',
        `elif ${call} -include $s.includes.h -c -o $1.o $s.candidate.c </dev/null >$1.alone.log 2>&1; then : >$1.compiles`,
        'fi',
        '}',
        ...this.trials.map((_, i) => `build ${i}`),
      ],
    );
  }

  async run(): Promise<TrialResult[]> {
    const results = this.trials.map((_, i) => this.unbuilt(i));
    let open = results.flatMap((result, i) => (result === undefined ? [i] : []));
    while (open.length > 0) {
      const endings = await this.runTrials(open);
      for (const [i, ending] of endings) results[i] = resultOf(ending, '');
      const left = open.filter((i) => !endings.has(i));
      // One that takes the whole run down (it may kill all that it sees) is the first that no more is heard of.
      if (left.length > 0) results[left[0]] = resultOf('crashed', '');
      open = left.slice(1);
    }
    return results.map((result) => result!);
  }

  /** The result of a trial that has no program. */
  private unbuilt(i: number): TrialResult | undefined {
    const path = join(this.folder, 'programs', String(i));
    if (existsSync(path)) return undefined;
    return existsSync(`${path}.compiles`)
      ? resultOf('does not fit its test', complaintOf(path))
      : resultOf('does not compile', complaintOf(`${path}.alone`));
  }

  /** How some trials ended, by number; one of which nothing is heard is left out. */
  private async runTrials(numbers: readonly number[]): Promise<Map<number, Ending>> {
    const words = new Map(numbers.map((i) => [i, randomBytes(16).toString('hex')]));
    const limits = [
      // It counts what runs already, so that nothing can be started: what is left behind would disturb the next.
      '--nproc=1',
      `--cpu=${TRIAL_SECONDS}`,
      `--as=${TRIAL_MEMORY}`,
      // It has no business with files; what it prints goes nowhere, and what it says into a pipe.
      '--fsize=0',
      '--core=0',
    ].join(' ');
    const { output } = await this.tryInSandbox(
      'scratch',
      { milliseconds: this.patience(TRIAL_WALL_SECONDS) },
      [
        // What the shell says of killed programs is not ours.
        'exec 2>/dev/null; set -f',
        'trial() {',
        'said=$({ status=0',
        `echo $2 | timeout -s KILL ${TRIAL_WALL_SECONDS} prlimit ${limits} ../programs/$1 ${TOLD}>&1 >/dev/null || status=$?`,
        `echo "ended $status"; } | head -c ${MOST_SAID}) || :`,
        "printf '%s ' trial $1 $said; echo",
        '}',
        ...numbers.map((i) => `trial ${i} ${words.get(i)}`),
      ],
    );
    const endings = new Map<number, Ending>();
    for (const line of output.split('\n')) {
      const [, number, said] = /^trial (\d+) (.*) $/.exec(line) ?? [];
      const word = words.get(Number(number));
      if (word !== undefined) endings.set(Number(number), endingOf(said, word));
    }
    return endings;
  }

  private async inSandbox(
    writable: string,
    limits: Partial<SandboxLimits>,
    script: readonly string[],
  ): Promise<void> {
    const { ok, reason, output } = await this.tryInSandbox(writable, limits, script);
    // No candidate can bring this about: each step ends well.
    if (!ok)
      throw new BinscribeError('internal', `the sandbox of a batch failed: ${reason}: ${output.trim()}`);
  }

  private tryInSandbox(writable: string, limits: Partial<SandboxLimits>, script: readonly string[]) {
    const { sandbox, signal } = this.options;
    return sandbox.run({
      script: script.join('\n'),
      directory: this.folder,
      writable,
      limits,
      ...(signal && { signal }),
    });
  }

  /** Milliseconds for a run of as many steps as there may be. */
  private patience(secondsEach: number): number {
    return (this.trials.length + 1) * secondsEach * 1000;
  }
}

/** @param said the word, where the test came to its end, and the status */
function endingOf(said: string, word: string): Ending {
  if (said === `${word} ended 0`) return 'passed';
  const status = Number(/^(?:.* )?ended (\d+)$/.exec(said)?.[1]);
  if (status === 0) return 'ended early';
  if (status === TRAPPED) return 'wrong';
  return status === KILLED ? 'out of time' : 'crashed';
}

/** 128 and SIGKILL: what ends it at its limits of time. */
const KILLED = 137;

function resultOf(ending: Ending, complaint: string): TrialResult {
  return {
    compiles: ending !== 'does not compile',
    passes: ending === 'passed',
    ending,
    complaint,
  };
}
