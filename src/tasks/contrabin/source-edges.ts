/** The compilers and the sandbox of this machine, as a study needs them: opened when a question is asked, closed at the end. */

import { openDataset } from '../../corpus/dataset.ts';
import { openSandbox } from '../../corpus/sandbox.ts';
import { findCompiler } from '../../corpus/toolchain.ts';
import { BinscribeError } from '../../error.ts';
import { SandboxRecompiler } from '../drafts/sandbox-recompiler.ts';
import { readDecompileEval } from '../reexecution/decompile-eval.ts';
import type { PreTrainingRecipe } from './recipe.ts';
import type { SourceChecks } from './source-checks.ts';
import type { WrittenStudyQuestion } from './study-shape.ts';
import type { WrittenSides } from './written-sides.ts';

export class SourceEdges {
  private readonly signal: AbortSignal;
  private readonly opened: SandboxRecompiler[] = [];

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /**
   * @throws BinscribeError: `missing` where a compiler of the data sets is not here, `usage` where the functions that are to
   *   be run are learned from, and as `readDecompileEval`
   */
  checksOf(
    question: Extract<WrittenStudyQuestion, { kind: 'source' }>,
    pretraining: PreTrainingRecipe,
    { validation, test }: WrittenSides,
  ): SourceChecks {
    const { datasets, tested = datasets, reexecution } = question;
    if (reexecution !== undefined) expectUnseen([...datasets, ...pretraining.datasets]);
    const used = new Set([...validation, ...test].map(({ build }) => build.compiler));
    // In the order of the data sets' recipes, whose first compiler decides.
    const named = tested.flatMap((folder) => openDataset(folder).manifest.compilers.map(({ name }) => name));
    const compilers = [...new Set(named)].filter((name) => used.has(name)).map(findCompiler);
    const { signal } = this;
    const sandbox = openSandbox();
    const recompiler = new SandboxRecompiler(sandbox, compilers, signal);
    this.opened.push(recompiler);
    if (reexecution === undefined) return { recompiler, reexecution: null };
    const problems = readDecompileEval(reexecution);
    const [compiler] = compilers;
    return { recompiler, reexecution: { problems, sandbox, compiler, signal } };
  }

  close(): void {
    for (const recompiler of this.opened) recompiler.close();
    this.opened.length = 0;
  }
}

/** Decompile-Eval is HumanEval's problems in C. */
function expectUnseen(folders: readonly string[]): void {
  const seen = folders.find((folder) => openDataset(folder).manifest.snippets?.kind === 'humaneval');
  if (seen === undefined) return;
  throw new BinscribeError('usage', `${seen}: HumanEval is learned from, and its functions are to be run`, {
    hint: 'Leave it out of the data sets of the question and of pre-training, or `reexecution` out of the question.',
  });
}
