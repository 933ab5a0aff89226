/**
 * Which of several drafts of a function's source is the best, by what a machine can check: each is compiled as the
 * function was, and its code compared with the function's. How well that goes stands beside the draft as evidence.
 */

import type { FunctionBody } from '../../binary/instruction.ts';
import { likeness, viewOf } from './likeness.ts';
import { sourceOf, type Build, type Draft, type Recompiler } from './recompiler.ts';

export interface ChosenDraft<D extends Draft = Draft> {
  draft: D;
  /** How alike its code is to the function's, in [0, 1]: see likeness.ts. */
  score: number;
  /**
   * Whether its code is the same, what linking decides left out: then the score is 1, and else it is less. Data that code
   * refers to is not compared: a wrong string, or a wrong constant of floating point, goes unseen.
   */
  exact: boolean;
}

export interface DraftChoice<D extends Draft = Draft> {
  /** Null where no candidate compiles. */
  best: ChosenDraft<D> | null;
  /** What the candidates were compiled with. */
  build: Build;
  /** Different ones, and how many of these compiled. */
  candidates: number;
  compiled: number;
}

/** How alike the code of each of several drafts is to a function's. */
export interface DraftComparison {
  /** What they were compiled with. */
  build: Build;
  /** Of each draft in [0, 1], see likeness.ts; null where it does not compile. */
  scores: (number | null)[];
}

/** @param build how the function was compiled, as far as that was recognised @throws BinscribeError as the recompiler does */
export async function compareDrafts(
  target: FunctionBody,
  drafts: readonly Draft[],
  build: Build,
  recompiler: Recompiler,
): Promise<DraftComparison> {
  const recompilation = await recompiler.recompile(drafts, build);
  const wanted = viewOf(target);
  const scores = recompilation.results.map(({ body }) => (body ? likeness(wanted, viewOf(body)) : null));
  return { build: recompilation.build, scores };
}

/**
 * @param candidates the likeliest first: of equals the first is chosen
 * @param build how the function was compiled, as far as that was recognised
 * @throws BinscribeError as the recompiler does
 */
export async function chooseDraft<D extends Draft>(
  target: FunctionBody,
  candidates: readonly D[],
  build: Build,
  recompiler: Recompiler,
): Promise<DraftChoice<D>> {
  // Beams of a network end in the same text now and then, and neighbours have copies.
  const sources = candidates.map(sourceOf);
  const distinct = candidates.filter((_, i) => sources.indexOf(sources[i]) === i);
  const comparison = await compareDrafts(target, distinct, build, recompiler);
  let best: ChosenDraft<D> | null = null;
  for (const [i, score] of comparison.scores.entries()) {
    if (score !== null && (best === null || score > best.score)) {
      best = { draft: distinct[i], score, exact: score === 1 };
    }
  }
  const compiled = comparison.scores.filter((score) => score !== null).length;
  return { best, build: comparison.build, candidates: distinct.length, compiled };
}
