/**
 * The tokens of a C file, as far as its outline needs them: where comments, directives, brackets and names are. It
 * reads what compilers never saw together (all branches of `#if`, macros unexpanded, declarations of 1978), so it
 * takes every byte as something and never fails.
 */

export const KIND = {
  comment: 0,
  /** A whole line of the preprocessor, continued ones included. */
  directive: 1,
  name: 2,
  /** A number, string or character. */
  literal: 3,
  /** One character that is none of the others. */
  mark: 4,
} as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** Tokens in the order of the text; white space is between them. */
export interface Tokens {
  readonly text: string;
  readonly kinds: Uint8Array;
  /** Offsets in the text: of the first character, and behind the last. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const CODE = {
  newline: 10,
  carriageReturn: 13,
  quote: 34,
  hash: 35,
  apostrophe: 39,
  star: 42,
  slash: 47,
  backslash: 92,
} as const;

const SPACE = new Uint8Array(128);
for (const space of ' \t\n\r\v\f') SPACE[space.charCodeAt(0)] = 1;
const NAME = new Uint8Array(128);
for (let code = 0; code < 128; code++) NAME[code] = /[\w$]/.test(String.fromCharCode(code)) ? 1 : 0;

const isName = (code: number): boolean => code >= 128 || NAME[code] === 1;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export function tokensOf(text: string): Tokens {
  // No token is empty.
  const kinds = new Uint8Array(text.length);
  const [starts, ends] = [new Uint32Array(text.length), new Uint32Array(text.length)];
  let count = 0;
  let lineIsEmpty = true;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code < 128 && SPACE[code] === 1) {
      if (code === CODE.newline) lineIsEmpty = true;
      at++;
      continue;
    }
    // `\` at a line's end joins it with the next.
    if (code === CODE.backslash && /^\\[ \t\r]*\n/.test(text.slice(at, at + 8))) {
      at = text.indexOf('\n', at) + 1;
      continue;
    }
    const [kind, end] = tokenAt(text, at, code, lineIsEmpty);
    kinds[count] = kind;
    starts[count] = at;
    ends[count++] = end;
    if (kind !== KIND.comment) lineIsEmpty = false;
    at = end;
  }
  return {
    text,
    kinds: kinds.slice(0, count),
    starts: starts.slice(0, count),
    ends: ends.slice(0, count),
  };
}

function tokenAt(text: string, at: number, code: number, lineIsEmpty: boolean): [kind: Kind, end: number] {
  const next = text.charCodeAt(at + 1);
  if (code === CODE.slash && next === CODE.star) {
    const end = text.indexOf('*/', at + 2);
    return [KIND.comment, end < 0 ? text.length : end + 2];
  }
  if (code === CODE.slash && next === CODE.slash) return [KIND.comment, lineEnd(text, at)];
  if (code === CODE.hash && lineIsEmpty) return [KIND.directive, directiveEnd(text, at)];
  if (code === CODE.quote || code === CODE.apostrophe) return [KIND.literal, literalEnd(text, at, code)];
  if (isName(code)) {
    let end = at + 1;
    while (end < text.length && isName(text.charCodeAt(end))) end++;
    return [isDigit(code) ? KIND.literal : KIND.name, end];
  }
  return [KIND.mark, at + 1];
}

/** Of a line that `\` may continue. */
function lineEnd(text: string, from: number): number {
  for (let at = from; ;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    const last = text.charCodeAt(end - 1) === CODE.carriageReturn ? end - 2 : end - 1;
    if (text.charCodeAt(last) !== CODE.backslash) return end;
    at = end + 1;
  }
}

/** As `lineEnd`, but a comment that begins on the line and goes on is a token of its own. */
function directiveEnd(text: string, from: number): number {
  const end = lineEnd(text, from);
  const open = text.indexOf('/*', from);
  if (open < 0 || open >= end) return end;
  const close = text.indexOf('*/', open + 2);
  return close >= 0 && close < end ? end : open;
}

/** A string that nothing ends goes to the end of its line: an apostrophe in a comment of `#if 0` may be one. */
function literalEnd(text: string, from: number, quote: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === CODE.newline) return at;
    if (code === CODE.backslash) at++;
  }
  return text.length;
}
