/**
 * `bench open`: our reader against what others use from Python. `tokens`: all functions of a stripped program as a
 * network reads them, against capstone. `dwarf`: the functions that debugging information describes, against
 * pyelftools. Each side runs once, in one process, from reading the file to a digest, and the digests must agree.
 */

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSubprograms } from '../src/binary/dwarf/index.ts';
import { findFunctions } from '../src/binary/functions.ts';
import { openBinary } from '../src/binary/open.ts';
import { disassemble } from '../src/binary/x86/disassemble.ts';
import { listPrograms } from '../src/corpus/index.ts';
import { type BenchResult, lastWords } from './common.ts';
import type { OnceSide } from './once.ts';
import { peersWith } from './peers.ts';

export interface TokensCase {
  path: string;
  /** Address, offset in the file and size of each function. */
  ranges: [address: number, offset: number, size: number][];
  /** Names of instructions whose operands are left out on both sides. */
  bare: string[];
  /** Our name of an instruction, by capstone's where it is another. */
  names: Record<string, string>;
}

/** Stripped programs of about 5 MB that a Debian machine has; the first that is there is taken. */
const PROGRAMS = ['/usr/bin/git', '/usr/bin/perl'];

/** String instructions, whose operands are implied, and no-operations, whose operands mean nothing. */
const STRING_OPERATIONS = ['movs', 'stos', 'lods', 'scas', 'cmps'].flatMap((name) =>
  ['b', 'w', 'd', 'q'].map((width) => name + width),
);
const BARE = ['nop', 'ud0', 'ud1', 'ud2', 'xlatb', ...STRING_OPERATIONS];
const NAMES = { movabs: 'mov' };

export interface Case {
  readonly name: string;
  /** Beside this module, in `bench/peers/`, and the module without which that cannot run. */
  readonly ours: string;
  readonly peer: string;
  readonly module: string;
  readonly unit: string;
  /** What both sides are told. */
  readonly describe: () => object;
}

const CASES: readonly Case[] = [
  {
    name: 'tokens',
    ours: 'ours-tokens.js',
    peer: 'capstone_tokens.py',
    module: 'capstone',
    unit: 'tokens',
    describe: describeTokens,
  },
  {
    name: 'dwarf',
    ours: 'ours-dwarf.js',
    peer: 'elftools_dwarf.py',
    module: 'elftools',
    unit: 'functions',
    describe: describeDwarf,
  },
];

/** DW_LANG_C89, C, C99 and C11. */
const LANGUAGES_OF_C = [0x01, 0x02, 0x0c, 0x1d];

/**
 * The largest program of C that gcc built at -O2 of those that `corpus build` has kept; all have DWARF 5. Of C++ the
 * names of types are a language of their own, which the peer does not have.
 */
function describeDwarf(): { path: string } {
  const programs = listPrograms(join('work', 'corpus'))
    .filter(({ compiler, optimization }) => compiler === 'gcc-12' && optimization === 'O2')
    .map(({ path }) => ({ path, size: statSync(path).size }))
    .sort((a, b) => b.size - a.size);
  const largest = programs.find(({ path }) =>
    readSubprograms(openBinary(readFileSync(path))).subprograms.every(({ language }) =>
      LANGUAGES_OF_C.includes(language ?? 0),
    ),
  );
  if (!largest)
    throw new Error('no built programs: run `binscribe corpus build corpora/binutils.json` first');
  return { path: largest.path };
}

function describeTokens(): TokensCase {
  const path = PROGRAMS.find((program) => existsSync(program));
  if (path === undefined) throw new Error(`none of these programs is here: ${PROGRAMS.join(', ')}`);
  const binary = openBinary(readFileSync(path));
  const ranges: TokensCase['ranges'] = [];
  for (const found of findFunctions(binary)) {
    // What one of the two cannot decode, capstone stops at.
    if (found.size === 0 || disassemble(binary, found).instructions.some(({ mnemonic }) => mnemonic === 0))
      continue;
    const segment = binary.segments.find(
      (s) => s.type === 1 && found.address >= s.address && found.address < s.address + s.fileSize,
    );
    if (segment) ranges.push([found.address, found.address - segment.address + segment.offset, found.size]);
  }
  return { path, ranges, bare: BARE, names: NAMES };
}

/** @param only names of the cases to run; none for all */
export function benchOpen(only: readonly string[], log: (line: string) => void): Promise<BenchResult[]> {
  const chosen = CASES.filter(({ name }) => only.length === 0 || only.includes(name));
  return Promise.resolve(chosen.map((one) => runCase(one, log)));
}

/** One run of each side, in turn. */
export function runCase(
  { name, ours, peer, module, unit, describe }: Case,
  log: (line: string) => void,
): BenchResult {
  const [python] = peersWith(module);
  const folder = mkdtempSync(join(tmpdir(), 'binscribe-bench-'));
  try {
    writeFileSync(join(folder, 'case.json'), JSON.stringify(describe()));
    const here = import.meta.dirname;
    const mine = lastWords(process.execPath, [join(here, ours), name, folder, '1']) as OnceSide;
    const script = join(here, '..', '..', 'bench', 'peers', peer);
    const theirs = lastWords(python.python, [script, name, folder, '1']) as OnceSide;
    log(`${name}: ours ${mine.milliseconds.toFixed(0)} ms, ${module} ${theirs.milliseconds.toFixed(0)} ms`);
    if (mine.digest !== theirs.digest) {
      throw new Error(
        `${name}: ours ${mine.digest} of ${mine.count} ${unit}, ${module} ${theirs.digest} of ${theirs.count}`,
      );
    }
    const rate = ({ count, milliseconds }: OnceSide): number => Math.round((count / milliseconds) * 1000);
    return {
      name,
      ratio: theirs.milliseconds / mine.milliseconds,
      ours: mine.milliseconds,
      peer: theirs.milliseconds,
      peerName: module,
      rates: { unit: `${unit}/s`, ours: rate(mine), peer: rate(theirs) },
      memoryRatio: mine.peakMemory / theirs.peakMemory,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
