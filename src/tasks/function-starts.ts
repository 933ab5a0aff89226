/**
 * How well the functions of a stripped program are found (the study's "function boundary" task, for the reader
 * and not for a network): every program that was built for a data set is stripped, and what is found in the
 * twin is compared with the symbols of the original. `starts-report.ts` adds it all up.
 *
 * Truth: the addresses of STT_FUNC symbols in executable sections. `.cold` and `.part` pieces of functions are
 * fragments, not functions: one found as a function is wrong where it is `.cold`, and neither right nor wrong
 * where it is `.part`, which is called like a function. The C runtime's own stubs are counted apart.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binary, FoundFunction } from '../binary/binary.ts';
import { findFunctions } from '../binary/functions.ts';
import { openBinary } from '../binary/open.ts';
import { sha256 } from '../corpus/hash.ts';
import type { BuiltProgram } from '../corpus/index.ts';
import { BinscribeError } from '../error.ts';

/** Counts of starts; of a group of programs, their sums. */
export interface StartCounts {
  programs: number;
  /** Functions found at their start. */
  found: number;
  /** Functions not found, or taken for fragments. */
  missed: number;
  /** Functions reported where there is none, or at a `.cold` fragment. */
  invented: number;
  /** `.cold` fragments, and how many were told as fragments. */
  cold: number;
  coldTold: number;
  /** The same of `.part` fragments. */
  part: number;
  partTold: number;
  /** Stubs of the C runtime, and how many were found. */
  runtime: number;
  runtimeFound: number;
}

/** What one program showed. */
export interface StartsOfProgram extends Omit<BuiltProgram, 'path'> {
  /** SHA-256 of the program before stripping. */
  sha256: string;
  counts: StartCounts;
  /** What went wrong, each with its reason. */
  differences: string[];
}

/** What the C compiler's start files bring into every program (crt1.o, crti.o, crtbeginS.o of glibc and GCC). */
export const RUNTIME: ReadonlySet<string> = new Set([
  '_start',
  '_init',
  '_fini',
  '_dl_relocate_static_pie',
  'deregister_tm_clones',
  'register_tm_clones',
  '__do_global_dtors_aux',
  'frame_dummy',
]);

const STT_FUNC = 2;

/** Name by address of every function symbol; of several at one address, one that is no fragment's. */
export function functionSymbols(binary: Binary): Map<number, string> {
  const names = new Map<number, string>();
  for (const { type, section, table, address, name } of binary.symbols) {
    if (type !== STT_FUNC || section === 0 || table !== 'symtab' || !binary.memory.isExecutable(address))
      continue;
    const known = names.get(address);
    if (known === undefined || fragmentKind(known)) names.set(address, name);
  }
  return names;
}

function fragmentKind(name: string): 'cold' | 'part' | null {
  const match = /\.(cold|part)(?:\.\d+)?$/.exec(name);
  return match ? (match[1] as 'cold' | 'part') : null;
}

/** Compares what was found in a stripped program with the symbols of its original. */
export function compareStarts(
  truth: ReadonlyMap<number, string>,
  functions: readonly FoundFunction[],
  differ: (what: string) => void,
): StartCounts {
  const counts = { ...NOTHING, programs: 1 };
  const found = new Map(functions.filter((f) => f.source !== 'plt').map((f) => [f.address, f]));
  for (const [address, name] of truth) {
    const start = found.get(address);
    const fragment = fragmentKind(name);
    if (RUNTIME.has(name)) {
      counts.runtime++;
      if (start) counts.runtimeFound++;
    } else if (fragment) {
      counts[fragment]++;
      if (start?.kind === 'fragment') counts[`${fragment}Told`]++;
      else if (start && fragment === 'cold') {
        counts.invented++;
        differ(`${name}: a fragment taken for a function`);
      }
    } else if (start && start.kind !== 'fragment') {
      counts.found++;
    } else {
      counts.missed++;
      differ(`${name}: ${start ? 'taken for a fragment' : 'not found'}`);
    }
  }
  for (const { address, kind, source } of found.values()) {
    if (truth.has(address) || kind === 'fragment') continue;
    counts.invented++;
    differ(`0x${address.toString(16)}: no symbol there, found by ${source}`);
  }
  return counts;
}

/** No program. */
export const NOTHING: Readonly<StartCounts> = {
  programs: 0,
  found: 0,
  missed: 0,
  invented: 0,
  cold: 0,
  coldTold: 0,
  part: 0,
  partTold: 0,
  runtime: 0,
  runtimeFound: 0,
};

/** What is left of a program before its functions are looked for. */
export type Stripping = 'symbols' | 'unwind tables too';

const STRIP_OPTIONS: Readonly<Record<Stripping, readonly string[]>> = {
  symbols: [],
  'unwind tables too': ['-R', '.eh_frame', '-R', '.eh_frame_hdr'],
};

/**
 * Measures built programs, one after another.
 * @throws BinscribeError `missing` without binutils' strip, or where there is no program.
 */
export function* measureFunctionStarts(
  programs: readonly BuiltProgram[],
  stripping: Stripping = 'symbols',
): Generator<StartsOfProgram> {
  if (programs.length === 0) {
    throw new BinscribeError('missing', 'no built programs: nothing to measure', {
      hint: 'Run `binscribe corpus build` first.',
    });
  }
  const directory = mkdtempSync(join(tmpdir(), 'binscribe-starts-'));
  try {
    for (const { path, ...program } of programs) {
      const original = readFileSync(path);
      const differences: string[] = [];
      const counts = compareStarts(
        functionSymbols(openBinary(original)),
        findFunctions(openBinary(stripped(path, directory, stripping))),
        (what) => differences.push(what),
      );
      yield { ...program, sha256: sha256(original), counts, differences };
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function stripped(path: string, directory: string, stripping: Stripping): Uint8Array {
  const output = join(directory, 'twin');
  try {
    execFileSync('strip', [...STRIP_OPTIONS[stripping], '-o', output, path], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (cause) {
    throw new BinscribeError('missing', `strip could not make a twin of ${path}`, {
      hint: 'It is part of the package binutils: apt-get install binutils',
      cause,
    });
  }
  return readFileSync(output);
}
