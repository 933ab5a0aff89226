/** `binscribe study ask`: how well questions find the functions that people have said so of. */

import { manifestHash, manifestHashes, readManifest } from '../corpus/index.ts';
import { renderJson } from '../explain/render/json.ts';
import { type AskDocument, renderAskStudy } from '../tasks/ask/report.ts';
import { studyAsk } from '../tasks/ask/study.ts';
import { VERSION } from '../version.ts';
import { noMeaning } from './model.ts';
import { Steps } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';

export interface AskStudyFlags extends ResultFlags {
  model?: string;
  build?: string[];
  learned?: string[];
}

/** @throws BinscribeError `missing` without a model, `usage` where nothing can be asked */
export async function studyQuestions(data: string, flags: AskStudyFlags, session: Session): Promise<void> {
  const { name } = readManifest(data);
  const model = await session.openMeaning(flags.model);
  if (model === null) throw noMeaning();
  const steps = new Steps(session);
  const report = await studyAsk(data, {
    model,
    builds: flags.build,
    learned: flags.learned,
    progress: (step, done, total) => steps.update(step, done, total),
  }).finally(() => steps.end());
  const document: AskDocument = {
    schema: 'binscribe.ask-study/1',
    tool: `binscribe ${VERSION}`,
    model: model.card.id,
    dataset: { name, manifest: manifestHash(data) },
    builds: flags.build ?? null,
    learned: manifestHashes(flags.learned),
    ...report,
  };
  await publish(session, flags, renderAskStudy(document), renderJson(document));
}
