/** The programs that a corpus was made from, for tools that want the files themselves. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from './text.ts';
import type { Level } from './toolchain.ts';
import { readUnit } from './unit.ts';
import { Workplace } from './workplace.ts';

export interface BuiltProgram {
  package: string;
  version: string;
  compiler: string;
  /** What the compiler calls itself. */
  compilerVersion: string;
  optimization: Level;
  /** Path inside the build. */
  binary: string;
  /** Where the file is, with its symbols and debug information. */
  path: string;
}

/** All programs in a working folder of `buildCorpus`, by package, compiler, level and path. */
export function listPrograms(workDir: string): BuiltProgram[] {
  const place = new Workplace(workDir);
  const keys = existsSync(place.units) ? readdirSync(place.units) : [];
  const programs = keys.flatMap((key) => {
    const unit = readUnit(place, key);
    if (!unit) return [];
    return unit.programs.map((program) => ({
      package: unit.package,
      version: unit.version,
      compiler: unit.compiler,
      compilerVersion: unit.compilerVersion,
      optimization: unit.optimization,
      binary: program.path,
      path: join(place.unit(key), 'programs', program.path),
    }));
  });
  const order = (p: BuiltProgram) => [p.package, p.compiler, p.optimization, p.binary].join('\0');
  return programs.sort((a, b) => compareText(order(a), order(b)));
}
