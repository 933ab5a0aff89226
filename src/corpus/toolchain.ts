/** The compilers that packages are built by, and the drivers that stand in for them inside a build. */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinscribeError } from '../error.ts';
import { keepingDriver, type Keeping } from './keeping-driver.ts';

export const LEVELS = ['O0', 'O1', 'O2', 'O3', 'Os'] as const;
export type Level = (typeof LEVELS)[number];

export interface Compiler {
  /** As Debian names it: `gcc-12`, `clang-19`. It is the label in the data set. */
  name: string;
  c: string;
  cxx: string;
  /** First line of `--version`: two machines with the same one make the same code. */
  version: string;
}

/** `-g` and the level are all that a build gets from us; whatever else it has is the package's own choice. */
export function flagsFor(level: Level): string[] {
  return ['-g', `-${level}`];
}

/**
 * What a project's build gets besides: it has met few compilers, and its Makefile may take each warning for an error. No
 * code depends on it.
 */
export const PROJECT_FLAGS: readonly string[] = ['-Wno-error'];

/** @throws BinscribeError of kind `usage` for a name that is none, of kind `missing` where it is not installed. */
export function findCompiler(name: string): Compiler {
  const match = /^(gcc|clang)-(\d+)$/.exec(name);
  if (!match) {
    throw new BinscribeError(
      'usage',
      `no compiler "${name}": expected gcc-N or clang-N as Debian names them`,
    );
  }
  const cxx = `${match[1] === 'gcc' ? 'g++' : 'clang++'}-${match[2]}`;
  const probe = spawnSync(name, ['--version'], { encoding: 'utf8' });
  if (probe.status !== 0) {
    throw new BinscribeError('missing', `the compiler ${name} is not installed`, {
      hint: `apt install ${name}`,
    });
  }
  return { name, c: name, cxx, version: probe.stdout.split('\n', 1)[0] };
}

/** The names by which build scripts call a compiler. */
const C_NAMES = ['cc', 'gcc', 'clang', 'c99', 'x86_64-linux-gnu-gcc'];
const CXX_NAMES = ['c++', 'g++', 'clang++', 'x86_64-linux-gnu-g++'];

export interface DriverSettings {
  /** Flags that every call gets besides `-g` and the level. */
  extra?: readonly string[];
  /** What is kept of each compilation beyond what the build makes of it. */
  keep?: Keeping;
}

/**
 * Writes drivers under every name that a build may call a compiler by. Each appends our flags after the
 * build's own, where the last `-O` wins: so the level is true even in a package that writes -O2 into its
 * Makefile, and the tree that was configured once serves every level.
 */
export function writeDrivers(
  folder: string,
  compiler: Compiler,
  level: Level,
  { extra = [], keep }: DriverSettings = {},
): void {
  mkdirSync(folder, { recursive: true });
  const flags = [...extra, ...flagsFor(level)].join(' ');
  for (const [names, program] of [
    [C_NAMES, compiler.c],
    [CXX_NAMES, compiler.cxx],
  ] as const) {
    const path = `/usr/bin/${program}`;
    const script = keep ? keepingDriver(path, flags, keep) : `#!/bin/sh\nexec ${path} "$@" ${flags}\n`;
    for (const name of names) {
      writeFileSync(join(folder, name), script);
      chmodSync(join(folder, name), 0o755);
    }
  }
}
