/** `binscribe edc`: is a set of pairs worth training on? */

import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { embedderFor, type EmbedderName } from '../tasks/edc/embed.ts';
import { readItems } from '../tasks/edc/items.ts';
import { type EdcReport, measureEdc } from '../tasks/edc/measure.ts';
import { renderEdcPage } from '../tasks/edc/page.ts';
import { renderEdc } from '../tasks/edc/render.ts';
import { writeWhole } from './files.ts';
import { Steps } from './progress.ts';
import { publish } from './result.ts';
import type { Session } from './session.ts';

export interface EdcFlags {
  input: string;
  output: string;
  inputEmbedder?: EmbedderName;
  outputEmbedder?: EmbedderName;
  by?: string;
  limit: number;
  resamples: number;
  seed: number;
  model?: string;
  report?: string;
  json?: boolean;
}

export async function judgeData(data: string, flags: EdcFlags, session: Session): Promise<void> {
  const { input, output, by, limit, seed, resamples } = flags;
  const items = await readItems(data, { input, output, by }, limit, seed);
  const [first] = items.items;
  const steps = new Steps(session);
  const measured = await measureEdc(items, {
    data,
    input: { field: input, embedder: flags.inputEmbedder ?? embedderFor(first.input) },
    output: { field: output, embedder: flags.outputEmbedder ?? embedderFor(first.output) },
    seed,
    resamples,
    openModel: () => session.openModel(flags.model),
    progress: (done, total) => steps.update('resampling', done, total),
  });
  steps.end();
  const report = printable(measured);
  const { report: path, json = false } = flags;
  await publish(
    session,
    { ...(path === undefined ? {} : { output: path }), json },
    renderEdc(report),
    renderJson(report),
  );
  if (path !== undefined) await writeWhole(`${path}.html`, [renderEdcPage(report)]);
}

/** Names come from the file that was judged, and may hold whatever a terminal acts upon. */
function printable(report: EdcReport): EdcReport {
  const { data, input, output, slices } = report;
  const name = (text: string): string => sanitize(text, LONGEST_NAME);
  return {
    ...report,
    data: name(data),
    input: { ...input, field: name(input.field) },
    output: { ...output, field: name(output.field) },
    slices: slices.map((one) => ({ ...one, slice: name(one.slice) })),
  };
}

const LONGEST_NAME = 120;
