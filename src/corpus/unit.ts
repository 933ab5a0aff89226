/**
 * Builds units. A unit is idempotent and its result is addressed by all that decides it, so it can be done by
 * any worker, twice, or by another machine; a result is made beside its place and renamed into it, so it is
 * there whole or not at all.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BinscribeError } from '../error.ts';
import type { BuildSystem } from './build-systems/index.ts';
import { Desk, type BuildContext } from './desk.ts';
import { findPrograms } from './programs.ts';
import { flagsFor, type Level } from './toolchain.ts';
import { unitKey, type Unit } from './unit-key.ts';
import type { Workplace } from './workplace.ts';

export interface UnitProgram {
  /** Path inside the build. */
  path: string;
  sha256: string;
  size: number;
}

/** `unit.json` in the folder of a unit that was built. */
export interface UnitResult {
  package: string;
  version: string;
  compiler: string;
  compilerVersion: string;
  optimization: Level;
  flags: string[];
  buildSystem: string;
  sandboxed: boolean;
  programs: UnitProgram[];
}

/** The result of a unit that was built before. */
export function readUnit(place: Workplace, key: string): UnitResult | undefined {
  const path = join(place.unit(key), 'unit.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as UnitResult) : undefined;
}

/**
 * Builds one unit and returns its result; one that exists is returned as it is.
 *
 * @throws BinscribeError where the package does not build (the last words of its build are in the log), and of
 *   kind `interrupted`.
 */
export async function buildUnit(unit: Unit, context: BuildContext): Promise<UnitResult> {
  const { place, sandbox } = context;
  const key = unitKey(unit, sandbox);
  const known = readUnit(place, key);
  if (known) return known;
  const desk = new Desk(unit, context);
  try {
    const system = await desk.unpackTree();
    desk.useLevel(unit.level);
    await desk.step('build', system.build);
    return keepUnit(unit, system, desk.tree, context, key);
  } finally {
    desk.clear();
  }
}

function keepUnit(
  unit: Unit,
  system: BuildSystem,
  tree: string,
  { place, sandbox }: BuildContext,
  key: string,
): UnitResult {
  const partial = place.partial(key);
  const programs: UnitProgram[] = [];
  try {
    for (const program of findPrograms(tree)) {
      const path = join(partial, 'programs', program.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, program.content);
      programs.push({ path: program.path, sha256: program.sha256, size: program.content.length });
    }
    if (programs.length === 0) throw new BinscribeError('unsupported', 'the build links no program');
    const result: UnitResult = {
      package: unit.source.name,
      version: unit.source.version,
      compiler: unit.compiler.name,
      compilerVersion: unit.compiler.version,
      optimization: unit.level,
      flags: flagsFor(unit.level),
      buildSystem: system.name,
      sandboxed: sandbox.isolated,
      programs,
    };
    writeFileSync(join(partial, 'unit.json'), JSON.stringify(result, null, 1));
    place.settle(partial, place.unit(key));
    return result;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
