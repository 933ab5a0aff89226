/**
 * How well the functions of a stripped program are found (the study's "function boundary" task, for the reader
 * and not for a network): every program that was built for a data set is stripped, and what is found in the
 * twin is compared with the symbols of the original.
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
  fragments: number;
  /** Fragments reported as fragments. */
  fragmentsFound: number;
  /** Stubs of the C runtime, and how many were found. */
  runtime: number;
  runtimeFound: number;
}

export interface StartGroup extends StartCounts {
  package: string;
  compiler: string;
  optimization: string;
  precision: number;
  recall: number;
}

export interface StartsReport {
  /** All programs together. */
  pooled: StartCounts & { precision: number; recall: number };
  groups: StartGroup[];
  /** The first of what went wrong, each with its reason, to look at. */
  differences: string[];
  /** Differences not listed. */
  unlisted: number;
}

/** What the C compiler's start files bring into every program (crt1.o, crti.o, crtbeginS.o of glibc and GCC). */
const RUNTIME = new Set([
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
/** Enough to see the patterns. */
const MAX_LISTED = 50;

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
      counts.fragments++;
      if (start?.kind === 'fragment') counts.fragmentsFound++;
      else if (start && fragment === 'cold') {
        counts.invented++;
        differ(`${name}: a cold fragment found as a function`);
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

const NOTHING: Readonly<StartCounts> = {
  programs: 0,
  found: 0,
  missed: 0,
  invented: 0,
  fragments: 0,
  fragmentsFound: 0,
  runtime: 0,
  runtimeFound: 0,
};

/**
 * Measures over built programs.
 * @throws BinscribeError `missing` without binutils' strip, or where there is no program.
 */
export function measureFunctionStarts(
  programs: readonly BuiltProgram[],
  progress?: (done: number, total: number) => void,
): StartsReport {
  if (programs.length === 0) {
    throw new BinscribeError('missing', 'no built programs: nothing to measure', {
      hint: 'Run `binscribe corpus build` first.',
    });
  }
  const groups = new Map<string, StartGroup>();
  const pooled = { ...NOTHING };
  const differences: string[] = [];
  let unlisted = 0;
  const directory = mkdtempSync(join(tmpdir(), 'binscribe-starts-'));
  try {
    for (const [done, program] of programs.entries()) {
      const { package: source, compiler, optimization } = program;
      const key = `${source} ${compiler} ${optimization}`;
      const group = groups.get(key) ?? {
        ...NOTHING,
        package: source,
        compiler,
        optimization,
        precision: 0,
        recall: 0,
      };
      groups.set(key, group);
      const counts = compareStarts(
        functionSymbols(openBinary(readFileSync(program.path))),
        findFunctions(openBinary(stripped(program.path, directory))),
        (what) => {
          if (differences.length < MAX_LISTED) differences.push(`${key} ${program.binary}: ${what}`);
          else unlisted++;
        },
      );
      for (const field of Object.keys(NOTHING) as (keyof StartCounts)[]) {
        group[field] += counts[field];
        pooled[field] += counts[field];
      }
      progress?.(done + 1, programs.length);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return {
    pooled: { ...pooled, ...rates(pooled) },
    groups: [...groups.values()].map((group) => ({ ...group, ...rates(group) })),
    differences,
    unlisted,
  };
}

function rates({ found, missed, invented }: StartCounts): { precision: number; recall: number } {
  return { precision: found / (found + invented), recall: found / (found + missed) };
}

function stripped(path: string, directory: string): Uint8Array {
  const output = join(directory, 'twin');
  try {
    execFileSync('strip', ['-o', output, path], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    throw new BinscribeError('missing', `strip could not make a twin of ${path}`, {
      hint: 'It is part of the package binutils: apt-get install binutils',
      cause,
    });
  }
  return readFileSync(output);
}

/** The report as a table for people. */
export function renderStarts({ pooled, groups, differences, unlisted }: StartsReport): string {
  const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;
  const row = (name: string, c: StartCounts & { precision: number; recall: number }): string =>
    `| ${name} | ${c.programs} | ${c.found + c.missed} | ${percent(c.precision)} | ${percent(c.recall)} | ${c.fragmentsFound} of ${c.fragments} | ${c.runtimeFound} of ${c.runtime} |`;
  return [
    '# Function starts of stripped programs',
    '',
    'Truth: function symbols before stripping. Fragments (`.cold`, `.part`) and the C runtime’s stubs apart.',
    '',
    '| build | programs | functions | precision | recall | fragments told | runtime stubs found |',
    '|---|--:|--:|--:|--:|--:|--:|',
    row('**all, pooled**', pooled),
    ...groups.map((g) => row(`${g.package} ${g.compiler} -${g.optimization}`, g)),
    '',
    differences.length === 0 ? 'No differences.' : `Differences${unlisted > 0 ? ` (${unlisted} more)` : ''}:`,
    '',
    ...differences.map((d) => `- ${d}`),
    '',
  ].join('\n');
}
