/** The varied fixture in the builds that the reader is compared on. */

import { readFileSync } from 'node:fs';
import { compile } from './compile.ts';

const source = readFileSync(new URL('../fixtures/varied.c', import.meta.url), 'utf8');

export interface Build {
  compiler: string;
  level: string;
  kind: 'executable' | 'object';
  path: string;
}

/** gcc-12 and clang-19, -O0 to -O3, linked and not. */
export function variedBuilds(extra: string[] = ['-g']): Build[] {
  return ['gcc-12', 'clang-19'].flatMap((compiler) =>
    ['O0', 'O1', 'O2', 'O3'].flatMap((level) =>
      (['executable', 'object'] as const).map((kind) => ({
        compiler,
        level,
        kind,
        path: varied(compiler, [`-${level}`, ...extra, ...(kind === 'object' ? ['-c'] : [])]),
      })),
    ),
  );
}

export function varied(compiler: string, flags: string[]): string {
  return compile(source, { compiler, flags });
}
