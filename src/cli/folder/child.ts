/**
 * Makes the reports that it is told by messages, in a process of its own: a program that hangs or crashes it costs
 * its own report only. An argument names the models, as JSON.
 */

import { BinscribeError } from '../../error.ts';
import { type Explained, explainedIn } from '../../explain/collection.ts';
import { PLAIN } from '../../explain/render/style.ts';
import type { Model } from '../../models/model.ts';
import { explainFile, textOf } from '../explain.ts';
import { writeWhole } from '../files.ts';
import type { Format } from '../formats.ts';
import { type LabelFlags, openLabeller } from '../labels.ts';
import { openMeaning, openModel, openWriter } from '../model.ts';
import { extrasFor, renderAs } from '../render.ts';
import { DEFAULT_WIDTH, type KnownFolders, type Session } from '../session.ts';
import { openSummaries, type SummaryFlags } from '../summaries.ts';
import { leaveWithParent } from '../sweep/watchdog.ts';

/** What is asked, as JSON. */
export interface ReportOrder {
  path: string;
  /** Where the report goes. */
  output: string;
  format: Format;
  options: { function?: string[]; all?: boolean; verbose?: boolean };
}

/** The models that answer; the shipped ones where none are named. */
export interface ChildModels extends LabelFlags, SummaryFlags {
  model?: string;
  known?: KnownFolders;
}

export type ReportReply =
  | { explained: Explained }
  /** `broken` where this process may be, too. */
  | { error: { kind: string; message: string }; broken: boolean };

leaveWithParent();
const silence = { write: () => true };
const opening = { openModel, openMeaning, openWriter };
const session: Session = { stdout: silence, stderr: silence, env: {}, ...opening, status: 0 };
const named = JSON.parse(process.argv[2]) as ChildModels;
const model = await openModel(named.model, named.known);
const labeller = await openLabeller(named, session);
const summaries = await openSummaries(named, session);

process.on('message', (order: string) => {
  void make(JSON.parse(order) as ReportOrder, model).then((reply) => process.send?.(reply));
});
process.send?.('ready');

async function make({ path, output, format, options }: ReportOrder, model: Model): Promise<ReportReply> {
  try {
    const { codes, map } = extrasFor(format);
    const report = await explainFile(
      path,
      model,
      { function: options.function, labeller, summaries, codes, map },
      session,
    );
    const pieces =
      format === 'text'
        ? [textOf(report, options, { width: DEFAULT_WIDTH, style: PLAIN })]
        : renderAs(format, report, codes, true);
    await writeWhole(output, pieces);
    return { explained: explainedIn(report) };
  } catch (error) {
    if (error instanceof BinscribeError) {
      return { error: { kind: error.kind, message: error.message }, broken: false };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { error: { kind: 'internal', message }, broken: true };
  }
}
