/**
 * The file list in the header of a line table, by which DW_AT_decl_file counts: DWARF 5 section 6.2.4, DWARF 4
 * section 6.2.4. The line program behind it is not run.
 */

import { corrupt, unsupported } from '../../error.ts';
import type { Budget } from '../budget.ts';
import { Cursor } from '../bytes.ts';
import { FORM, LNCT } from './constants.ts';
import { readSized, skipForm, type Format } from './forms.ts';
import { OverlapGuard, terminatedText, type DebugSections } from './sections.ts';
import { readInitialLength } from './unit-header.ts';

interface FileEntry {
  name: string;
  directory: number;
}

/** The files of a line table, under the numbers that the debugging entries use. */
export class FileTable {
  private readonly version: number;
  private readonly directories: readonly string[];
  private readonly files: readonly FileEntry[];
  /** Paths by number, of one compilation directory: most functions of a unit are declared in a few files. */
  private readonly known = new Map<number, string | null>();
  private knownDirectory: string | undefined;

  constructor(version: number, directories: readonly string[], files: readonly FileEntry[]) {
    this.version = version;
    this.directories = directories;
    this.files = files;
  }

  /**
   * The path of a file: its name behind its directory, that behind the compilation directory, as far as they
   * are relative. Null where the list has no such file. Since DWARF 5 both lists count from 0 and directory 0
   * is the compilation directory; before, they count from 1 and 0 means "none given".
   */
  path(index: number, compilationDirectory: string): string | null {
    if (this.knownDirectory !== compilationDirectory) this.known.clear();
    this.knownDirectory = compilationDirectory;
    let path = this.known.get(index);
    if (path === undefined) this.known.set(index, (path = this.composePath(index, compilationDirectory)));
    return path;
  }

  private composePath(index: number, compilationDirectory: string): string | null {
    const first = this.version >= 5 ? 0 : 1;
    const file = this.files[index - first];
    if (!file) return null;
    if (isAbsolute(file.name)) return file.name;
    const directory = this.directories[file.directory - first] ?? '';
    const compiledThere = this.version >= 5 && file.directory === 0;
    const base = compiledThere || isAbsolute(directory) ? '' : compilationDirectory;
    return join(join(base, directory), file.name);
  }
}

function isAbsolute(path: string): boolean {
  // A drive letter: cross-compilers of Windows programs run into ELF files too.
  return path.startsWith('/') || path.startsWith('\\') || /^[A-Za-z]:[\\/]/.test(path);
}

function join(base: string, path: string): string {
  if (base === '' || path === '') return base + path;
  return base.endsWith('/')
    ? base + path.replace(/^\/+/, '')
    : path.startsWith('/')
      ? base + path
      : `${base}/${path}`;
}

/** The file lists of `.debug_line`, each read when it is first asked for. */
export class FileTables {
  private readonly sections: DebugSections;
  private readonly guard: OverlapGuard;
  private readonly tables = new Map<number, FileTable>();

  constructor(sections: DebugSections) {
    this.sections = sections;
    this.guard = new OverlapGuard(sections.line);
  }

  /**
   * The list of the line table at `offset`; `addressSize` is that of the unit, as DWARF 4 does not repeat it.
   * @throws BinscribeError of kind `corrupt`, `unsupported` or `budget`.
   */
  at(offset: number, addressSize: number): FileTable {
    const known = this.tables.get(offset);
    if (known) return known;
    const start = new Cursor(this.sections.line, offset);
    const { offsetSize, end } = readInitialLength(start);
    const cursor = new Cursor(this.sections.line, start.position, end);
    const table = this.guard.watch(cursor, () => readHeader(cursor, offsetSize, addressSize, this.sections));
    this.tables.set(offset, table);
    return table;
  }
}

function readHeader(
  cursor: Cursor,
  offsetSize: number,
  unitAddressSize: number,
  sections: DebugSections,
): FileTable {
  const version = cursor.u16();
  if (version < 2 || version > 5) throw unsupported(`.debug_line: version ${version}`);
  let addressSize = unitAddressSize;
  if (version >= 5) {
    addressSize = cursor.u8();
    cursor.skip(1); // segment selector size
  }
  readSized(cursor, offsetSize); // header length: the lists end themselves
  cursor.skip(version >= 4 ? 5 : 4); // lengths of instructions, line base and line range
  cursor.skip(Math.max(0, cursor.u8() - 1)); // operand counts of the standard opcodes, of which 0 is none
  const format: Format = { version, addressSize, offsetSize };
  return version >= 5 ? readLists(cursor, format, sections) : readOldLists(cursor, version, sections.budget);
}

/** DWARF 2 to 4: two lists, each ended by an empty string. */
function readOldLists(cursor: Cursor, version: number, budget: Budget): FileTable {
  const directories: string[] = [];
  for (let name = inlineText(cursor, budget); name !== ''; name = inlineText(cursor, budget)) {
    directories.push(name);
  }
  const files: FileEntry[] = [];
  for (let name = inlineText(cursor, budget); name !== ''; name = inlineText(cursor, budget)) {
    files.push({ name, directory: cursor.uleb() });
    cursor.uleb(); // time of last change
    cursor.uleb(); // size
  }
  return new FileTable(version, directories, files);
}

function inlineText(cursor: Cursor, budget: Budget): string {
  budget.spend('entries');
  const start = cursor.position;
  const text = terminatedText(cursor.bytes, start, cursor.end);
  skipForm(cursor, FORM.string, { version: 4, addressSize: 8, offsetSize: 4 });
  return text;
}

/** DWARF 5: two lists, each of which says first what its entries consist of. */
function readLists(cursor: Cursor, format: Format, sections: DebugSections): FileTable {
  const directories = readList(cursor, format, sections).map((entry) => entry.name);
  return new FileTable(format.version, directories, readList(cursor, format, sections));
}

function readList(cursor: Cursor, format: Format, sections: DebugSections): FileEntry[] {
  const columns: { content: number; form: number }[] = [];
  for (let left = cursor.u8(); left > 0; left--) {
    columns.push({ content: cursor.uleb(), form: cursor.uleb() });
  }
  const count = cursor.uleb();
  // An entry takes a byte at least; without this, entries of no bytes could be as many as 2^64.
  if (count > cursor.end - cursor.position) throw corrupt(`.debug_line: ${count} files in too few bytes`);
  const entries: FileEntry[] = [];
  for (let i = 0; i < count; i++) {
    sections.budget.spend('entries', 1 + columns.length);
    const entry: FileEntry = { name: '', directory: 0 };
    for (const { content, form } of columns) {
      if (content === LNCT.path) entry.name = readPath(cursor, form, format, sections);
      else if (content === LNCT.directoryIndex) entry.directory = readIndex(cursor, form, format);
      else skipForm(cursor, form, format);
    }
    entries.push(entry);
  }
  return entries;
}

/** The forms that section 6.2.4.1 allows, but for the indexed ones, which no compiler uses outside of `.dwo` files. */
function readPath(cursor: Cursor, form: number, format: Format, sections: DebugSections): string {
  switch (form) {
    case FORM.string:
      return inlineText(cursor, sections.budget);
    case FORM.lineStrp:
      return sections.lineStr.at(readSized(cursor, format.offsetSize));
    case FORM.strp:
      return sections.str.at(readSized(cursor, format.offsetSize));
    default:
      throw unsupported(`.debug_line: a path in form 0x${form.toString(16)}`);
  }
}

function readIndex(cursor: Cursor, form: number, format: Format): number {
  switch (form) {
    case FORM.data1:
      return cursor.u8();
    case FORM.data2:
      return cursor.u16();
    case FORM.udata:
      return cursor.uleb();
    default:
      skipForm(cursor, form, format);
      return 0;
  }
}
