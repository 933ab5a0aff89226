/** `binscribe study datasets`: sets of pairs side by side, each with its twin; goes on where it was stopped. */

import { dirname } from 'node:path';
import { readDocument } from '../corpus/document.ts';
import { renderJson } from '../explain/render/json.ts';
import { BinscribeError } from '../error.ts';
import { listShape, missingPath, type PairSet } from '../tasks/edc/sets.ts';
import { renderStudy } from '../tasks/edc/study-table.ts';
import { type AbsentSet, type StudyLine, type StudyReport, studySet } from '../tasks/edc/study.ts';
import { openSentences } from './edc.ts';
import { Journal } from './journal.ts';
import { Steps } from './progress.ts';
import { publish } from './result.ts';
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

export async function studyDatasets(list: string, flags: DatasetsFlags, session: Session): Promise<void> {
  const { data = dirname(list), output, limit, resamples, seed, json = false } = flags;
  const { sets } = readDocument(list, {
    shape: listShape,
    name: 'list of sets',
    absent: 'unreadable',
    wrong: 'usage',
    hint: '`binscribe study datasets --help` shows one.',
  });
  const absent = absentSets(list, sets, data, session);
  const parts = sets.flatMap((set) => set.embedders.map((embedders) => ({ set, embedders })));
  // What a line was made of is known from the list: another list is another study.
  const journal = Journal.open<DoneLine>(`${output}.partial.jsonl`, { sets, limit, resamples, seed });
  const done = new Map(journal.lines.map(({ part, line }) => [part, line]));
  const steps = new Steps(session);
  for (const [part, { set, embedders }] of parts.entries()) {
    if (done.has(part) || absent.some(({ set: name }) => name === set.name)) continue;
    const line = await studySet(set, embedders, {
      base: data,
      limit,
      resamples,
      seed,
      openModel: (folder) => session.openModel(folder),
      openSentences,
      progress: (step, done, total) => steps.update(`${set.name}: ${step}`, done, total),
    });
    steps.end();
    journal.add({ part, line });
    done.set(part, line);
  }
  const lines = parts.flatMap((_, part) => done.get(part) ?? []);
  const report: StudyReport = { schema: 2, seed, resamples, limit, lines, absent };
  await publish(session, { output, json }, renderStudy(report), renderJson(report));
  journal.remove();
}

/**
 * Sets that cannot be measured, since a file of theirs is not there; says so.
 * @throws BinscribeError `unreadable` where none is there
 */
export function absentSets(
  list: string,
  sets: readonly PairSet[],
  data: string,
  session: Session,
): AbsentSet[] {
  const absent = sets.flatMap((set): AbsentSet[] => {
    const path = missingPath(set, data);
    return path === null ? [] : [{ set: set.name, reason: `there is no ${path}` }];
  });
  if (absent.length === sets.length) {
    throw new BinscribeError('unreadable', `${list}: no set of it is there: ${absent[0].reason}`, {
      hint: "--data names the folder that the list's paths start from.",
    });
  }
  for (const { set, reason } of absent) session.stderr.write(`${set}: left out: ${reason}\n`);
  return absent;
}
