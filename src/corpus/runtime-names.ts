/**
 * What a snippet that is compiled alone would take from the system's libraries: names that a stripped program still has,
 * since the loader goes by them. What else a snippet leaves undefined would have become part of its program, without a name.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SHN } from '../binary/elf/constants.ts';
import { openBinary } from '../binary/open.ts';
import { contentKey } from './hash.ts';
import type { Compiler } from './toolchain.ts';

/** What a compiler links to C++ without being asked, and the mathematics of C. */
const LIBRARIES = ['libc.so.6', 'libm.so.6', 'libstdc++.so.6'];

export interface RuntimeNames {
  has(name: string): boolean;
  /** The same for the same names. */
  readonly key: string;
}

const known = new Map<string, RuntimeNames>();

/** Of the libraries that a compiler links to; those that are not there have no names. */
export function runtimeNames(compiler: Compiler): RuntimeNames {
  let names = known.get(compiler.c);
  if (names === undefined) {
    const own = LIBRARIES.flatMap((library) => exportsOf(compiler, library));
    const key = contentKey(own.sort().join('\n'));
    const set = new Set(own);
    names = { key, has: (name) => set.has(name) };
    known.set(compiler.c, names);
  }
  return names;
}

function exportsOf(compiler: Compiler, library: string): string[] {
  const path = execFileSync(compiler.c, [`-print-file-name=${library}`], { encoding: 'utf8' }).trim();
  // A compiler gives back the bare name of what it does not find.
  if (path === library) return [];
  const { symbols } = openBinary(readFileSync(path));
  return symbols
    .filter(({ section, table }) => section !== SHN.UNDEF && table === 'dynsym')
    .map(({ name }) => name);
}
