/** The manual pages of a folder: what they say of functions, by name. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compareText } from '../text.ts';
import { readNameSection } from './name-section.ts';

/** What a manual says of one function. */
export interface ManSummary {
  readonly summary: string;
  /** `strlen(3)`: the page that says it. */
  readonly page: string;
}

/** Sections of functions: of libraries first, since a system call's page describes the kernel's side. */
const SECTIONS = ['3', '2'];
/** Bytes of a page as it is in the file, and as it is taken apart: the longest of Debian's has 3 MB. */
const LARGEST_FILE = 4 * 2 ** 20;
const LARGEST_PAGE = 16 * 2 ** 20;

const FILE = /^(.+)\.([0-9][0-9a-z]*)(\.gz)?$/;

/**
 * Reads the sections of functions in a folder that is laid out as `/usr/share/man` is. Of two pages that name a
 * function the one in the earlier section counts, then the first by name; what cannot be read is passed over.
 *
 * @returns by the function's name
 */
export function readManual(folder: string): Map<string, ManSummary> {
  const found = new Map<string, ManSummary>();
  for (const section of SECTIONS) {
    const place = join(folder, `man${section}`);
    for (const file of filesOf(place)) {
      const [, title, own, packed] = FILE.exec(file)!;
      const text = readPage(join(place, file), packed !== undefined);
      const said = text === null ? null : readNameSection(text);
      for (const name of said?.names ?? []) {
        if (!found.has(name)) found.set(name, { summary: said!.summary, page: `${title}(${own})` });
      }
    }
  }
  return found;
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => FILE.test(name))
      .sort(compareText);
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
