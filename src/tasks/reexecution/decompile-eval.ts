/**
 * Decompile-Eval (LLM4Decompile): HumanEval's problems as C functions, each with a unit test. The file has each function
 * at four levels, with the assembly of gcc; here a problem counts once.
 */

import { z } from 'zod';
import { readDocument } from '../../corpus/document.ts';
import type { UnitTest } from './reexecute.ts';

export interface Problem {
  id: number;
  /** A function that solves it, with the headers that it needs. */
  reference: string;
  test: UnitTest;
}

const shape = z.array(z.object({ task_id: z.int(), c_func: z.string(), c_test: z.string() }));

/**
 * By their numbers.
 * @throws BinscribeError: `unreadable` where there is no such file, `corrupt` where it is another
 */
export function readDecompileEval(path: string): Problem[] {
  const list = readDocument(path, {
    shape,
    name: 'Decompile-Eval',
    absent: 'unreadable',
    wrong: 'corrupt',
    hint: 'It is decompile-eval.json of LLM4Decompile.',
  });
  const problems = new Map(
    list.map(({ task_id, c_func, c_test }): [number, Problem] => [
      task_id,
      problemOf(task_id, c_func, c_test),
    ]),
  );
  return [...problems.values()].sort((a, b) => a.id - b.id);
}

/** A candidate gets the headers of the reference and of the test, as LLM4Decompile gives them. */
export function problemOf(id: number, reference: string, code: string): Problem {
  const lines = [...reference.split('\n'), ...code.split('\n')].filter((line) =>
    /^\s*#\s*include\b/.test(line),
  );
  return { id, reference, test: { includes: [...new Set(lines)].join('\n'), code } };
}
