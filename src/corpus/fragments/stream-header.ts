/**
 * <iostream> compiled once for many sources: reading it is four fifths of the time of a short C++ program, and of what
 * students and posts have written in C++ most begin with it. The code of a source is the same with it and without.
 */

/** The header's text; a compiler that finds no compiled one beside it reads this. */
export const STREAM_HEADER = '#include <iostream>\n';

/** Sources of a run from which on it pays: compiling it takes as long as what three save. */
export const ENOUGH_SOURCES = 4;

/** Lines that leave what follows as it was: `#define` before a header may change what is in it. */
const HARMLESS = /^\s*(?:\/\/.*|#\s*include\s*[<"][\w./+-]+[>"]\s*(?:\/\/.*)?)?$/;
const STREAMS = /^\s*#\s*include\s*<iostream>/;

/** Whether a source of C++ begins with <iostream>, so that it may as well come first of all. */
export function beginsWithStreams(source: string): boolean {
  let from = 0;
  while (from < source.length) {
    const end = source.indexOf('\n', from);
    const line = source.slice(from, end < 0 ? source.length : end);
    if (STREAMS.test(line)) return true;
    if (!HARMLESS.test(line)) return false;
    if (end < 0) return false;
    from = end + 1;
  }
  return false;
}

/** Flags with which a compiler makes `PATH.gch` or, clang, `PATH.pch` of the header at `path`. */
export function makeHeader(flags: readonly string[], path: string, isClang: boolean): string[] {
  const modes = flags.filter((flag) => !NOT_OF_HEADERS.has(flag));
  return [...modes, '-x', 'c++-header', path, '-o', `${path}.${isClang ? 'pch' : 'gch'}`];
}

/** What says that something else is made. */
const NOT_OF_HEADERS: ReadonlySet<string> = new Set(['-fsyntax-only', '-c', '-S', '-emit-llvm']);

/** Flags with which a source is compiled after it: both compilers look for what was made of it. */
export function useHeader(path: string): string[] {
  return ['-include', path];
}
