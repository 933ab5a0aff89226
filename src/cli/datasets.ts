/** `binscribe study datasets`: sets of pairs side by side, each with its twin; goes on where it was stopped. */

import { dirname } from 'node:path';
import { readDocument } from '../corpus/document.ts';
import { renderJson } from '../explain/render/json.ts';
import { listShape } from '../tasks/edc/sets.ts';
import { renderStudy, type StudyLine, type StudyReport, studySet } from '../tasks/edc/study.ts';
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

export async function studyDatasets(list: string, flags: DatasetsFlags, session: Session): Promise<void> {
  const { data = dirname(list), output, limit, resamples, seed, json = false } = flags;
  const { sets } = readDocument(list, {
    shape: listShape,
    name: 'list of sets',
    absent: 'unreadable',
    wrong: 'usage',
    hint: '`binscribe study datasets --help` shows one.',
  });
  const parts = sets.flatMap((set) => set.embedders.map((embedders) => ({ set, embedders })));
  // What a line was made of is known from the list: another list is another study.
  const journal = Journal.open<StudyLine>(`${output}.partial.jsonl`, { sets, limit, resamples, seed });
  const steps = new Steps(session);
  for (const { set, embedders } of parts.slice(journal.lines.length)) {
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
    journal.add(line);
  }
  const report: StudyReport = { schema: 1, seed, resamples, limit, lines: journal.lines };
  await publish(session, { output, json }, renderStudy(report), renderJson(report));
  journal.remove();
}
