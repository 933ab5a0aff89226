/** Which labels `explain` gives functions, and what gives them. */

import { DEFAULT_LABELS } from '../models/meaning/default-labels.ts';
import { Labeller, namedLabel } from '../models/meaning/labels.ts';
import { noMeaning } from './model.ts';
import type { Session } from './session.ts';

export interface LabelFlags {
  /** Folder of a model of meaning. */
  meaning?: string;
  /** Labels of the user's own; false where none are wanted. */
  labels?: string[] | false;
}

/**
 * @returns undefined where nobody wants labels, or nobody has named any and no model of meaning comes with the package
 * @throws BinscribeError of kind `missing` where labels are named and there is no model to give them
 */
export async function openLabeller(
  { meaning, labels }: LabelFlags,
  session: Pick<Session, 'openMeaning'>,
): Promise<Labeller | undefined> {
  if (labels === false) return undefined;
  const model = await session.openMeaning(meaning);
  if (model === null && labels !== undefined) throw noMeaning();
  return model === null ? undefined : Labeller.open(model, labels?.map(namedLabel) ?? DEFAULT_LABELS);
}
