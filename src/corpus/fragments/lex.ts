/** Text as tokens of C and its relatives. Any text has some; what is no C comes out as words and punctuation. */

export type TokenKind = 'word' | 'number' | 'string' | 'punctuation' | 'directive';

export interface Token {
  kind: TokenKind;
  /** Of a directive the whole line, continued lines included. */
  text: string;
  start: number;
  end: number;
}

/** Two characters that are one token where a rule asks for them. */
const PAIRS = new Set(['::', '->', '<<', '>>', '==', '!=', '=>', '&&', '||', '+=', '-=', '++', '--', '[]']);

/** ASCII letters, `_`, and `$` and `@`, which begin names elsewhere. */
function isWordStart(c: string): boolean {
  const code = c.charCodeAt(0) | 0x20;
  return (code >= 0x61 && code <= 0x7a) || c === '_' || c === '$' || c === '@';
}

function isWordPart(c: string): boolean {
  return (isWordStart(c) && c !== '@') || (c >= '0' && c <= '9');
}

/** One pass; comments are left out, and a string ends with its line at the latest. */
export function lex(code: string): Token[] {
  const tokens: Token[] = [];
  const { length } = code;
  /** Whether nothing but spaces has come in this line. */
  let lineStart = true;
  let at = 0;
  const push = (kind: TokenKind, end: number): void => {
    tokens.push({ kind, text: code.slice(at, end), start: at, end });
    at = end;
    lineStart = false;
  };
  while (at < length) {
    const c = code[at];
    const pair = code.slice(at, at + 2);
    if (c === '\n') {
      lineStart = true;
      at++;
    } else if (c === ' ' || c === '\t' || c === '\r') at++;
    else if (pair === '//') at = lineEnd(code, at);
    else if (pair === '/*') {
      const close = code.indexOf('*/', at + 2);
      at = close < 0 ? length : close + 2;
    } else if (c === '#' && lineStart) push('directive', directiveEnd(code, at));
    else if (c === '"' || c === "'") push('string', stringEnd(code, at, c));
    else if (isWordStart(c)) push('word', runEnd(code, at, isWordPart));
    else if (c >= '0' && c <= '9')
      push(
        'number',
        runEnd(code, at, (d) => isWordPart(d) || d === '.'),
      );
    else if (code.startsWith('...', at)) push('punctuation', at + 3);
    else push('punctuation', at + (PAIRS.has(pair) ? 2 : 1));
  }
  return tokens;
}

function lineEnd(code: string, start: number): number {
  const end = code.indexOf('\n', start);
  return end < 0 ? code.length : end;
}

function directiveEnd(code: string, start: number): number {
  let end = lineEnd(code, start);
  while (code[end - 1] === '\\' && end < code.length) end = lineEnd(code, end + 1);
  return end;
}

function stringEnd(code: string, start: number, quote: string): number {
  for (let i = start + 1; i < code.length; i++) {
    if (code[i] === '\\') i++;
    else if (code[i] === quote) return i + 1;
    if (code[i] === '\n') return i;
  }
  return code.length;
}

function runEnd(code: string, start: number, part: (c: string) => boolean): number {
  let end = start + 1;
  while (end < code.length && part(code[end])) end++;
  return end;
}
