/**
 * What may make a source file of a fragment, simplest first. None changes what the fragment says: headers go before
 * it, and statements that stand outside of a function get one around them.
 */

import { missingIncludes, usesBareStandardNames } from './includes.ts';
import { cutItems, type Item } from './items.ts';
import { lex, type Token } from './lex.ts';

export type SourceLanguage = 'c' | 'c++' | 'assembly';

/** How the fragment became a file: kept in the data set, since a wrapper's frame is not its author's. */
export type Wrapping = 'none' | 'headers' | 'function' | 'members' | 'types' | 'own-headers' | 'intel-syntax';

export interface Candidate {
  wrapping: Wrapping;
  language: SourceLanguage;
  source: string;
}

/** The function that loose statements stand in; in a data set it is told by this name. */
export const WRAPPER = 'fragment';

/**
 * Types that posts use and no header here declares: what windows.h makes of them on x86-64, and shorthands. As macros
 * they yield to nothing, so this comes last.
 */
const ASSUMED_TYPES = [
  'typedef unsigned char BYTE, UCHAR, byte, uchar, u8; typedef unsigned short WORD, USHORT, u16, ushort;',
  'typedef unsigned int DWORD, UINT, ULONG, u32, uint; typedef int BOOL, LONG, INT; typedef unsigned long long u64;',
  'typedef char CHAR, TCHAR; typedef char *LPSTR, *LPTSTR; typedef const char *LPCSTR, *LPCTSTR, *PCSTR;',
  'typedef void *HANDLE, *HWND, *HINSTANCE, *HMODULE, *LPVOID, *PVOID; typedef long LRESULT, LPARAM, INT_PTR;',
  'typedef unsigned long WPARAM, SIZE_T, DWORD_PTR; typedef unsigned int *LPDWORD;',
].join('\n');
const ASSUMED_CONSTANTS = ['#ifndef TRUE', '#define TRUE 1', '#define FALSE 0', '#endif'].join('\n');

export function candidatesOf(code: string, language: SourceLanguage): Candidate[] {
  if (language === 'assembly') {
    return [
      { wrapping: 'none', language, source: `${code}\n` },
      { wrapping: 'intel-syntax', language, source: `.intel_syntax noprefix\n${code}\n` },
    ];
  }
  const text = withoutElisions(code);
  const tokens = lex(text);
  const items = cutItems(tokens);
  const head = headOf(tokens, language);
  const list: Candidate[] = [];
  const add = (wrapping: Wrapping, source: string): void => {
    if (list.every((candidate) => candidate.source !== source)) list.push({ wrapping, language, source });
  };
  // What does not end as a declaration does gets its `;` inside of a function.
  const loose =
    items.some(({ kind }) => kind === 'statement') || (items.length > 0 && !isEnded(text, items.at(-1)!));
  const wrapped = inFunction(text, items);
  if (!loose) add(head === '' ? 'none' : 'headers', `${head}${text}\n`);
  else add('function', `${head}${wrapped}`);
  // Declarations may need to stand beside statements: those of variables without a type of their own, say.
  if (loose) add('function', `${head}${allInFunction(text, items)}`);
  if (!loose && head !== '') add('none', `${text}\n`);
  if (language === 'c++' && isMembers(tokens)) add('members', `${head}struct ${WRAPPER} {\n${text}\n};\n`);
  const assumed = `${head}${ASSUMED_TYPES}\n${ASSUMED_CONSTANTS}\n`;
  const file = loose ? wrapped : `${text}\n`;
  add('types', `${assumed}${file}`);
  // The author's own headers are not in the post; what they declare may not be needed.
  add('own-headers', `${head}${withoutOwnHeaders(file)}`);
  return list;
}

function headOf(tokens: readonly Token[], language: 'c' | 'c++'): string {
  const lines = missingIncludes(tokens, language).map((header) => `#include <${header}>\n`);
  if (language === 'c++' && usesBareStandardNames(tokens)) {
    // Its own includes come later, and the namespace must be known by then.
    lines.push('namespace std {}\nusing namespace std;\n');
  }
  return lines.join('');
}

/** Lines that say that something was left out, which authors write as `...`. */
function withoutElisions(code: string): string {
  const lines = code.split('\n').map((line) => {
    const text = line.trim();
    if (text === '...' || text === '…' || text === '....') return '';
    return text.startsWith('... //') || text.startsWith('... /*') ? line.replace('...', '') : line;
  });
  return lines.join('\n');
}

function withoutOwnHeaders(source: string): string {
  const lines = source.split('\n').map((line) => (/^\s*#\s*include\s*"/.test(line) ? '' : line));
  return lines.join('\n');
}

/** Declarations where they are, and the statements after them in a function. */
function inFunction(code: string, items: readonly Item[]): string {
  const outside = items.filter(({ kind }) => kind !== 'statement');
  const inside = items.filter(({ kind }) => kind === 'statement');
  return [...outside.map((item) => textOf(code, item)), frame(code, inside)].join('\n');
}

/** All but directives and functions in the function, in their order. */
function allInFunction(code: string, items: readonly Item[]): string {
  const isOutside = (item: Item): boolean =>
    item.kind === 'directive' || (item.kind === 'declaration' && code[item.end - 1] === '}');
  const outside = items.filter(isOutside);
  const inside = items.filter((item) => !isOutside(item));
  return [...outside.map((item) => textOf(code, item)), frame(code, inside)].join('\n');
}

function frame(code: string, items: readonly Item[]): string {
  const last = items.at(-1);
  const body = items.map((item) => textOf(code, item)).join('\n');
  const end = last && !isEnded(code, last) ? ';' : '';
  return `void ${WRAPPER}(void) {\n${body}${end}\n}\n`;
}

function isEnded(code: string, item: Item): boolean {
  return item.kind === 'directive' || /[;}]$/.test(textOf(code, item));
}

function textOf(code: string, { start, end }: Item): string {
  return code.slice(start, end);
}

/** Members of a class whose head was left out. */
function isMembers(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ text }, i) =>
      (text === 'virtual' || text === 'override' || /^(public|private|protected)$/.test(text)) &&
      tokens[i + 1]?.text !== '(',
  );
}
