/** Reading collections: files of lines, compressed or not, folders, text of any encoding. */

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { BinscribeError, describeError } from '../../error.ts';
import { fileHash } from '../hash.ts';
import type { SourceFile } from '../sources.ts';
import { compareText } from '../text.ts';

/** Bytes of the longest line: a function and what is said of it. */
const LONGEST_LINE = 16 * 2 ** 20;

/** The contents in chunks; of `.gz` what was compressed. Reading throws a BinscribeError that names the file. */
export async function* chunksOf(path: string): AsyncGenerator<Buffer, void> {
  const file = createReadStream(path);
  const unpacked = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // `pipe` does not hand on what goes wrong.
  file.once('error', (error) => unpacked.destroy(error));
  try {
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (error) {
    const damaged = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw new BinscribeError(damaged ? 'corrupt' : 'unreadable', `${path}: ${describeError(error)}`, {
      cause: error,
    });
  } finally {
    file.destroy();
  }
}

/** The objects of a JSON Lines file, compressed or not. */
export async function* jsonLines(path: string): AsyncGenerator<Record<string, unknown>, void> {
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw new BinscribeError('corrupt', `${path}:${number}: ${describeError(error)}`, { cause: error });
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new BinscribeError('corrupt', `${path}:${number}: an object expected`);
    }
    yield value as Record<string, unknown>;
  }
}

async function* linesOf(path: string): AsyncGenerator<string, void> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(path)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
      [parts, size, from] = [[], 0, end + 1];
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > LONGEST_LINE) {
      throw new BinscribeError(
        'corrupt',
        `${path}: lines of at most ${LONGEST_LINE} bytes expected, got a longer one`,
      );
    }
  }
  if (size > 0) yield Buffer.concat(parts).toString('utf8');
}

/** Text of a field. @throws BinscribeError of kind `corrupt` where it is absent or something else. */
export function textField(row: Record<string, unknown>, name: string, path: string): string {
  const value = row[name];
  if (typeof value === 'string') return value;
  throw new BinscribeError(
    'corrupt',
    `${path}: each object with a text "${name}" expected, got ${typeof value}`,
  );
}

/** UTF-8, or what Chinese programs are in: GB 18030, which GBK is a part of, and which takes any bytes. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

/** The files below a folder by their paths, in order, in the memory of one folder; no link is followed. */
export function* filesIn(root: string, suffix: string): Generator<string> {
  const open = [namesIn(root, '')];
  for (let names = open.at(-1); names; names = open.at(-1)) {
    const entry = names.shift();
    if (!entry) open.pop();
    else if (entry.isFolder) open.push(namesIn(root, entry.path));
    else if (entry.path.endsWith(suffix)) yield entry.path;
  }
}

function namesIn(root: string, folder: string): { path: string; isFolder: boolean }[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map((entry) => ({
      path: folder === '' ? entry.name : `${folder}/${entry.name}`,
      isFolder: entry.isDirectory(),
    }))
    .sort((a, b) => compareText(a.path, b.path));
}

/** One entry for all files of a folder, of which there may be a million: the hash is of their paths and hashes. */
export async function folderEntry(root: string, files: Iterable<string>): Promise<SourceFile> {
  const hash = createHash('sha256');
  let count = 0;
  for (const path of files) {
    hash.update(`${await fileHash(join(root, path))}  ${path}\n`);
    count++;
  }
  return { name: `${basename(root)}/ (${count} files)`, sha256: hash.digest('hex') };
}

export async function fileEntry(path: string): Promise<SourceFile> {
  return { name: basename(path), sha256: await fileHash(path) };
}

/** @throws BinscribeError of kind `unreadable` where it is not there. */
export function isFolder(path: string, expected: string): boolean {
  if (!existsSync(path)) {
    throw new BinscribeError('unreadable', `${path}: ${expected} expected, there is no such file or folder`);
  }
  return statSync(path).isDirectory();
}

/** The file that was named, or the one of this name in the folder that was. @throws as `isFolder` */
export function fileAt(input: string, name: string): string {
  if (!isFolder(input, name)) return input;
  const path = join(input, name);
  if (!existsSync(path)) throw new BinscribeError('unreadable', `${input}: no ${name} in this folder`);
  return path;
}
