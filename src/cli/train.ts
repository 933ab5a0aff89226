/** `binscribe train`: learns a model from a data set, as a recipe says. */

import { BinscribeError } from '../error.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { readTrainingRecipe, type TrainingRecipe } from '../tasks/recipe.ts';
import type { Device } from '../nn/runtime.ts';
import { train } from '../tasks/train.ts';
import { gridTable } from '../nn/training/runs.ts';
import { buildKnown } from '../tasks/known/build.ts';
import type { KnownRecipe } from '../tasks/known/recipe.ts';
import { Steps } from './progress.ts';
import type { Session } from './session.ts';
import { exportBest } from '../tasks/encoder/export.ts';
import { resumeNetwork, trainNetwork } from './train-network.ts';

export interface TrainFlags {
  output?: string;
  resume?: string;
  device: Device;
  export?: string;
  json?: boolean;
}

/** Makes the run of the recipe at `path`, or goes on with the one that a flag names. */
export async function trainRun(path: string | undefined, flags: TrainFlags, session: Session): Promise<void> {
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
  if (recipe?.model === 'known') {
    await makeKnown(session, recipe, flags);
    return;
  }
  const output = flags.resume ?? flags.output ?? `runs/${recipe!.name}`;
  const manifest = recipe
    ? await trainNetwork(session, recipe, output, flags.device)
    : await resumeNetwork(session, output, flags.device);
  if (flags.export !== undefined) await exportBest(output, manifest, flags.export);
  if (flags.json) writeJson(session, manifest);
  else session.stdout.write(`${sanitize(output)}\n\n${gridTable(manifest.rows)}`);
}

function writeJson(session: Session, document: object): void {
  for (const part of renderJson(document)) session.stdout.write(part);
}

/** The folder ships as it is: nothing of it is there for judging alone. */
async function makeKnown(session: Session, recipe: KnownRecipe, flags: TrainFlags): Promise<void> {
  const output = flags.export ?? flags.output ?? `runs/${recipe.name}`;
  const steps = new Steps(session);
  const manifest = await buildKnown(recipe, output, (step, done, all) => steps.update(step, done, all));
  steps.end();
  if (flags.json) return writeJson(session, manifest);
  writeFigures(session, output, manifest.figures);
}

async function trainFirst(session: Session, recipe: TrainingRecipe, flags: TrainFlags): Promise<void> {
  const output = flags.output ?? `runs/${recipe.name}`;
  const steps = new Steps(session);
  const manifest = await train(recipe, {
    output,
    exportTo: flags.export,
    progress: (step, done, total) => steps.update(step, done, total),
  });
  steps.end();
  if (flags.json) return writeJson(session, manifest);
  writeFigures(session, output, manifest.figures);
}

function writeFigures(session: Session, output: string, figures: Readonly<Record<string, number>>): void {
  session.stdout.write(`${sanitize(output)}\n`);
  for (const [name, value] of Object.entries(figures)) {
    session.stdout.write(`  ${name}: ${value.toLocaleString('en-US')}\n`);
  }
}
