/** Which files a sweep explains: the ELF files of some places, each once. */

import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readSync,
  readdirSync,
  statSync,
  lstatSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BinscribeError, describeError } from '../../error.ts';
import type { PassedOver } from '../../explain/sweep.ts';

export interface Program {
  path: string;
  size: number;
  /** When it was last changed, in milliseconds: a file that is another by now is explained again. */
  changed: number;
}

export interface Places {
  /** The largest first, so that none of them is left to the end alone. */
  programs: Program[];
  passedOver: PassedOver;
}

/** What a Debian machine runs, and its libraries. */
export const DEFAULT_PLACES = ['/usr/bin', '/usr/lib/x86_64-linux-gnu/*.so*'];

/**
 * @param places Files, folders (all that is in them and below), and patterns with `*` in the last part of a path.
 *   Links to folders are not followed.
 * @throws BinscribeError of kind `unreadable` for a place that is not there
 */
export function findPrograms(places: readonly string[]): Places {
  const passedOver: PassedOver = { links: 0, others: {} };
  const pass = (kind: string, path: string): unknown => (passedOver.others[kind] ??= []).push(path);
  const paths = [...new Set(places.flatMap((place) => list(place, pass)))].sort();
  const links = new Set(paths.filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()));
  const programs: Program[] = [];
  const seen = new Set<string>();
  // A file is known by its own path, where that is among the places too, and not by a link's.
  for (const path of [...paths.filter((p) => !links.has(p)), ...links]) {
    const { kind, file } = look(path);
    if (file !== undefined) {
      const identity = `${file.device}:${file.inode}`;
      if (seen.has(identity)) {
        passedOver.links++;
        continue;
      }
      seen.add(identity);
    }
    if (kind === 'program' && file !== undefined)
      programs.push({ path, size: file.size, changed: file.changed });
    else pass(kind, path);
  }
  programs.sort((a, b) => b.size - a.size);
  return { programs, passedOver };
}

/** Told of what is no program: what it is, and where. */
type Pass = (kind: string, path: string) => unknown;

/** The paths of a place. */
function list(place: string, pass: Pass): string[] {
  const name = basename(place);
  if (name.includes('*')) {
    const folder = dirname(place);
    const parts = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const fits = new RegExp(`^${parts.join('.*')}$`);
    return entriesOf(folder)
      .filter((entry) => fits.test(entry.name) && !entry.isDirectory())
      .map((entry) => join(folder, entry.name));
  }
  try {
    return statSync(place).isDirectory() ? walk(entriesOf(place), place, pass) : [place];
  } catch (error) {
    throw new BinscribeError('unreadable', `${place}: ${describeError(error)}`, { cause: error });
  }
}

/** The files below a folder; a folder in it that cannot be read is passed over. */
function walk(entries: readonly Dirent[], folder: string, pass: Pass): string[] {
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    let below: Dirent[];
    try {
      below = readdirSync(path, { withFileTypes: true });
    } catch (error) {
      pass(notReadable(error), path);
      return [];
    }
    return walk(below, path, pass);
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new BinscribeError('unreadable', `${folder}: ${describeError(error)}`, { cause: error });
  }
}

interface Look {
  /** `program` for an ELF file; otherwise what it is. */
  kind: string;
  file?: { device: number; inode: number; size: number; changed: number };
}

function notReadable(error: unknown): string {
  return `not readable: ${describeError(error)}`;
}

/** Enough to tell text from data. */
const HEAD = 512;

function look(path: string): Look {
  let descriptor: number;
  try {
    // A FIFO without a writer would block an ordinary open for ever.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { kind: notReadable(error) };
  }
  try {
    const stat = fstatSync(descriptor);
    const file = { device: stat.dev, inode: stat.ino, size: stat.size, changed: stat.mtimeMs };
    if (stat.isDirectory()) return { kind: 'link to a folder' };
    if (!stat.isFile()) return { kind: 'device, pipe or socket' };
    const head = Buffer.alloc(HEAD);
    return { kind: kindOf(head.subarray(0, readSync(descriptor, head, 0, HEAD, 0))), file };
  } finally {
    closeSync(descriptor);
  }
}

function kindOf(head: Buffer): string {
  const begins = (magic: string): boolean => head.subarray(0, magic.length).toString('latin1') === magic;
  if (begins('\u007fELF')) return 'program';
  if (head.length === 0) return 'empty';
  if (begins('#!')) return 'script';
  if (begins('!<arch>\n')) return 'archive';
  return head.includes(0) ? 'other data' : 'text';
}
