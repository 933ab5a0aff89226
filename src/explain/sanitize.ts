/**
 * Names and strings of a file are data of a stranger. Before they enter a report, everything in them that a
 * terminal, an editor or a reader could take for more than a letter becomes a visible escape.
 */

/**
 * Not printable as it is: controls (terminal escapes, newlines), format characters (bidirectional overrides,
 * zero-width joiners, tags), surrogates, private use, unassigned; separators but the plain space; marks, which
 * pile up on their neighbour.
 */
const UNSAFE = /[\p{C}\p{M}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const ALL_UNSAFE = new RegExp(UNSAFE, 'gu');

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** True for text that `sanitize` leaves as it is. */
export function isPrintable(text: string): boolean {
  return !UNSAFE.test(text);
}

/**
 * `text` with everything unprintable escaped, at most `limit` characters long: a cut is marked by an ellipsis.
 * Escapes are for the eye, not for reading back: a backslash of the text itself stays as it is.
 */
export function sanitize(text: string, limit = 512): string {
  // The text may be megabytes long; only what can be shown is looked at.
  const shown = text.slice(0, limit + 1);
  return shorten(isPrintable(shown) ? shown : shown.replace(ALL_UNSAFE, escapeCharacter), limit);
}

/** `text` cut to `width` characters, the last of them an ellipsis where something is missing. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  let end = Math.max(0, width - 1);
  // Not between the two halves of a pair: half a character is no character.
  if (end > 0 && isHighSurrogate(text.charCodeAt(end - 1))) end--;
  return `${text.slice(0, end)}…`;
}

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
