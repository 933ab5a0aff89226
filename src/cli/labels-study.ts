/** `binscribe study labels`: whether zero-shot labels are those of the files that functions were written in. */

import { readDocument } from '../corpus/document.ts';
import { manifestHash, manifestHashes, readManifest } from '../corpus/index.ts';
import { renderJson } from '../explain/render/json.ts';
import { DEFAULT_LABELS } from '../models/meaning/default-labels.ts';
import { type LabelDocument, renderLabelStudy } from '../tasks/labels/report.ts';
import { labelStudyShape, studyLabels } from '../tasks/labels/study.ts';
import { VERSION } from '../version.ts';
import { noMeaning } from './model.ts';
import { Progress } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';

export interface LabelStudyFlags extends ResultFlags {
  model?: string;
  learned?: string[];
}

/** @throws BinscribeError `missing` without a model, `usage` for a list that does not fit its data set */
export async function studyLabelsOf(path: string, flags: LabelStudyFlags, session: Session): Promise<void> {
  const study = readDocument(path, {
    shape: labelStudyShape,
    name: 'study of labels',
    absent: 'unreadable',
    wrong: 'usage',
    hint: 'studies/labels.json is one.',
  });
  const { name } = readManifest(study.dataset);
  const model = await session.openMeaning(flags.model);
  if (model === null) throw noMeaning();
  const progress = new Progress(session, `reading functions of ${study.dataset}`);
  progress.begin();
  const report = await studyLabels(study, model, DEFAULT_LABELS, flags.learned ?? [], (done, all) =>
    progress.update(done, all),
  ).finally(() => progress.end());
  const document: LabelDocument = {
    schema: 'binscribe.label-study/1',
    tool: `binscribe ${VERSION}`,
    model: model.card.id,
    study,
    dataset: { name, manifest: manifestHash(study.dataset) },
    learned: manifestHashes(flags.learned),
    ...report,
  };
  await publish(session, flags, renderLabelStudy(document), renderJson(document));
}
