/** Drafts by rules beside the functions that they were lifted from: both run, at two levels. */

import { openSandbox } from '../../src/corpus/sandbox.ts';
import { findCompiler } from '../../src/corpus/toolchain.ts';
import type { Lifted } from '../../src/lift/lift.ts';
import { reexecute, type Trial } from '../../src/tasks/reexecution/reexecute.ts';

export interface LiftedSample {
  readonly name: string;
  readonly lifted: Lifted;
  /** Calls the draft, and the function itself under the name `same_NAME`. */
  readonly test: Trial['test'];
}

/** @returns what was refused, and which draft does something else; none where all is well */
export async function failuresOf(samples: readonly LiftedSample[]): Promise<string[]> {
  const failures = samples.flatMap(({ name, lifted }) =>
    lifted.text === null ? [`${name}: ${lifted.reason}`] : [],
  );
  const trials = samples.map(({ lifted, test }) => ({ candidate: lifted.text ?? '', test }));
  for (const level of ['O0', 'O2'] as const) {
    const results = await reexecute(trials, {
      sandbox: openSandbox(),
      compiler: findCompiler('gcc-12'),
      level,
    });
    results.forEach(({ ending, complaint }, i) => {
      const { name, lifted } = samples[i];
      if (ending !== 'passed') failures.push(`${name}: ${ending} ${complaint}\n${lifted.text}`);
    });
  }
  return failures;
}
