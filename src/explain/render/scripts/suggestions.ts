/** What the scripts for other tools carry: a comment for each function of which something is known. */

import { BinscribeError } from '../../../error.ts';
import type { FunctionReport, Report } from '../../schema.ts';
import { percent } from '../columns.ts';
import { shownName } from '../name.ts';
import { hiddenCapabilities, originOf, restsOn } from '../reasons.ts';

/** Lines of comments that begin so are ours, to be found again when they are to be removed. */
export const TAG = '[binscribe]';

export interface Suggestions {
  /** The explained file: a script does nothing to another. */
  path: string;
  sha256: string;
  /** The address from which the comments' addresses count, see `fileSchema`. */
  base: string;
  model: string;
  comments: [address: string, line: string][];
}

/**
 * @throws BinscribeError of kind `unsupported` for an object file: every tool gives its code other addresses
 */
export function suggestionsOf({ file, model, functions }: Report): Suggestions {
  const { path, sha256, base } = file;
  if (base === null) {
    throw new BinscribeError('unsupported', 'an object file has no addresses that a script could use', {
      hint: 'Explain the linked program or library, or use --json, --csv or --html.',
    });
  }
  return {
    path,
    sha256,
    base,
    model: model.id,
    comments: functions.flatMap((entry): [string, string][] => {
      const line = lineOf(entry);
      return line === null ? [] : [[entry.address, line]];
    }),
  };
}

/** Null for a function of which the tool knows as much. */
function lineOf(entry: FunctionReport): string | null {
  const parts = [...nameOf(entry), ...saidOf(entry), ...hiddenCapabilities(entry)];
  return parts.length === 0 ? null : `${TAG} ${parts.join('; ')}`;
}

/** What is said of it in a sentence, with whose sentence that is. */
function saidOf({ summary }: FunctionReport): string[] {
  return summary === null ? [] : [`"${summary.text}" (${percent(summary.score)}, ${restsOn(summary)})`];
}

/** Nothing where its name is in the file, or nobody knows one. */
function nameOf(entry: FunctionReport): string[] {
  const { symbol, role, arguments: count, neighbours } = entry;
  const { text, origin, score } = shownName(entry);
  if (symbol !== null || origin === 'open') return [];
  const parts = [role === null ? `${text}? ${percent(score)}` : `${text}, certain`];
  const near = neighbours.at(0);
  if (role === null && near !== undefined) {
    const other = near.name === text ? '' : `${near.name} of `;
    parts.push(`like ${other}${originOf(near)} (${near.score.toFixed(2)})`);
  }
  if (count !== null) parts.push(`arguments ${count.count} (${percent(count.score)})`);
  return parts;
}
