/** `binscribe evaluate`: judges a run on packages that it did not learn from, and writes the figures down. */

import { join } from 'node:path';
import { renderJson } from '../explain/render/json.ts';
import { evaluate } from '../tasks/evaluate.ts';
import { isNetworkRun } from '../tasks/networks/run-folder.ts';
import { renderEvaluation } from '../tasks/tables.ts';
import { Steps } from './progress.ts';
import { publish } from './result.ts';
import type { Session } from './session.ts';

export interface EvaluateFlags {
  dataset?: string;
  orbit?: string;
  baseline?: string;
  output: string;
  json?: boolean;
}

/** Judges a run; its figures go into files and to standard output. */
export async function evaluateRun(run: string, flags: EvaluateFlags, session: Session): Promise<void> {
  const steps = new Steps(session);
  // A network's needs what runs networks, which takes a while to load.
  const judge = isNetworkRun(run) ? (await import('../tasks/encoder/evaluate.ts')).evaluateEncoder : evaluate;
  const evaluation = await judge(run, {
    dataset: flags.dataset,
    orbit: flags.orbit,
    baseline: flags.baseline,
    progress: (step, done, total) => steps.update(step, done, total),
  });
  steps.end();
  await publish(
    session,
    { output: join(flags.output, evaluation.run.name), json: flags.json ?? false },
    renderEvaluation(evaluation),
    renderJson(evaluation),
  );
}
