/**
 * Static archives (`.a`): files one after another, each behind a header of text. The System V and GNU form, in
 * which long names stand in a member `//`, and BSD's, in which they stand before a member's contents.
 */

import { type BinscribeError, corrupt, describeError, unsupported } from '../error.ts';
import type { Budget } from './budget.ts';
import { decodeText } from './bytes.ts';

/** A file in an archive. */
export interface ArchiveMember {
  /** As `ar t` prints it; several members may have one name. */
  name: string;
  /** Where its contents begin in the archive. */
  offset: number;
  /** Not copied. */
  bytes: Uint8Array;
}

const MAGIC = '!<arch>\n';
/** A thin archive holds names of files only. */
const THIN_MAGIC = '!<thin>\n';
const HEADER_SIZE = 60;
/** What ends each header. */
const HEADER_END = '`\n';
/**
 * Bytes of the longest name, which is Linux's of a path: a hostile archive could else have a million members with one name
 * of megabytes.
 */
const LONGEST_NAME = 4096;
/** Tables of a linker: of symbols, for more than 4 GB, and BSD's. */
const INDEXES: ReadonlySet<string> = new Set(['/', '/SYM64/', '__.SYMDEF', '__.SYMDEF SORTED']);

/** Whether the bytes begin like an archive, thin ones included. */
export function isArchive(bytes: Uint8Array): boolean {
  const magic = ascii(bytes, 0, MAGIC.length);
  return magic === MAGIC || magic === THIN_MAGIC;
}

/**
 * The files in an archive, in its order, without the linker's indexes. Damage ends the list with a cut of the
 * budget.
 *
 * @example
 * for (const { name, bytes } of readArchive(archive, new Budget())) console.log(name, openBinary(bytes).kind);
 *
 * @throws BinscribeError `unsupported` for a thin archive, `corrupt` where not even the first member can be read,
 * `budget`.
 */
export function readArchive(bytes: Uint8Array, budget: Budget): ArchiveMember[] {
  const magic = ascii(bytes, 0, MAGIC.length);
  if (magic === THIN_MAGIC) {
    throw unsupported(
      'this is a thin archive, which holds names and no files',
      'Give the files themselves: `ar t ARCHIVE` lists them.',
    );
  }
  if (magic !== MAGIC) throw corrupt('this is no static archive: it does not begin with "!<arch>"');
  const members: ArchiveMember[] = [];
  try {
    readMembers(bytes, budget, members);
  } catch (error) {
    if (members.length === 0) throw error;
    budget.cut('archive', describeError(error));
  }
  return members;
}

function readMembers(bytes: Uint8Array, budget: Budget, members: ArchiveMember[]): void {
  let longNames: Uint8Array = new Uint8Array(0);
  // Members begin at even offsets; a byte of padding after the last may be missing.
  for (let at = MAGIC.length; at < bytes.length; at += at % 2) {
    budget.spend('entries');
    const { field, size } = readHeader(bytes, at);
    const offset = at + HEADER_SIZE;
    if (offset + size > bytes.length) {
      throw corrupt(
        `archive member at 0x${at.toString(16)}: ${size} bytes expected, but the archive ends after ${bytes.length - offset}`,
      );
    }
    const contents = bytes.subarray(offset, offset + size);
    at = offset + size;
    if (field === '//') longNames = contents;
    else if (!INDEXES.has(field)) {
      const member = nameMember(field, offset, contents, longNames);
      if (!INDEXES.has(member.name)) members.push(member);
    }
  }
}

function readHeader(bytes: Uint8Array, at: number): { field: string; size: number } {
  const header = ascii(bytes, at, HEADER_SIZE);
  if (header.length < HEADER_SIZE || !header.endsWith(HEADER_END)) {
    throw corrupt(`archive member at 0x${at.toString(16)}: a header of ${HEADER_SIZE} bytes expected`);
  }
  const size = header.slice(48, 58).trimEnd();
  if (!/^\d+$/.test(size)) {
    throw corrupt(`archive member at 0x${at.toString(16)}: its size is no number`);
  }
  // A name of a real file may be a single blank, so that only the field's end is trimmed.
  return { field: decodeText(bytes.subarray(at, at + 16)).trimEnd(), size: Number(size) };
}

/** The member's name by any of the three ways of writing one. */
function nameMember(
  field: string,
  offset: number,
  contents: Uint8Array,
  longNames: Uint8Array,
): ArchiveMember {
  const inside = /^#1\/(\d+)$/.exec(field);
  if (inside) {
    const length = Number(inside[1]);
    if (length > contents.length)
      throw corrupt(`archive member at 0x${offset.toString(16)}: its name is cut`);
    if (length > LONGEST_NAME) throw tooLong(offset);
    const text = decodeText(contents.subarray(0, length));
    // Filled up with zeros to an even length.
    return { name: text.replace(/\0+$/, ''), offset: offset + length, bytes: contents.subarray(length) };
  }
  const elsewhere = /^\/(\d+)$/.exec(field);
  if (elsewhere) return { name: longName(longNames, Number(elsewhere[1]), offset), offset, bytes: contents };
  return { name: field.endsWith('/') ? field.slice(0, -1) : field, offset, bytes: contents };
}

/** GNU ends a long name with a slash and a newline, System V with a zero. */
function longName(table: Uint8Array, start: number, offset: number): string {
  if (start >= table.length) throw corrupt(`archive: no name at offset ${start} of its table of names`);
  let end = start;
  while (end < table.length && table[end] !== 0x0a && table[end] !== 0) {
    if (end - start > LONGEST_NAME) throw tooLong(offset);
    end++;
  }
  const text = decodeText(table.subarray(start, end));
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

function tooLong(offset: number): BinscribeError {
  return corrupt(
    `archive member at 0x${offset.toString(16)}: a name of at most ${LONGEST_NAME} bytes expected, got a longer one`,
  );
}

function ascii(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}
