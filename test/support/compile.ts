/** Fixtures are built from source by the compilers of the machine; nothing compiled is kept in the repository. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(tmpdir(), 'binscribe-fixtures');

export interface CompileOptions {
  /** `gcc-12`, `clang-19`, … as Debian names them. */
  compiler: string;
  /** Everything but input and output. */
  flags: string[];
  /** Suffix of the source file; decides the language. */
  suffix?: '.c' | '.cc' | '.s' | '.S';
}

/** Compiles `source` and returns the path of the result. The same call twice compiles once. */
export function compile(source: string, options: CompileOptions): string {
  const suffix = options.suffix ?? '.c';
  const key = createHash('sha256').update(JSON.stringify([source, options.compiler, options.flags, suffix]));
  const output = join(CACHE, key.digest('hex').slice(0, 24));
  if (existsSync(output)) return output;
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(join(CACHE, 'build-'));
  try {
    writeFileSync(join(directory, `fixture${suffix}`), source);
    execFileSync(options.compiler, [...options.flags, '-o', 'out', `fixture${suffix}`], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    renameSync(join(directory, 'out'), output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return output;
}

/** Runs a tool of the machine (readelf, objdump, strip …) and returns what it prints. */
export function tool(name: string, ...args: string[]): string {
  return execFileSync(name, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
