/** `binscribe train`: learns a model from a data set, as a recipe says. */

import { Command } from 'commander';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { readTrainingRecipe } from '../tasks/recipe.ts';
import { train } from '../tasks/train.ts';
import { Progress } from './progress.ts';
import type { Session } from './session.ts';

interface Flags {
  output?: string;
  export?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  $ binscribe corpus build corpora/first.json -o data/first
  $ binscribe train recipes/first.json
  $ binscribe explain /bin/ls --model runs/first
  $ binscribe train recipes/first.json --export models/first

A recipe names a data set and settings; recipes/first.json of the project is an example. A run is a model folder
with a manifest (recipe, hashes of what it learned from, figures) and what \`binscribe evaluate\` compares it with;
--export writes the model without the latter: what ships. The same recipe and data set give the same bytes.`;

export function trainCommand(session: Session): Command {
  return new Command('train')
    .description('Train a model: a recipe and a data set become a run, which is a model folder.')
    .argument('<recipe>', 'recipe of a run, a JSON file')
    .option(
      '-o, --output <dir>',
      'folder of the run; one that is there is replaced (default: runs/NAME of the recipe)',
    )
    .option('--export <dir>', 'folder for the model alone; a model that is there is replaced')
    .option('--json', "print the run's manifest")
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, flags: Flags) => {
      const recipe = readTrainingRecipe(path);
      const output = flags.output ?? `runs/${recipe.name}`;
      const steps = new Steps(session);
      const manifest = await train(recipe, {
        output,
        exportTo: flags.export,
        progress: (step, done, total) => steps.update(step, done, total),
      });
      steps.end();
      if (flags.json) {
        for (const part of renderJson(manifest)) session.stdout.write(part);
        return;
      }
      session.stdout.write(`${sanitize(output)}\n`);
      for (const [name, value] of Object.entries(manifest.figures)) {
        session.stdout.write(`  ${name}: ${value.toLocaleString('en-US')}\n`);
      }
    });
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
