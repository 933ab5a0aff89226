/** NAME sections beside `lexgrog`, by which man-db fills the index of `apropos`. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readNameSection } from './name-section.ts';
import { readLicence } from './licence.ts';
import { readManual } from './pages.ts';

const TITLE = '.TH STRLEN 3 2022-10-09 "Linux man-pages 6.01"\n';

/** Pages as their authors write them, by what is special in them. */
const PAGES: Readonly<Record<string, string>> = {
  'one name': `${TITLE}.SH NAME\nstrlen \\- calculate the length of a string\n.SH LIBRARY\n`,
  'several names': `${TITLE}.SH NAME\nmalloc, free, calloc,\nrealloc \\- allocate and free dynamic memory\n.SH SYNOPSIS\n`,
  'fonts and an index': `.TH ED 1\n.SH "NAME"\n.IX Header "NAME"\n\\fBBIO_printf\\fR, \\fBBIO_vprintf\\fR,\n.B BIO_snprintf\n\\&\\- formatted output to a BIO\n.SH "SYNOPSIS"\n`,
  'a summary of two lines': `${TITLE}.SH NAME\nqsort, qsort_r \\- sort an array\nof any kind\n.SH LIBRARY\n`,
  'a paragraph behind it': `${TITLE}.SH NAME\nchoom \\- display and adjust OOM\\-killer score.\n.SH SYNOPSIS\n.B choom\n`,
  'strings and comments': `'\\" t\n${TITLE}.SH NAME\ngetopt \\- take a program\\*(Aqs arguments apart\n.\\" a comment\n.SH SYNOPSIS\n`,
  mdoc: '.Dd May 1, 2020\n.Dt REBOUND 3\n.Os\n.Sh NAME\n.Nm rebound ,\n.Nm rebound_r\n.Nd throw a ball back\n.Sh SYNOPSIS\n',
  'mdoc with quotes': '.Dd May 1, 2020\n.Dt X 3\n.Os\n.Sh NAME\n.Nm throw\n.Nd throw a ball\n.Sh LIBRARY\n',
};

/** What man-db makes of a page. */
function lexgrog(page: string): { names: string[]; summary: string } {
  const path = join(mkdtempSync(join(tmpdir(), 'binscribe-man-')), 'page.3');
  writeFileSync(path, page);
  const lines = execFileSync('lexgrog', [path], { encoding: 'utf8' }).trim().split('\n');
  const parts = lines.map((line) => /: "(.*?) - (.*)"$/.exec(line)!);
  return { names: parts.map((part) => part[1]), summary: parts[0][2] };
}

describe('readNameSection', () => {
  for (const [title, page] of Object.entries(PAGES)) {
    it(`reads a page with ${title} as man-db does`, () => {
      expect(readNameSection(page)).toEqual(lexgrog(page));
    });
  }

  it('has nothing to say of pages without a list of names', () => {
    for (const page of [
      '',
      TITLE,
      `${TITLE}.SH NAME\n.SH SYNOPSIS\n`,
      `${TITLE}.SH NAME\nno dash here\n.SH SYNOPSIS\n`,
      `${TITLE}.SH NAME\ngcloud access list \\- a command of several words\n`,
      '.so man3/strlen.3\n',
    ]) {
      expect(readNameSection(page)).toBeNull();
    }
  });

  it('takes hostile pages in the time of their length', () => {
    for (const part of ['\\f', '\\*(', '\\[', 'a ', 'a, ', '- ', '\\-', '.B ', '"', '\n.Nm a\n', '\\s+']) {
      expect(() => readNameSection(`${TITLE}.SH NAME\n${part.repeat(30_000)}`)).not.toThrow();
      const mdoc = `.Sh NAME\n${part.repeat(10_000)}\n.Nd ${part.repeat(10_000)}`;
      expect(() => readNameSection(mdoc)).not.toThrow();
    }
  });
});

describe('readManual', () => {
  it('knows functions by all their names, of libraries before system calls, and passes over what it cannot read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'binscribe-man-'));
    for (const section of ['man2', 'man3']) mkdirSync(join(folder, section));
    const page = (names: string, what: string): string => `${TITLE}.SH NAME\n${names} \\- ${what}\n`;
    writeFileSync(join(folder, 'man2', 'brk.2'), page('brk, sbrk', 'change data segment size'));
    writeFileSync(join(folder, 'man3', 'malloc.3.gz'), gzipSync(page('malloc, free', 'allocate memory')));
    writeFileSync(join(folder, 'man3', 'sbrk.3'), page('sbrk', 'grow the heap'));
    writeFileSync(join(folder, 'man3', 'broken.3.gz'), 'no gzip');
    writeFileSync(join(folder, 'man3', 'bomb.3.gz'), gzipSync(Buffer.alloc(64 * 2 ** 20)));
    // Other languages and types have pages of functions' names; a page of many functions says little of each.
    writeFileSync(join(folder, 'man3', 'brk.3perl'), page('brk', 'a module of Perl'));
    writeFileSync(join(folder, 'man3', 'sbrk.3type'), page('sbrk', 'a type'));
    writeFileSync(join(folder, 'man3', 'all.3'), page('malloc, strdup, free, sbrk', 'memory'));
    symlinkSync('malloc.3.gz', join(folder, 'man3', 'free.3.gz'));
    // man shows calloc(3) by a link to a page of many names.
    writeFileSync(
      join(folder, 'man3', 'zeroed.3'),
      page('reallocarray, calloc, cfree', 'allocate zeroed memory'),
    );
    writeFileSync(join(folder, 'man3', 'other.3'), page('calloc', 'something of calloc'));
    symlinkSync('zeroed.3', join(folder, 'man3', 'calloc.3'));
    const licensed = `.\\" SPDX-License-Identifier: MIT\n${page('strdup, strndup', 'duplicate a string')}`;
    writeFileSync(join(folder, 'man3', 'strndup.3ssl'), licensed);
    const malloc = { summary: 'allocate memory', page: 'malloc(3)', licence: null };
    const zeroed = { summary: 'allocate zeroed memory', page: 'zeroed(3)', licence: null };
    const strdup = { summary: 'duplicate a string', page: 'strndup(3ssl)', licence: 'MIT' };
    expect(Object.fromEntries(readManual(folder))).toEqual({
      malloc,
      free: malloc,
      sbrk: { summary: 'grow the heap', page: 'sbrk(3)', licence: null },
      brk: { summary: 'change data segment size', page: 'brk(2)', licence: null },
      calloc: zeroed,
      cfree: zeroed,
      reallocarray: zeroed,
      strdup,
      strndup: strdup,
    });
    expect(readManual(join(folder, 'absent')).size).toBe(0);
  });
});

describe('readLicence', () => {
  it.each([
    ['.\\" SPDX-License-Identifier:  GPL-2.0-or-later\n.TH X 3', 'GPL-2.0-or-later'],
    ['.TH X 3\n.\\" SPDX-License-Identifier: MIT OR Apache-2.0 or so\n', 'MIT OR Apache-2.0'],
    ['.\\" %%%LICENSE_START(LGPL_2.1+)\n.TH X 3', 'LGPL_2.1+'],
    ['.SH COPYRIGHT\nLicensed under the Apache License 2.0 (the "License").', 'Apache-2.0'],
    ['.TH X 3\nSPDX-License-Identifier: MIT', null],
  ])('%j: %s', (page, licence) => {
    expect(readLicence(page)).toBe(licence);
  });
});
