/**
 * What a build has linked: the programs and shared objects in its tree, each once. The tree was written by a
 * build that may be hostile, so no link in it is followed.
 */

import { closeSync, constants, fstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './hash.ts';
import { compareText } from './text.ts';

export interface FoundProgram {
  /** Path inside the build, libtool's `.libs/` left out: where the package's authors see the program. */
  path: string;
  /** Path inside the build as it is. */
  actual: string;
  sha256: string;
  content: Uint8Array;
}

/** No linked program of Debian is larger but for a few browsers' engines; a sparse file may claim any size. */
const MAX_PROGRAM = 512 * 2 ** 20;

/** e_type of a program and of a shared object or position-independent program. */
const LINKED = [2, 3];
const EM_X86_64 = 62;

/**
 * The instant that all sources carry and that builds take for now, in seconds: 2000-01-01, older than any file made
 * later.
 */
export const SOURCE_DATE_EPOCH = 946_684_800;

/** U+FFFD: a name that is no UTF-8 was read, and no file can be opened by what became of it. */
const UNREADABLE_NAME = '\ufffd';

/** In order of path; of files with the same content the first. */
export function* findPrograms(root: string): Generator<FoundProgram> {
  const seen = new Set<string>();
  for (const actual of [...filesUnder(root)].sort(compareText)) {
    if (isLeftover(actual)) continue;
    const content = readLinked(join(root, actual));
    if (!content) continue;
    const hash = sha256(content);
    if (seen.has(hash)) continue;
    seen.add(hash);
    yield { path: actual.replaceAll('.libs/', ''), actual, sha256: hash, content };
  }
}

/** Trials of configure, CMake and Meson, and libtool's second links of a program for use before installation. */
function isLeftover(path: string): boolean {
  if (/(^|\/)(CMakeFiles|meson-private|meson-logs)\//.test(path)) return true;
  return /(^|\/)(conftest[^/]*|lt-[^/]+|a\.out)$/.test(path) || /(^|\/)\.libs\/[^/]+U?T$/.test(path);
}

/** Paths of the files in a tree that a stranger may have made: no link is followed, names that are no text left out. */
export function* filesUnder(root: string): Generator<string> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name.includes(UNREADABLE_NAME)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) yield path;
    }
  }
}

/** The file's content if it is a linked x86-64 ELF file that did not come with the source. */
export function readLinked(path: string): Uint8Array | undefined {
  return readFile(path, MAX_PROGRAM, (file) => {
    const head = new Uint8Array(20);
    if (readSync(file, head, 0, head.length, 0) < head.length) return false;
    const view = new DataView(head.buffer);
    const magic = view.getUint32(0) === 0x7f454c46;
    if (!magic || !LINKED.includes(view.getUint16(16, true)) || view.getUint16(18, true) !== EM_X86_64) {
      return false;
    }
    // Projects keep programs among their sources, built by who knows which compiler.
    return fstatSync(file).mtimeMs !== SOURCE_DATE_EPOCH * 1000;
  });
}

/** The content of a file itself that a stranger has written, no link; undefined where it has over `most` bytes. */
export function readUntrusted(path: string, most: number): Uint8Array | undefined {
  return readFile(path, most, () => true);
}

function readFile(path: string, most: number, wanted: (file: number) => boolean): Uint8Array | undefined {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return wanted(file) ? readAll(file, most) : undefined;
  } finally {
    closeSync(file);
  }
}

function readAll(file: number, most: number): Uint8Array | undefined {
  const chunks: Buffer[] = [];
  for (let size = 0; size <= most;) {
    const chunk = Buffer.alloc(1 << 20);
    const read = readSync(file, chunk, 0, chunk.length, size);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    size += read;
  }
  return undefined;
}
