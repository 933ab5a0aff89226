/** `binscribe study datasets`: sets of pairs side by side, each with its twin; goes on where it was stopped. */

import { dirname } from 'node:path';
import { renderJson } from '../explain/render/json.ts';
import { hashInputs, type InputHashes, type PairSet, sameInputs } from '../tasks/edc/sets.ts';
import { renderStudy } from '../tasks/edc/study-table.ts';
import { type StudyLine, type StudyReport, studySet } from '../tasks/edc/study.ts';
import { openSentences } from './edc.ts';
import { Journal } from './journal.ts';
import { Steps } from './progress.ts';
import { alone, publish } from './result.ts';
import { type ListedSets, readSets } from './sets.ts';
import type { Session } from './session.ts';

export interface DatasetsFlags {
  data?: string;
  output: string;
  limit: number;
  resamples: number;
  seed: number;
  json?: boolean;
}

/** A line, and which part of the list it is of: one that was left out may be there the next time. */
interface DoneLine {
  readonly part: number;
  readonly line: StudyLine;
}

/** One way of embedding one set. */
interface Part {
  readonly set: PairSet;
  readonly embedders: PairSet['embedders'][number];
  /** Null where the set is not there. */
  readonly inputs: InputHashes | null;
}

export async function studyDatasets(list: string, flags: DatasetsFlags, session: Session): Promise<void> {
  const { data = dirname(list), output } = flags;
  const listed = readSets(list, data, session);
  await alone(output, () => measureSets(listed, data, flags, session));
}

async function measureSets(
  { sets, absent }: ListedSets,
  data: string,
  flags: DatasetsFlags,
  session: Session,
): Promise<void> {
  const { output, limit, resamples, seed, json = false } = flags;
  const parts: Part[] = [];
  for (const set of sets) {
    const isAbsent = absent.some(({ set: name }) => name === set.name);
    const inputs = isAbsent ? null : await hashInputs(set, data);
    parts.push(...set.embedders.map((embedders) => ({ set, embedders, inputs })));
  }
  // What a line was made of is known from the list: another list is another study.
  const journal = Journal.open<DoneLine>(`${output}.partial.jsonl`, { sets, limit, resamples, seed });
  const lines: StudyLine[] = [];
  const steps = new Steps(session);
  for (const [part, { set, embedders, inputs }] of parts.entries()) {
    if (inputs === null) continue;
    const known = journal.lines.find((done) => done.part === part && sameInputs(done.line.inputs, inputs));
    if (known) {
      lines.push(known.line);
      continue;
    }
    const line = await studySet(set, embedders, {
      base: data,
      inputs,
      limit,
      resamples,
      seed,
      openModel: (folder) => session.openModel(folder),
      openSentences,
      progress: (step, done, total) => steps.update(`${set.name}: ${step}`, done, total),
    });
    steps.end();
    journal.add({ part, line });
    lines.push(line);
  }
  const report: StudyReport = { schema: 3, seed, resamples, limit, lines, absent };
  await publish(session, { output, json }, renderStudy(report), renderJson(report));
  journal.remove();
}
