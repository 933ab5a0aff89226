/** `binscribe study capabilities`: whether what code tells by itself is what programmers call it. */

import { manifestHash, readManifest } from '../corpus/index.ts';
import { renderJson } from '../explain/render/json.ts';
import { type CapabilityDocument, renderCapabilityStudy } from '../tasks/capabilities/report.ts';
import { studyCapabilities } from '../tasks/capabilities/study.ts';
import { VERSION } from '../version.ts';
import { Progress } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';

/** @throws BinscribeError as data sets are read */
export async function studyCapabilitiesOf(
  folders: readonly string[],
  flags: ResultFlags,
  session: Session,
): Promise<void> {
  const datasets = Object.fromEntries(
    folders.map((folder) => [readManifest(folder).name, manifestHash(folder)]),
  );
  const progress = new Progress(session, 'reading functions', 'rows');
  progress.begin();
  const report = await studyCapabilities(folders, (rows, all) => progress.update(rows, all)).finally(() =>
    progress.end(),
  );
  const document: CapabilityDocument = {
    schema: 'binscribe.capability-study/1',
    tool: `binscribe ${VERSION}`,
    datasets,
    ...report,
  };
  await publish(session, flags, renderCapabilityStudy(document), renderJson(document));
}
