/**
 * Which unit tests decide anything. Of Decompile-Eval's some do not: one never calls the function (69), one asserts nothing
 * (74), two ask whether decoding undoes encoding, which doing nothing does as well (38, 50), and some read a size that
 * nobody set (58, 129). A share of functions that pass is given with and without them.
 */

import { functionsOf } from '../../corpus/c/functions.ts';
import type { Problem } from './decompile-eval.ts';
import { reexecute, type ReexecutionOptions } from './reexecute.ts';

/** Bodies of functions that do not do what the reference does. */
const BODIES = ['{ }', '{ return 0; }'];

/** The reference with its last function, which the test is of, hollowed out. */
export function controlsOf({ reference }: Pick<Problem, 'reference'>): string[] {
  const last = functionsOf(reference).at(-1);
  if (last === undefined) return [''];
  const at = reference.lastIndexOf(last.text);
  const head = reference.slice(0, at) + last.text.slice(0, last.text.indexOf('{'));
  const rest = reference.slice(at + last.text.length);
  return BODIES.map((body) => head + body + rest);
}

/**
 * Numbers of the problems whose test a control passes, at this level by this compiler.
 * @throws BinscribeError of kind `interrupted`
 */
export async function undecidedProblems(
  problems: readonly Problem[],
  options: ReexecutionOptions,
): Promise<Set<number>> {
  const trials = problems.flatMap((problem) =>
    controlsOf(problem).map((candidate) => ({ id: problem.id, candidate, test: problem.test })),
  );
  const results = await reexecute(trials, options);
  return new Set(trials.flatMap(({ id }, i) => (results[i].passes ? [id] : [])));
}
