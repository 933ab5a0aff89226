/**
 * Explains the files that it is told by messages, in a process of its own: whatever a file does to it, hang or
 * crash, the sweep goes on. An argument names the model folder; without one the shipped model answers.
 */

import { BinscribeError } from '../../error.ts';
import { renderJson } from '../../explain/render/json.ts';
import { PLAIN } from '../../explain/render/style.ts';
import { reportSchema } from '../../explain/schema.ts';
import { countReport, type SweepOutcome } from '../../explain/sweep.ts';
import type { Model } from '../../models/model.ts';
import { explainFile, textOf } from '../explain.ts';
import { openMeaning, openModel, openWriter } from '../model.ts';
import { DEFAULT_WIDTH, type Session } from '../session.ts';
import { leaveWithParent } from './watchdog.ts';

/** What is sent for each file. */
export type ChildReply = SweepOutcome & { seconds: number };

leaveWithParent();

const silence = { write: () => true };
const opening = { openModel, openMeaning, openWriter };
const session: Session = { stdout: silence, stderr: silence, env: {}, ...opening, status: 0 };
const model = await openModel(process.argv.at(2));

process.on('message', (path: string) => {
  void explainOne(path, model).then((reply) => process.send?.(reply));
});
process.send?.('ready');

async function explainOne(path: string, model: Model): Promise<ChildReply> {
  const began = performance.now();
  let seconds: number | undefined;
  const elapsed = (): number => Math.round(performance.now() - began) / 1000;
  try {
    const report = await explainFile(path, model, {}, session);
    textOf(report, {}, { width: DEFAULT_WIDTH, style: PLAIN });
    seconds = elapsed();
    // What follows finds defects and is not what a user waits for.
    for (const _ of renderJson(report));
    reportSchema.parse(report);
    return { outcome: 'explained', counts: countReport(report), seconds };
  } catch (error) {
    seconds ??= elapsed();
    if (error instanceof BinscribeError) {
      return { outcome: 'refused', error: { kind: error.kind, message: error.message }, seconds };
    }
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: 'crashed', error: { kind: 'internal', message }, seconds };
  }
}
