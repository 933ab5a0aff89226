/** Fragments become compilable by trying: each candidate in order, until a compiler takes one. */

import { candidatesOf, type Candidate, type SourceLanguage } from './candidates.ts';

export interface CompileOutcome {
  ok: boolean;
  /** The compiler's first complaint; '' where there is none. */
  complaint: string;
}

/** The compiler, which is outside: what it gets was written by strangers. */
export interface FragmentCompiler {
  /** Each candidate on its own: one that takes the compiler down or hangs must not cost the others. */
  compile(candidates: readonly Candidate[]): Promise<CompileOutcome[]>;
}

export interface CompiledFragment {
  /** The candidate that compiles, undefined where none does. */
  candidate: Candidate | undefined;
  /** Why the first candidate does not compile; '' where it does. */
  complaint: string;
}

/** Candidates are tried in rounds, so that a round of all fragments is one batch for the compiler. */
export async function compileFragments(
  fragments: readonly { code: string; language: SourceLanguage }[],
  compiler: FragmentCompiler,
): Promise<CompiledFragment[]> {
  const candidates = fragments.map(({ code, language }) => candidatesOf(code, language));
  const results = fragments.map((): CompiledFragment => ({ candidate: undefined, complaint: '' }));
  for (let round = 0; ; round++) {
    const open = results.flatMap(({ candidate }, i) =>
      candidate === undefined && round < candidates[i].length ? [i] : [],
    );
    if (open.length === 0) return results;
    const outcomes = await compiler.compile(open.map((i) => candidates[i][round]));
    for (const [k, { ok, complaint }] of outcomes.entries()) {
      const i = open[k];
      if (ok) results[i].candidate = candidates[i][round];
      if (round === 0) results[i].complaint = complaint;
    }
  }
}
