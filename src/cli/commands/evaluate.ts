/** `binscribe evaluate`: judges a run on packages that it did not learn from, and writes the figures down. */

import { Command } from 'commander';
import type { EvaluateFlags } from '../evaluate.ts';
import type { Session } from '../session.ts';

const EXAMPLES = `
Examples:
  $ binscribe evaluate runs/first
  $ binscribe evaluate runs/encoder --baseline runs/baseline
  $ binscribe evaluate runs/first --json | jq '.sets[0].figures[] | {name, value, interval}'

Baselines, 95 % intervals and the figures without duplicates and leaks stand beside each figure.`;

export function evaluateCommand(session: Session): Command {
  return new Command('evaluate')
    .description("Judge a run on its data set's test packages: figures, baselines, intervals.")
    .argument('<run>', 'folder that `binscribe train` wrote')
    .option('--dataset <dir>', 'another data set than the one it was trained on')
    .option('--orbit <dir>', 'judge it on the orbit data set too; the folder that holds fundump/ (needs xz)')
    .option('--baseline <run>', 'run of the model `first` on the same data set, to stand beside a network')
    .option('-o, --output <dir>', 'folder for the figures, NAME.json and NAME.md', 'results')
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, flags: EvaluateFlags) => {
      const { evaluateRun } = await import('../evaluate.ts');
      await evaluateRun(run, flags, session);
    });
}
