/** Fragments become compilable by trying: each candidate in order, until a compiler takes one. */

import type { Candidate } from './candidates.ts';
import { causeOf } from './causes.ts';

export interface CompileOutcome {
  ok: boolean;
  /** The compiler's first complaint; '' where there is none. */
  complaint: string;
}

/** The compiler, which is outside: what it gets was written by strangers. */
export interface FragmentCompiler<C = Candidate> {
  /** Each candidate on its own: one that takes the compiler down or hangs must not cost the others. */
  check(candidates: readonly C[]): Promise<CompileOutcome[]>;
}

export interface CompiledFragment {
  /** Number of the candidate that compiles, undefined where none does. */
  candidate: number | undefined;
  /** Why the first candidate does not compile; '' where it does. */
  complaint: string;
}

/**
 * Candidates are tried in rounds, so that a round of all fragments is one batch for the compiler.
 *
 * @param fragments the candidates of each, the likeliest first
 */
export async function compileFragments<C>(
  fragments: readonly (readonly C[])[],
  compiler: FragmentCompiler<C>,
): Promise<CompiledFragment[]> {
  const results = fragments.map((): CompiledFragment => ({ candidate: undefined, complaint: '' }));
  /** Those at which the compiler came to its limits: it would with the others too. */
  const exhausted = new Set<number>();
  for (let round = 0; ; round++) {
    const open = results.flatMap(({ candidate }, i) =>
      candidate === undefined && round < fragments[i].length && !exhausted.has(i) ? [i] : [],
    );
    if (open.length === 0) return results;
    const outcomes = await compiler.check(open.map((i) => fragments[i][round]));
    for (const [k, { ok, complaint }] of outcomes.entries()) {
      const i = open[k];
      if (ok) results[i].candidate = round;
      if (round === 0) results[i].complaint = complaint;
      if (!ok && causeOf(complaint) === 'time, memory or size') exhausted.add(i);
    }
  }
}
