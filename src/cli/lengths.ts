/** `binscribe study lengths`: how long the source, the code and the text of data sets' rows are. */

import { basename } from 'node:path';
import { manifestHash, readManifest } from '../corpus/manifest.ts';
import { renderJson } from '../explain/render/json.ts';
import { sanitize } from '../explain/sanitize.ts';
import { type DatasetLengths, measureLengths, QUANTILES } from '../tasks/lengths/measure.ts';
import { renderPicture } from '../tasks/lengths/picture.ts';
import { type LengthsReport, renderLengths } from '../tasks/lengths/render.ts';
import { VERSION } from '../version.ts';
import { writeWhole } from './files.ts';
import { Steps } from './progress.ts';
import { publish, type ResultFlags } from './result.ts';
import type { Session } from './session.ts';

export async function studyLengths(
  directories: readonly string[],
  flags: ResultFlags,
  session: Session,
): Promise<void> {
  // That the last is no data set should not be found out after an hour.
  for (const directory of directories) readManifest(directory);
  const steps = new Steps(session);
  const sets: DatasetLengths[] = [];
  for (const directory of directories) {
    const manifest = manifestHash(directory);
    const progress = (rows: number, total: number): void => steps.update(directory, rows, total);
    const measured = await measureLengths(directory, manifest, progress).finally(() => steps.end());
    sets.push({ ...measured, name: sanitize(measured.name, LONGEST_NAME) });
  }
  const report: LengthsReport = { schema: 1, tool: `binscribe ${VERSION}`, quantiles: QUANTILES, sets };
  const { output } = flags;
  const picture = output === undefined ? null : `${basename(output)}.svg`;
  await publish(session, flags, renderLengths(report, picture), renderJson(report));
  if (output !== undefined) await writeWhole(`${output}.svg`, [renderPicture(sets)]);
}

const LONGEST_NAME = 120;
