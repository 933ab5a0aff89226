/** A list of sets of pairs, and which of them are here. */

import { readDocument } from '../corpus/document.ts';
import { BinscribeError } from '../error.ts';
import { listShape, missingPath, type PairSet } from '../tasks/edc/sets.ts';
import type { AbsentSet } from '../tasks/edc/study.ts';
import type { Session } from './session.ts';

export interface ListedSets {
  readonly sets: readonly PairSet[];
  /** Those that cannot be measured, since a file of theirs is not there. */
  readonly absent: AbsentSet[];
}

/**
 * Reads a list, and says what of it is left out.
 *
 * @param data folder that the list's paths start from
 * @throws BinscribeError: `unreadable` where there is no such file or no set of it is there, `usage` where it is no list
 */
export function readSets(list: string, data: string, session: Session): ListedSets {
  const { sets } = readDocument(list, {
    shape: listShape,
    name: 'list of sets',
    absent: 'unreadable',
    wrong: 'usage',
    hint: '`binscribe study datasets --help` shows one.',
  });
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
  return { sets, absent };
}
