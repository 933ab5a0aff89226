/** `binscribe study predict`: what explainers learn from sets of known and spoiled quality; goes on where it was stopped. */

import { dirname } from 'node:path';
import { readDocument } from '../corpus/document.ts';
import { renderJson } from '../explain/render/json.ts';
import { nodeRuntime } from '../runtimes/node.ts';
import { listShape } from '../tasks/edc/sets.ts';
import { agreementOf, pointsOf, type PredictReport, type SetFacts } from '../tasks/predict/report.ts';
import { renderPredict, renderPredictPage } from '../tasks/predict/render.ts';
import { type Cell, measureCell, type PreparedSet, prepareSet } from '../tasks/predict/study.ts';
import { WRITER } from '../tasks/predict/writer.ts';
import { VERSION } from '../version.ts';
import { absentSets } from './datasets.ts';
import { openSentences } from './edc.ts';
import { writeWhole } from './files.ts';
import { Journal } from './journal.ts';
import { forecast, Steps } from './progress.ts';
import { publish } from './result.ts';
import type { Session } from './session.ts';

export interface PredictFlags {
  data?: string;
  output: string;
  limit: number;
  heldOut: number;
  resamples: number;
  steps: number;
  width: number;
  seeds: number;
  seed: number;
  shares: readonly number[];
  json?: boolean;
}

/** A cell, and what its set is. */
interface DoneCell {
  readonly cell: Cell;
  readonly facts: SetFacts;
}

export async function studyPredict(list: string, flags: PredictFlags, session: Session): Promise<void> {
  const {
    data = dirname(list),
    output,
    limit,
    heldOut,
    resamples,
    steps,
    width,
    seeds,
    seed,
    shares,
  } = flags;
  const { sets } = readDocument(list, {
    shape: listShape,
    name: 'list of sets',
    absent: 'unreadable',
    wrong: 'usage',
    hint: '`binscribe study datasets --help` shows one.',
  });
  const absent = absentSets(list, sets, data, session);
  const there = sets.filter(({ name }) => !absent.some(({ set }) => set === name));
  const writer = { ...WRITER, width, inner: 2 * width };
  const settings = { limit, heldOut, resamples, steps, seeds, seed, shares, writer };
  const journal = Journal.open<DoneCell>(`${output}.partial.jsonl`, { sets: there, ...settings });
  const isDone = (set: string, share: number, of: number): boolean =>
    journal.lines.some(({ cell }) => cell.set === set && cell.share === share && cell.seed === of);
  const total = there.length * shares.length * seeds;
  // Of so small a network more threads wait for one another longer than they work.
  const runtime = nodeRuntime({ threads: 1 });
  const inner = new Steps(session);
  let learned = 0;
  const started = performance.now();
  for (const set of there) {
    const options = {
      ...{ base: data, limit, heldOut, resamples, steps, writer, seed, runtime, openSentences },
      openModel: (folder: string | undefined) => session.openModel(folder),
    };
    let prepared: PreparedSet | undefined;
    for (const share of shares) {
      for (let of = seed; of < seed + seeds; of++) {
        if (isDone(set.name, share, of)) continue;
        const left = total - journal.lines.length;
        const rest =
          learned === 0 ? '' : `, ${forecast(((performance.now() - started) / learned) * left)} for all`;
        const what = `${set.name}, ${Math.round(100 * share)} % exchanged, seed ${of} (${total - left + 1} of ${total}${rest})`;
        const progress = (step: string, done: number, all: number): void =>
          inner.update(`${what}: ${step}`, done, all);
        prepared ??= await prepareSet(set, { ...options, progress });
        journal.add({
          cell: await measureCell(prepared, share, of, { ...options, progress }),
          facts: factsOf(prepared, set.limits ?? null),
        });
        learned++;
        inner.end();
      }
    }
  }
  const cells = there.flatMap(({ name }) =>
    journal.lines.map(({ cell }) => cell).filter(({ set }) => set === name),
  );
  const points = pointsOf(cells);
  const report: PredictReport = {
    schema: 1,
    tool: `binscribe ${VERSION}`,
    ...settings,
    sets: there.map(({ name }) => journal.lines.find(({ facts }) => facts.set === name)!.facts),
    absent,
    cells,
    points,
    agreement: agreementOf(points),
  };
  await publish(session, { output, json: flags.json ?? false }, renderPredict(report), renderJson(report));
  await writeWhole(`${output}.html`, [renderPredictPage(report)]);
  journal.remove();
}

function factsOf({ set, input, output, training, heldOut }: PreparedSet, limits: string | null): SetFacts {
  return { set, limits, input, output, training: training.length, heldOut: heldOut.length };
}
