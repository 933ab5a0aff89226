/** `binscribe train`: learns a model from a data set, as a recipe says. */

import { Command, Option } from 'commander';
import { BinscribeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { readTrainingRecipe, type TrainingRecipe } from '../tasks/recipe.ts';
import { DEVICES, type Device } from '../nn/runtime.ts';
import { train } from '../tasks/train.ts';
import { gridTable } from '../nn/training/runs.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';
import { exportBest } from '../tasks/encoder/export.ts';
import { resumeNetwork, trainNetwork } from './train-network.ts';

interface Flags {
  output?: string;
  resume?: string;
  device: Device;
  export?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe train recipes/first.json
  $ binscribe explain /bin/ls --model runs/first
  $ binscribe train recipes/first.json --export models/first
  $ binscribe train recipes/encoder.json --export models/encoder
  $ binscribe train --resume runs/encoder

A recipe names a data set and settings; recipes/first.json of the project is an example. A run is a model folder
with a manifest (recipe, hashes of what it learned from, figures) and what \`binscribe evaluate\` compares it with;
--export writes the model without the latter (of a network, that of the seed which did best on its validation
packages): what ships. The same recipe and data set give the same bytes.

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
    .action(async (path: string | undefined, flags: Flags) => {
      if ((path === undefined) === (flags.resume === undefined)) {
        throw new BinscribeError('usage', 'train: either a recipe or --resume RUN expected', {
          hint: '`binscribe train --help` says how to call it.',
        });
      }
      const recipe = path === undefined ? null : readTrainingRecipe(path);
      if (recipe?.model === 'first') {
        await trainFirst(session, recipe, flags);
        return;
      }
      const output = flags.resume ?? flags.output ?? `runs/${recipe!.name}`;
      const manifest = recipe
        ? await trainNetwork(session, recipe, output, flags.device)
        : await resumeNetwork(session, output, flags.device);
      if (flags.export !== undefined) await exportBest(output, manifest, flags.export);
      if (flags.json) writeJson(session, manifest);
      else session.stdout.write(`${sanitize(output)}\n\n${gridTable(manifest.rows)}`);
    });
}

function writeJson(session: Session, document: object): void {
  for (const part of renderJson(document)) session.stdout.write(part);
}

async function trainFirst(session: Session, recipe: TrainingRecipe, flags: Flags): Promise<void> {
  const output = flags.output ?? `runs/${recipe.name}`;
  const steps = new Steps(session);
  const manifest = await train(recipe, {
    output,
    exportTo: flags.export,
    progress: (step, done, total) => steps.update(step, done, total),
  });
  steps.end();
  if (flags.json) return writeJson(session, manifest);
  session.stdout.write(`${sanitize(output)}\n`);
  for (const [name, value] of Object.entries(manifest.figures)) {
    session.stdout.write(`  ${name}: ${value.toLocaleString('en-US')}\n`);
  }
}

/** Work in several steps, each with its own count and its own time left. */
export class Steps {
  private readonly session: Session;
  private step = '';
  private progress: Progress | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  update(step: string, done: number, total: number): void {
    if (step !== this.step) {
      this.end();
      this.step = step;
      this.progress = new Progress(this.session, step, 'done');
      this.progress.begin();
    }
    this.progress?.update(done, total);
  }

  end(): void {
    this.progress?.end();
    this.progress = undefined;
  }
}
