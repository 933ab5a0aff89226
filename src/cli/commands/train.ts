/** `binscribe train`: learns a model from a data set, as a recipe says. */

import { Command, Option } from 'commander';
import { DEVICES } from '../../nn/runtime.ts';
import type { Session } from '../session.ts';
import type { TrainFlags } from '../train.ts';

const EXAMPLES = `
Examples:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe train recipes/first.json
  $ binscribe explain /bin/ls --model runs/first
  $ binscribe train recipes/first.json --export models/first
  $ binscribe train recipes/encoder.json --export models/encoder
  $ binscribe train --resume runs/encoder
  $ binscribe train recipes/known.json -o own && binscribe explain FILE --known own

A recipe names a data set and settings; recipes/first.json of the project is an example. A run is a model folder
with a manifest (recipe, hashes of what it learned from, figures) and what \`binscribe evaluate\` compares it with;
--export writes the model without the latter (of a network, that of the seed which did best on its validation
packages): what ships. The same recipe and data set give the same bytes.

A recipe of known functions ("model": "known") learns no network: it lists functions of a data set for an encoder that is
there, with the first sentences of their comments, and --known of \`explain\` finds them inside other programs.

A network is trained once for each seed of its recipe and each point of its grid; table.md of the run has the means
with 95 % intervals, and each training its log.jsonl, curves.html and checkpoints. Ctrl-C, or a kill, costs at most
the steps since the last checkpoint: --resume, or the same command again, goes on to the same numbers.`;

export function trainCommand(session: Session): Command {
  return new Command('train')
    .description('Train a model: a recipe and a data set become a run, which is a model folder.')
    .argument('[recipe]', 'recipe of a run, a JSON file')
    .option(
      '-o, --output <dir>',
      'folder of the run; a finished one that is there is replaced (default: runs/NAME of the recipe)',
    )
    .option('--resume <run>', "go on with a network's run that was stopped")
    .addOption(
      new Option('--device <name>', 'what computes the training of a network')
        .choices(DEVICES)
        .default('cpu'),
    )
    .option('--export <dir>', 'folder for the model alone; a model that is there is replaced')
    .option('--json', "print the run's manifest")
    .addHelpText('after', EXAMPLES)
    .action(async (path: string | undefined, flags: TrainFlags) => {
      const { trainRun } = await import('../train.ts');
      await trainRun(path, flags, session);
    });
}
