/** What drafts by rules are worth: the references' code lifted, compiled again, tested, and compared with the references. */

import { functionsOf } from '../../corpus/c/functions.ts';
import { lift } from '../../lift/lift.ts';
import { smoothedBleu4 } from '../../metrics/text/bleu.ts';
import type { FaithfulnessFit } from '../../models/drafts/faithfulness.ts';
import { likeness, viewOf } from '../../models/drafts/likeness.ts';
import type { Build, Draft, Recompiler } from '../../models/drafts/recompiler.ts';
import { trainLogistic } from '../../models/linear/logistic.ts';
import { stackRows } from '../../models/linear/sparse.ts';
import { mean } from '../../numbers.ts';
import type { Problem } from '../reexecution/decompile-eval.ts';
import { reexecute, type ReexecutionOptions } from '../reexecution/reexecute.ts';

/** Lifted drafts at one level of the first compiler. */
export interface LiftPart {
  kind: 'lifting';
  level: string;
  /** References whose code there is. */
  targets: number;
  lifted: number;
  compiles: number;
  passes: number;
  /** Numbers of the problems whose draft does not pass its test. */
  failing: number[];
  /** Mean over what compiles, of its code with the reference's: see likeness.ts. */
  likeness: number;
  /** Mean over all that was lifted, with the reference, of 0 to 1. */
  bleu: number;
  /** Of each draft whether it passes its test, and the likeness of its code; null where it does not compile alone. */
  drafts: { problem: number; passes: boolean; likeness: number | null }[];
  /** Why others were not lifted: the most frequent first. */
  reasons: { reason: string; problems: number[] }[];
}

interface Target {
  readonly problem: Problem;
  readonly text: string;
  readonly score: number | undefined;
}

/** @throws BinscribeError of kind `interrupted` */
export async function judgeLifting(
  problems: readonly Problem[],
  recompiler: Recompiler,
  options: ReexecutionOptions,
): Promise<LiftPart> {
  const { compiler, level } = options;
  const build: Build = { compiler: compiler.name, level };
  const references = await recompileAll(
    problems.map(({ reference }) => ({ text: reference })),
    build,
    recompiler,
  );
  const reasons = new Map<string, number[]>();
  const drafts: { problem: Problem; text: string; target: (typeof references)[number] }[] = [];
  let targets = 0;
  for (const [i, target] of references.entries()) {
    if (!target.body) continue;
    targets++;
    const problem = problems[i];
    const name = functionsOf(problem.reference).at(-1)?.name ?? 'function';
    const { body, names, memory } = target;
    const made = lift(body, { ...(memory && { memory }), names, name });
    if (made.text === null) reasons.set(made.reason, [...(reasons.get(made.reason) ?? []), problem.id]);
    else drafts.push({ problem, text: made.text, target });
  }
  const again = await recompileAll(drafts, build, recompiler);
  const trials = drafts.map(({ problem, text }) => ({ candidate: text, test: problem.test }));
  const results = await reexecute(trials, options);
  const judged = drafts.map(({ problem, text, target }, i): Target => {
    const { body } = again[i];
    return { problem, text, score: body && target.body && likeness(viewOf(target.body), viewOf(body)) };
  });
  return {
    kind: 'lifting',
    level,
    targets,
    lifted: judged.length,
    compiles: results.filter(({ compiles }) => compiles).length,
    passes: results.filter(({ passes }) => passes).length,
    failing: judged.flatMap(({ problem }, i) => (results[i].passes ? [] : [problem.id])),
    likeness: mean(judged.flatMap(({ score }) => (score === undefined ? [] : [score]))),
    bleu: mean(judged.map(({ problem, text }) => smoothedBleu4(problem.reference, text))),
    drafts: judged.map(({ problem, score }, i) => ({
      problem: problem.id,
      passes: results[i].passes,
      likeness: score ?? null,
    })),
    reasons: [...reasons]
      .map(([reason, problems]) => ({ reason, problems }))
      .sort((a, b) => b.problems.length - a.problems.length || a.problems[0] - b.problems[0]),
  };
}

/** Drafts that are compiled in one go. */
const BATCH = 50;

async function recompileAll(
  drafts: readonly Draft[],
  build: Build,
  recompiler: Recompiler,
): Promise<Awaited<ReturnType<Recompiler['recompile']>>['results']> {
  const all: Awaited<ReturnType<Recompiler['recompile']>>['results'] = [];
  for (let start = 0; start < drafts.length; start += BATCH) {
    const { results } = await recompiler.recompile(drafts.slice(start, start + BATCH), build);
    all.push(...results);
  }
  return all;
}

/** Keeps the curve finite where likeness decides altogether; larger ones are felt, since hardly any draft fails. */
const PENALTY = 1e-6;
/** Two weights: the optimiser ends by itself long before. */
const ITERATIONS = 200;
/** Digits of what is written down. */
const DIGITS = 1000;

/** What the likeness of a draft's code says of whether it passes its test, over all parts together. */
export function fitFaithfulness(parts: readonly LiftPart[]): FaithfulnessFit {
  const drafts = parts.flatMap((part) => part.drafts);
  const compiled = drafts.flatMap(({ likeness: value, passes }) =>
    value === null ? [] : [{ value, passes }],
  );
  const rows = compiled.map(({ value }) => ({ indices: Uint32Array.of(0), values: Float32Array.of(value) }));
  const passed = compiled.map(({ passes }) => Number(passes));
  const settings = { penalty: PENALTY, iterations: ITERATIONS };
  const [no, yes, biasNo, biasYes] = trainLogistic(stackRows(rows, 1), passed, 2, settings).weights;
  const rounded = (value: number): number => Math.round(value * DIGITS) / DIGITS;
  return {
    intercept: rounded(biasYes - biasNo),
    slope: rounded(yes - no),
    share: rounded(mean(drafts.map(({ passes }) => Number(passes)))),
  };
}
