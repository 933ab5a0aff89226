/**
 * What the machinery of drafts is worth before any network: whether references pass their own unit tests, which tests
 * decide nothing, and how often the likeness of code finds the right source, among other problems' functions and among
 * near misses, when compiler and level were recognised and when they were not; and what the drafts of the lifter are.
 */

import type { Sandbox } from '../../corpus/sandbox.ts';
import type { Compiler, Level } from '../../corpus/toolchain.ts';
import { bootstrap, type Interval } from '../../metrics/bootstrap.ts';
import { commonLength, likeness, viewOf, type CodeView } from '../../models/drafts/likeness.ts';
import type { Build, Draft } from '../../models/drafts/recompiler.ts';
import { Random } from '../../random.ts';
import { undecidedProblems } from '../reexecution/controls.ts';
import type { Problem } from '../reexecution/decompile-eval.ts';
import { reexecute, type Ending, type ReexecutionOptions } from '../reexecution/reexecute.ts';
import { judgeLifting, type LiftPart } from './lifting.ts';
import { mutantsOf } from './mutants.ts';
import { SandboxRecompiler } from './sandbox-recompiler.ts';
import { mean } from '../../numbers.ts';

export const STUDY_LEVELS = ['O0', 'O1', 'O2', 'O3'] as const satisfies readonly Level[];

/** Ways of comparing code: ours, its two halves, and what needs no code, which is the baseline. */
const WAYS: Readonly<Record<string, (a: CodeView, b: CodeView) => number>> = {
  likeness,
  instructions: (a, b) => shareInCommon(a.instructions, b.instructions),
  opcodes: (a, b) => shareInCommon(a.opcodes, b.opcodes),
  length: (a, b) => -Math.abs(a.opcodes.length - b.opcodes.length),
};
/** Near misses drawn of each reference: each is tested, and compiled in every build. */
export const MUTANTS = 3;

export const WAY_NAMES = Object.keys(WAYS);

function shareInCommon(a: Uint32Array, b: Uint32Array): number {
  return (2 * commonLength(a, b)) / (a.length + b.length);
}

export interface Share {
  value: number;
  /** 95 %, by the bootstrap over problems. */
  interval: Interval;
}

/** References, and controls that do nothing, at one level of the first compiler. */
export interface ReexecutionPart {
  kind: 'reexecution';
  level: Level;
  endings: Partial<Record<Ending, number>>;
  /** Numbers of the problems whose reference fails. */
  failing: number[];
  /** Of those whose test a control passes. */
  undecided: number[];
}

/** How often the right source is the best. */
export interface ChoicePart {
  kind: 'choice';
  /** Other problems' functions, or the function's own mutants that fail its test. */
  rivals: 'other functions' | 'mutants';
  target: Build;
  candidates: Build;
  problems: number;
  /** Rivals of a problem, in the mean. */
  among: number;
  /** What drawing one would find. */
  chance: number;
  /** By way; ties count as misses. */
  right: Record<string, Share>;
  /** Mean likeness of the right source, and of the best rival. */
  own: number;
  best: number;
}

export type StudyPart = ReexecutionPart | ChoicePart | LiftPart;

export interface DraftStudySettings {
  seed: number;
  /** Other functions beside each right one. */
  rivals: number;
}

export interface DraftStudyOptions extends DraftStudySettings {
  sandbox: Sandbox;
  /** The first makes the targets; candidates are compiled with each. */
  compilers: readonly Compiler[];
  signal?: AbortSignal | undefined;
  progress: (step: string, done: number, total: number) => void;
}

/** What a part is about: of two parts with one key one is enough. */
export type PartKey = string;

interface Job {
  key: PartKey;
  run: () => Promise<StudyPart>;
}

/** Call `close` at the end. */
export class DraftStudy {
  readonly jobs: readonly Job[];
  private readonly problems: readonly Problem[];
  private readonly options: DraftStudyOptions;
  private readonly recompiler: SandboxRecompiler;
  private readonly views = new Map<string, (CodeView | undefined)[]>();
  private mutants: Promise<string[][]> | undefined;

  constructor(problems: readonly Problem[], options: DraftStudyOptions) {
    this.problems = problems;
    this.options = options;
    const { sandbox, compilers, signal } = options;
    this.recompiler = new SandboxRecompiler(sandbox, compilers, signal);
    const builds = compilers.flatMap(({ name }) =>
      STUDY_LEVELS.map((level): Build => ({ compiler: name, level })),
    );
    const targets = builds.filter(({ compiler }) => compiler === compilers[0].name);
    const choices = (['other functions', 'mutants'] as const).flatMap((rivals) =>
      targets.flatMap((target) =>
        builds.map((build) => ({
          key: `${rivals}: ${nameOf(target)} by ${nameOf(build)}`,
          run: () => this.choose(rivals, target, build),
        })),
      ),
    );
    this.jobs = [
      ...STUDY_LEVELS.map((level) => ({ key: `unit tests at ${level}`, run: () => this.reexecute(level) })),
      ...choices,
      ...STUDY_LEVELS.map((level) => ({ key: `lifted at ${level}`, run: () => this.lift(level) })),
    ];
  }

  close(): void {
    this.recompiler.close();
  }

  private reexecution(level: Level, step: string): ReexecutionOptions {
    const { sandbox, compilers, signal, progress } = this.options;
    const [compiler] = compilers;
    return { sandbox, compiler, level, signal, progress: (done, total) => progress(step, done, total) };
  }

  private async reexecute(level: Level): Promise<ReexecutionPart> {
    const trials = this.problems.map(({ reference, test }) => ({ candidate: reference, test }));
    const results = await reexecute(trials, this.reexecution(level, `references at ${level}`));
    const endings: ReexecutionPart['endings'] = {};
    for (const { ending } of results) endings[ending] = (endings[ending] ?? 0) + 1;
    const undecided = await undecidedProblems(this.problems, this.reexecution(level, `controls at ${level}`));
    return {
      kind: 'reexecution',
      level,
      endings,
      failing: this.problems.flatMap(({ id }, i) => (results[i].passes ? [] : [id])),
      undecided: [...undecided].sort((a, b) => a - b),
    };
  }

  private lift(level: Level): Promise<LiftPart> {
    return judgeLifting(this.problems, this.recompiler, this.reexecution(level, `lifted at ${level}`));
  }

  private async choose(rivals: ChoicePart['rivals'], target: Build, build: Build): Promise<ChoicePart> {
    const references = this.problems.map(({ reference }) => reference);
    const targets = await this.viewsOf('references', references, target);
    const own = await this.viewsOf('references', references, build);
    const others =
      rivals === 'mutants' ? await this.mutantViews(build) : own.map((_, i) => this.drawOthers(own, i));
    const open = targets.flatMap((view, i) => {
      const right = own[i];
      const wrong = others[i].filter((one) => one !== undefined);
      return view && right && wrong.length > 0 ? [{ view, right, wrong }] : [];
    });
    const isRight = Object.entries(WAYS).map(([name, way]): [string, Share] => [
      name,
      shareOf(
        open.map(({ view, right, wrong }) => {
          const score = way(view, right);
          return wrong.every((other) => way(view, other) < score);
        }),
        this.options.seed,
      ),
    ]);
    return {
      kind: 'choice',
      rivals,
      target,
      candidates: build,
      problems: open.length,
      among: mean(open.map(({ wrong }) => wrong.length)),
      chance: mean(open.map(({ wrong }) => 1 / (wrong.length + 1))),
      right: Object.fromEntries(isRight),
      own: mean(open.map(({ view, right }) => likeness(view, right))),
      best: mean(open.map(({ view, wrong }) => Math.max(...wrong.map((other) => likeness(view, other))))),
    };
  }

  /** The same problems' functions are drawn for all builds. */
  private drawOthers(views: readonly (CodeView | undefined)[], i: number): (CodeView | undefined)[] {
    const { seed, rivals } = this.options;
    const others = [...views.keys()].filter((other) => other !== i);
    const random = new Random(seed * views.length + i);
    return random
      .shuffle(others)
      .slice(0, rivals)
      .map((other) => views[other]);
  }

  private async mutantViews(build: Build): Promise<(CodeView | undefined)[][]> {
    this.mutants ??= this.failingMutants();
    const mutants = await this.mutants;
    const views = await this.viewsOf('mutants', mutants.flat(), build);
    let at = 0;
    return mutants.map((list) => views.slice(at, (at += list.length)));
  }

  /** Of each problem, those that compile and fail its test: what passes may be the same function. */
  private async failingMutants(): Promise<string[][]> {
    const random = new Random(this.options.seed);
    const trials = this.problems.flatMap(({ reference, test }, i) =>
      mutantsOf(reference, MUTANTS, random).map((candidate) => ({ i, candidate, test })),
    );
    const results = await reexecute(trials, this.reexecution('O0', 'mutants'));
    return this.problems.map((_, i) =>
      trials.flatMap((trial, k) =>
        trial.i === i && results[k].compiles && !results[k].passes ? [trial.candidate] : [],
      ),
    );
  }

  private async viewsOf(
    what: string,
    texts: readonly string[],
    build: Build,
  ): Promise<(CodeView | undefined)[]> {
    const key = `${what}, ${nameOf(build)}`;
    let views = this.views.get(key);
    if (views === undefined) {
      views = [];
      for (let start = 0; start < texts.length; start += BATCH) {
        this.options.progress(`compiling ${key}`, start, texts.length);
        const drafts = texts.slice(start, start + BATCH).map((text): Draft => ({ text }));
        const { results } = await this.recompiler.recompile(drafts, build);
        for (const { body } of results) views.push(body && viewOf(body));
      }
      this.views.set(key, views);
    }
    return views;
  }
}

/** Drafts between two words of progress. */
const BATCH = 50;

export function nameOf({ compiler, level }: Build): string {
  return `${compiler} -${level}`;
}

function shareOf(right: readonly boolean[], seed: number): Share {
  const shareAt = (weights: ArrayLike<number>): number => {
    let sum = 0;
    let all = 0;
    right.forEach((is, i) => {
      all += weights[i];
      if (is) sum += weights[i];
    });
    return sum / all;
  };
  return {
    value: shareAt(right.map(() => 1)),
    interval: bootstrap(right.length, (i) => i, shareAt, { seed }),
  };
}
