/** The manual pages of a folder: what they say of functions, by name. */

import { type Dirent, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compareText } from '../text.ts';
import { readLicence } from './licence.ts';
import { readNameSection } from './name-section.ts';

/** What a manual says of one function. */
export interface ManSummary {
  readonly summary: string;
  /** `strlen(3)`: the page that says it. */
  readonly page: string;
  /** Null where the page names none. */
  readonly licence: string | null;
}

/** Sections of functions: of libraries first, since a system call's page describes the kernel's side. */
const SECTIONS = ['3', '2'];
/** What section 3 has of other languages, and of C that is no function: types, constants, headers. */
const NO_FUNCTIONS = /^3(?:perl|pm|tcl|type|const|head)$/;
/** Bytes of a page as it is in the file, and as it is taken apart: the longest of Debian's has 3 MB. */
const LARGEST_FILE = 4 * 2 ** 20;
const LARGEST_PAGE = 16 * 2 ** 20;

const FILE = /^(.+)\.([0-9][0-9a-z]*)(\.gz)?$/;

/**
 * Reads the sections of functions in a folder that is laid out as `/usr/share/man` is. Of two pages that name a
 * function the one in the earlier section counts, then the one that `man` shows, whose file or a link to it is called
 * after the function, then the one that names the fewest, since string(3) says less of each than a page of its own, then
 * the first by name; what cannot be read is passed over.
 *
 * @returns by the function's name
 */
export function readManual(folder: string): Map<string, ManSummary> {
  const found = new Map<string, ManSummary>();
  for (const section of SECTIONS) {
    const place = join(folder, `man${section}`);
    const here = new Map<string, { said: ManSummary; names: number }>();
    for (const [file, titles] of pagesIn(place)) {
      const [, title, own, packed] = FILE.exec(file)!;
      if (NO_FUNCTIONS.test(own)) continue;
      const text = readPage(join(place, file), packed !== undefined);
      const said = text === null ? null : readNameSection(text);
      if (text === null || said === null) continue;
      const summary = { summary: said.summary, page: `${title}(${own})`, licence: readLicence(text) };
      for (const name of said.names) {
        const names = titles.has(name) ? 0 : said.names.length;
        if (names < (here.get(name)?.names ?? Infinity)) here.set(name, { said: summary, names });
      }
    }
    for (const [name, { said }] of here) if (!found.has(name)) found.set(name, said);
  }
  return found;
}

/** The files in order, each once, with all names that it can be called by: a page often has a link for each function. */
function pagesIn(folder: string): [file: string, titles: ReadonlySet<string>][] {
  const pages = new Map<string, Set<string>>();
  for (const entry of entriesOf(folder)) {
    const title = FILE.exec(entry.name)?.[1];
    if (title === undefined) continue;
    const target = entry.isSymbolicLink() ? readlinkSync(join(folder, entry.name)) : entry.name;
    // A link out of the folder is a page as others are.
    const file = target.includes('/') ? entry.name : target;
    if (!FILE.test(file)) continue;
    const titles = pages.get(file);
    if (titles) titles.add(title);
    else pages.set(file, new Set([title]));
  }
  return [...pages].sort(([a], [b]) => compareText(a, b));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Null for a page that is too large, damaged, or no file. */
function readPage(path: string, packed: boolean): string | null {
  try {
    const facts = statSync(path);
    if (!facts.isFile() || facts.size > LARGEST_FILE) return null;
    const bytes = readFileSync(path);
    return (packed ? gunzipSync(bytes, { maxOutputLength: LARGEST_PAGE }) : bytes).toString('utf8');
  } catch {
    return null;
  }
}
