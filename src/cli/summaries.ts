/** What writes summaries in `explain`. */

import type { SummaryModel } from '../models/summaries/model.ts';
import type { Session } from './session.ts';

export interface SummaryFlags {
  /** Folder of a model of summaries. */
  writer?: string;
  /** False where none are wanted. */
  summaries?: boolean;
}

/**
 * @returns undefined where nobody wants summaries, or no model is named and none comes with the package
 * @throws BinscribeError of kind `missing` where the one that is named is not there, `corrupt` where it is damaged
 */
export async function openSummaries(
  { writer, summaries }: SummaryFlags,
  session: Pick<Session, 'openWriter'>,
): Promise<SummaryModel | undefined> {
  if (summaries === false) return undefined;
  return (await session.openWriter(writer)) ?? undefined;
}
