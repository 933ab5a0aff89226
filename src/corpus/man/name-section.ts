/**
 * The NAME section of a manual page, which says in one line what something does: by the conventions of man-pages(7)
 * for pages written with man(7)'s macros, and by those of mdoc(7). Pages are text with requests, not a program to be
 * run: what a page defines for itself is left alone.
 */

/** What a page says of the names that it describes. */
export interface NameSection {
  readonly names: readonly string[];
  readonly summary: string;
}

/** Characters of a page that are looked at: NAME is the first section, behind at most a licence and some macros. */
const LOOKED_AT = 64 * 1024;
/** Lines of the section: a page of OpenSSL names ninety functions. */
const MOST_LINES = 400;
const MOST_NAMES = 1000;

const HEADING = /^\.\s*S[Hh]\s+"?NAME"?\s*$/i;
const NEXT_HEADING = /^\.\s*S[Hh]\b/;

/** @returns null for a page that has no such section, or one in another form */
export function readNameSection(page: string): NameSection | null {
  const lines = page.slice(0, LOOKED_AT).split(/\r?\n/);
  const start = lines.findIndex((line) => HEADING.test(line));
  if (start < 0) return null;
  const rest = lines.slice(start + 1, start + 1 + MOST_LINES);
  const end = rest.findIndex((line) => NEXT_HEADING.test(line));
  const section = end < 0 ? rest : rest.slice(0, end);
  return section.some((line) => /^\.\s*Nd\b/.test(line)) ? readMdoc(section) : readMan(section);
}

/** `.Nm name` for each name, or `.Nm name , other`, then `.Nd what it does`, which may name further names. */
function readMdoc(lines: readonly string[]): NameSection | null {
  const at = lines.findIndex((line) => /^\.\s*Nd\b/.test(line));
  const names = lines.slice(0, at).flatMap((line) => nameOf(line)?.split(/\s*,\s*/) ?? []);
  const more = lines.slice(at + 1).map((line) => (line.startsWith('.') ? nameOf(line) : line));
  const stop = more.indexOf(null);
  const rest = stop < 0 ? more : more.slice(0, stop);
  const text = [lines[at].replace(/^\.\s*Nd\s*/, ''), ...rest].join(' ');
  return sectionOf(names, unquoted(plain(text)));
}

function nameOf(line: string): string | null {
  const name = /^\.\s*Nm\s+(.*)$/.exec(line)?.[1];
  return name === undefined ? null : plain(name);
}

/** `name, other \\- what they do`, over as many lines as it takes, up to a break: what follows is of other names. */
function readMan(lines: readonly string[]): NameSection | null {
  let text = '';
  let dash: RegExpExecArray | null = null;
  for (const line of lines) {
    const words = textOf(line);
    if (words === null) {
      if (dash && text.length > dash.index + dash[0].length) break;
      continue;
    }
    // A zero-width character keeps a line from being taken for a request.
    text += ` ${words.replaceAll('\\&', '')}`;
    dash ??= DASH.exec(text);
  }
  if (!dash) return null;
  const names = plain(text.slice(0, dash.index)).split(/\s*,\s*/);
  // What is not a list of names is prose, or the name of a command with that of its parts.
  if (names.some((name) => name.includes(' '))) return null;
  return sectionOf(names, plain(text.slice(dash.index + dash[0].length)));
}

const DASH = /\s\\-\s?|\s\\\(e[mn]\s|\s-{1,2}\s/;

/** Requests that hold text, and those that stand between lines of one paragraph: comments, entries of an index. */
const FONTS = /^\.\s*(?:B|I|R|SM|SB|BR|RB|BI|IB|IR|RI)\s+(.*)$/;
const BETWEEN = /^[.']\s*(?:\\"|IX\b|$)/;

/** The text of a line, '' where it has none and null for a request that ends a paragraph. */
function textOf(line: string): string | null {
  if (!line.startsWith('.') && !line.startsWith("'")) return line;
  const font = FONTS.exec(line);
  if (font) return unquoted(font[1]);
  return BETWEEN.test(line) ? '' : null;
}

function unquoted(text: string): string {
  return text.replace(/"([^"]*)"/g, '$1');
}

/** Escapes of roff(7) that stand for a character, by what follows the backslash. */
const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['-', '-'],
  ['e', '\\'],
  [' ', ' '],
  ['0', ' '],
  ['~', ' '],
  ['.', '.'],
  ["'", "'"],
  ['`', '`'],
  ['(hy', '-'],
  ['(en', '-'],
  ['(em', '-'],
  ['(aq', "'"],
  ['(cq', "'"],
  ['(oq', "'"],
  ['(dq', '"'],
  ['(lq', '"'],
  ['(rq', '"'],
  ['(bu', '*'],
  ['(ti', '~'],
  ['(ha', '^'],
  ['(co', '(C)'],
  ['(+-', '+/-'],
  ['(mu', 'x'],
]);

/** Strings that man(7) and the pages of Perl and DocBook define. */
const STRINGS: ReadonlyMap<string, string> = new Map([
  ['Aq', "'"],
  ['lq', '"'],
  ['rq', '"'],
  ['L"', '"'],
  ['R"', '"'],
  ['C`', '"'],
  ["C'", '"'],
]);

/** Text as a terminal shows it: fonts and sizes taken out, characters in their place, one space where there is any. */
function plain(text: string): string {
  return text
    .replace(/\\".*$/, '')
    .replace(/\\f(?:\[[^\]]*\]|\(..|.)/g, '')
    .replace(/\\s[-+]?\d/g, '')
    .replace(/\\[&|^/,%:cp]/g, '')
    .replace(
      /\\\*(?:\[([^\]]*)\]|\((..)|(.))/g,
      (_, ...names: string[]) => STRINGS.get(names.find((name) => name !== undefined) ?? '') ?? '',
    )
    .replace(/\\(?:\[([^\]]*)\]|(\(..)|(.))/g, (_, long?: string, two?: string, one?: string) => {
      const key = long === undefined ? (two ?? one ?? '') : `(${long}`;
      return CHARACTERS.get(key) ?? '';
    })
    .replace(/\s+/g, ' ')
    .trim();
}

function sectionOf(names: readonly string[], summary: string): NameSection | null {
  const own = [...new Set(names.filter((name) => name !== ''))].slice(0, MOST_NAMES);
  return own.length === 0 || summary === '' ? null : { names: own, summary };
}
