/** What language a fragment is compiled as, and the flags that make compilers take it as people wrote it. */

import type { Compiler } from '../toolchain.ts';
import type { SourceLanguage } from './candidates.ts';

export interface Dialect {
  language: SourceLanguage;
  /** As `-std=` has it; '' for assembly. */
  standard: string;
}

/** GNU's dialects of 2017 take most of what people post. */
export const C17: Dialect = { language: 'c', standard: 'gnu17' };
export const CPP17: Dialect = { language: 'c++', standard: 'gnu++17' };
/** Older programs name their own things `array`, `data`, `hash`, which `using namespace std` has made ambiguous since. */
export const CPP98: Dialect = { language: 'c++', standard: 'gnu++98' };
export const ASSEMBLY: Dialect = { language: 'assembly', standard: '' };

/**
 * Errors in clang 15 and later, warnings before and in gcc 12: calls without a declaration, `main()` without a type,
 * numbers as pointers.
 */
const CLANG_AS_BEFORE = [
  '-Wno-error=implicit-function-declaration',
  '-Wno-error=implicit-int',
  '-Wno-error=int-conversion',
  '-Wno-error=incompatible-function-pointer-types',
];

export function isClang({ name }: Compiler): boolean {
  return name.startsWith('clang');
}

/** Flags that decide the code, without the level. Warnings are not our matter. */
export function dialectFlags({ language, standard }: Dialect, compiler: Compiler): string[] {
  if (language === 'assembly') return [];
  // What is `inline` and nothing else would be compiled nowhere since C99.
  if (language === 'c') {
    return [`-std=${standard}`, '-fgnu89-inline', '-w', ...(isClang(compiler) ? CLANG_AS_BEFORE : [])];
  }
  return [`-std=${standard}`, '-fpermissive', '-w'];
}

/** Flags that make a complaint one line, which is all that is read of it. */
export function complaintFlags({ language }: Dialect, compiler: Compiler): string[] {
  if (language === 'assembly') return [];
  return isClang(compiler)
    ? ['-ferror-limit=1', '-fno-caret-diagnostics', '-fno-color-diagnostics']
    : ['-fmax-errors=1', '-fno-diagnostics-show-caret'];
}
