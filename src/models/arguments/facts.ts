/** The facts about the arguments of a program's functions, by address: what each reads, and what its callers set. */

import type { FunctionInput } from '../model.ts';
import { type ArgumentFacts, solveProgram } from './program.ts';
import { type ArgumentSummary, summarise } from './summary.ts';

export interface ProgramArguments {
  /** Of functions that have instructions. */
  readonly summaries: ReadonlyMap<number, ArgumentSummary>;
  readonly facts: ReadonlyMap<number, ArgumentFacts>;
}

export function argumentFacts(functions: readonly FunctionInput[]): ProgramArguments {
  const decoded = functions.filter(({ body }) => body.instructions.length > 0);
  const summaries = new Map(decoded.map(({ address, body }) => [address, summarise(body)]));
  return { summaries, facts: solveProgram(summaries) };
}
