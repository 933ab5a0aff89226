/**
 * What a machine checks of source that was written, on this machine: whether it compiles to the given code, and, of the
 * problems of Decompile-Eval, whether it passes the unit tests. Everything runs in the sandbox.
 */

import { functionsOf } from '../../corpus/c/functions.ts';
import { liftedText } from '../../corpus/lifting.ts';
import type { Sandbox } from '../../corpus/sandbox.ts';
import type { Compiler } from '../../corpus/toolchain.ts';
import type { Recompiler } from '../../models/drafts/recompiler.ts';
import { firstInstructions, normalizedAssembly } from '../../tokens/assembly.ts';
import { STUDY_LEVELS } from '../drafts/study.ts';
import type { Problem } from '../reexecution/decompile-eval.ts';
import { reexecute } from '../reexecution/reexecute.ts';
import type { Candidate, Target } from './candidates.ts';
import { codeAlone } from './functions.ts';

export interface SourceChecks {
  readonly recompiler: Recompiler;
  /** What is run; null where nothing is. */
  readonly reexecution: Reexecution | null;
}

export interface Reexecution {
  readonly problems: readonly Problem[];
  readonly sandbox: Sandbox;
  /** Makes what is to be written of, and what is run. */
  readonly compiler: Compiler;
  readonly signal: AbortSignal;
}

/** The code of a problem's reference at a level. */
export interface ProblemTarget extends Target {
  readonly problem: Problem;
  readonly level: (typeof STUDY_LEVELS)[number];
}

/** Of all problems at four levels; a reference that does not compile alone is left out. */
export async function problemTargets(
  { problems, compiler }: Reexecution,
  recompiler: Recompiler,
): Promise<ProblemTarget[]> {
  const drafts = problems.map(({ reference }) => ({ text: reference }));
  const targets: ProblemTarget[] = [];
  for (const level of STUDY_LEVELS) {
    const build = { compiler: compiler.name, level };
    const { results } = await recompiler.recompile(drafts, build);
    for (const [i, result] of results.entries()) {
      if (!result.body) continue;
      const { body, names, memory } = result;
      const assembly = firstInstructions(normalizedAssembly(body, names));
      const draft = memory ? liftedText(body, names, memory) : null;
      const lifted = draft === null ? null : codeAlone(draft);
      targets.push({ problem: problems[i], level, build, body, assembly, lifted });
    }
  }
  return targets;
}

/** The candidate whose compiled code is the likest; where none compiles, the first. @param candidates the best first */
export function likest(candidates: readonly Candidate[]): Candidate {
  const score = ({ likeness }: Candidate): number => likeness ?? -1;
  return candidates.reduce((best, one) => (score(one) > score(best) ? one : best));
}

/** Of each target whether what was chosen compiles, and whether it passes its test. */
export interface Rerun {
  readonly compiles: boolean;
  readonly passes: boolean;
}

/** @param chosen a text for each target @throws BinscribeError of kind `interrupted` */
export async function rerun(
  targets: readonly ProblemTarget[],
  chosen: readonly string[],
  { sandbox, compiler, signal }: Reexecution,
): Promise<Rerun[]> {
  const results: Rerun[] = [];
  for (const level of STUDY_LEVELS) {
    const own = Array.from(targets.keys()).filter((i) => targets[i].level === level);
    const trials = own.map((i) => {
      const { test, reference } = targets[i].problem;
      return { candidate: renamed(chosen[i], nameIn(reference) ?? ''), test };
    });
    const found = await reexecute(trials, { sandbox, compiler, level, signal });
    own.forEach((i, n) => (results[i] = { compiles: found[n].compiles, passes: found[n].passes }));
  }
  return results;
}

/** Of several functions the last is meant. */
function nameIn(text: string): string | undefined {
  return functionsOf(text).at(-1)?.name;
}

/** What a function is called no code tells, and a test calls it by its name. */
export function renamed(text: string, name: string): string {
  const own = nameIn(text);
  return own === undefined ? text : text.replace(new RegExp(`\\b${own}\\b`, 'g'), name);
}
