/**
 * Text as tokens of C and its relatives, each with its text: what C's lexer finds (c/lexer.ts), comments left out, with
 * the words and numbers of other languages whole. Any text has some; what is no C comes out as words and punctuation.
 */

import { KIND, tokensOf } from '../c/lexer.ts';

export type TokenKind = 'word' | 'number' | 'string' | 'punctuation' | 'directive';

export interface Token {
  kind: TokenKind;
  /** Of a directive the whole line, continued lines included. */
  text: string;
  start: number;
  end: number;
}

/** Characters that are one token where a rule asks for them. */
const JOINED = ['...', '::', '->', '<<', '>>', '==', '!=', '=>', '&&', '||', '+=', '-=', '++', '--', '[]'];

/** What goes on with a number: a fraction, a suffix, an exponent without its sign. */
const NUMBER = /[\w$.]+/y;

export function lex(code: string): Token[] {
  const { kinds, starts, ends } = tokensOf(code);
  const tokens: Token[] = [];
  /** Where the last token ends: those of C that it has swallowed are passed over. */
  let passed = 0;
  for (let i = 0; i < kinds.length; i++) {
    const start = starts[i];
    if (kinds[i] === KIND.comment || start < passed) continue;
    let end = ends[i];
    let kind: TokenKind = 'punctuation';
    if (kinds[i] === KIND.directive) kind = 'directive';
    else if (kinds[i] === KIND.name) kind = 'word';
    else if (kinds[i] === KIND.literal) {
      kind = code[start] === '"' || code[start] === "'" ? 'string' : 'number';
      if (kind === 'number') end = matchEnd(NUMBER, code, start);
    } else if (code[start] === '@') {
      // Annotations, and keywords of Objective-C.
      kind = 'word';
      if (kinds[i + 1] === KIND.name && starts[i + 1] === end) end = ends[i + 1];
    } else end = start + (JOINED.find((text) => code.startsWith(text, start))?.length ?? 1);
    tokens.push({ kind, text: code.slice(start, end), start, end });
    passed = end;
  }
  return tokens;
}

function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start + 1;
}
