/** The folder of reports: when one is asked for, the names in it, and that it is ours. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BinscribeError, describeError } from '../../error.ts';
import { type FormatFlags, formatOf, joins } from '../formats.ts';
import type { KnownFolders } from '../session.ts';

/** The file that makes a folder one of reports, see journal.ts. */
export const JOURNAL = '.binscribe.jsonl';
/** Held by the process that makes reports in it. */
export const LOCK = '.binscribe.lock';
/** Where the reports lie in it. */
export const REPORTS = 'reports';

/** Letters of a program's name that its report keeps; file systems bound a name at 255 bytes. */
const NAME_LENGTH = 60;
/** Hexadecimal digits: programs of one name differ by their paths' hash, 64 bits of it. */
const HASH_LENGTH = 16;
/** What `writeWhole` of files.ts leaves when it is killed. */
const UNFINISHED = /^\.binscribe-[0-9a-f]{12}$/;

export interface FolderFlags {
  output?: string;
  model?: string;
  known?: KnownFolders;
  jobs?: number;
}

/**
 * Whether reports of their own in a folder are asked for.
 * @throws BinscribeError of kind `usage` for several files in a format of which there is one a file
 */
export function wantsFolder(files: readonly string[], options: FolderFlags & FormatFlags): boolean {
  const { output } = options;
  const format = formatOf(options);
  if (output === undefined) {
    if (files.length === 1 || joins(format)) return false;
    throw new BinscribeError(
      'usage',
      `--${format} makes a file of each program: a folder for them expected`,
      {
        hint: 'Name it: -o DIR',
      },
    );
  }
  return (
    output.endsWith('/') || isFolder(output) || files.some(isFolder) || (files.length > 1 && !joins(format))
  );
}

/** Whether there is a folder, a link to one included. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * The name of a program's report: it stays in its folder whatever the program is called, and no two are the same,
 * also where capitals do not count.
 */
export function reportName(path: string, extension: string): string {
  const name = basename(path)
    .replace(/[^A-Za-z0-9._+-]/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, NAME_LENGTH);
  return `${name || 'program'}-${pathHash(path)}.${extension}`;
}

/** What tells programs of one name apart. */
export function pathHash(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, HASH_LENGTH);
}

/** @throws BinscribeError: `usage` for a folder with something else in it, `unreadable` where it cannot be read */
export function checkFolder(folder: string): void {
  const files = orUnreadable(folder, () => readdirSync(folder)).filter((name) => name !== LOCK);
  if (files.length === 0 || files.includes(JOURNAL)) return;
  throw new BinscribeError('usage', `${folder}: there is a folder that holds no reports; it is left alone`, {
    hint: 'Name a new or empty folder, or one that binscribe has made reports in.',
  });
}

/**
 * Makes room for the reports of a folder that has its journal: without that it would be taken for somebody else's.
 * @throws BinscribeError of kind `unreadable` where there can be none
 */
export function makeRoom(folder: string): void {
  orUnreadable(folder, () => {
    const reports = join(folder, REPORTS);
    mkdirSync(reports, { recursive: true });
    for (const name of readdirSync(reports).filter((entry) => UNFINISHED.test(entry)))
      rmSync(join(reports, name));
  });
}

function orUnreadable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new BinscribeError('unreadable', `${folder}: cannot write reports here: ${describeError(error)}`, {
      cause: error,
    });
  }
}
