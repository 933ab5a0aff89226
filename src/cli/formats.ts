/** The forms in which `binscribe explain` writes a report. */

import { type Command, Option } from 'commander';
import { CSV_COLUMNS } from '../explain/render/csv.ts';

interface Form {
  /** Of a file that holds it. */
  extension: string;
  help: string;
  /** Several reports can be one answer; what is not so needs a folder. */
  joins: boolean;
}

/** All forms but text, which is what comes without a flag. */
const FORMS = {
  json: {
    extension: 'json',
    help: 'print the whole report as JSON (several files, or an archive: an array)',
    joins: true,
  },
  html: {
    extension: 'html',
    help: 'one page with everything, for a browser, without a network',
    joins: false,
  },
  csv: { extension: 'csv', help: 'a table for spreadsheets, a line a function', joins: true },
  ghidra: { extension: 'ghidra.py', help: 'a script that puts names into Ghidra as comments', joins: false },
  ida: { extension: 'ida.py', help: 'the same for IDA', joins: false },
  r2: { extension: 'r2.js', help: 'the same for radare2', joins: false },
} as const satisfies Record<string, Form>;

export type Format = keyof typeof FORMS | 'text';

/** The flags as commander gives them. */
export type FormatFlags = { [Name in keyof typeof FORMS]?: boolean };

const NAMES = Object.keys(FORMS) as (keyof typeof FORMS)[];

/** A report cannot be two things at once. */
export function addFormatOptions(command: Command): Command {
  for (const name of NAMES) {
    const others = NAMES.filter((other) => other !== name);
    command.addOption(new Option(`--${name}`, FORMS[name].help).conflicts(others));
  }
  return command;
}

export function formatOf(flags: FormatFlags): Format {
  return NAMES.find((name) => flags[name]) ?? 'text';
}

/** The end of a file's name, without its dot. */
export function extensionOf(format: Format): string {
  return format === 'text' ? 'txt' : FORMS[format].extension;
}

/** Whether several reports can be one answer. */
export function joins(format: Format): boolean {
  return format === 'text' || FORMS[format].joins;
}

/** Functions that text shows unless asked for more: as many as a reader takes in at a glance or two. */
export const SHOWN = 40;

/** The columns in lines of a terminal. */
const COLUMN_LINES = CSV_COLUMNS.join(', ').replace(/(.{1,106})(?: |$)/g, '\n  $1');

export const FORMAT_HELP = `
--html works from a disk: it fetches nothing, and nothing from the explained file can run in it.

--csv has these columns:${COLUMN_LINES}
Lists are parted by " | ". A spreadsheet would run a cell that begins with = + - @: such a cell, and such a part
after a semicolon, gets an apostrophe in front; --json has the texts as they are.

--ghidra, --ida and --r2 write scripts that suggest: they list what they would add, add it as comments when told,
skip another file than the explained one, and can remove what they added. A comment of yours stays. Each says in
its first lines how it is run.`;
