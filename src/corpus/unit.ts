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
import { keepKept, type KeptCounts } from './kept.ts';
import { findPrograms, readLinked } from './programs.ts';
import type { Level } from './toolchain.ts';
import { unitFlags, unitKey, type Unit } from './unit-key.ts';
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
  /** What went wrong in a build that made programs all the same. */
  incomplete?: string;
  /** Of a unit of which more is kept than its programs. */
  kept?: KeptCounts;
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
    desk.useUnit();
    const trouble = await desk.build(system);
    return await keepUnit(unit, system, trouble, desk, context, key);
  } finally {
    desk.clear();
  }
}

async function keepUnit(
  unit: Unit,
  system: BuildSystem,
  trouble: BinscribeError | undefined,
  desk: Desk,
  { place, sandbox }: BuildContext,
  key: string,
): Promise<UnitResult> {
  const partial = place.partial(key);
  const programs: UnitProgram[] = [];
  const found: { path: string; actual: string }[] = [];
  try {
    for (const { path, actual, sha256, content } of findPrograms(desk.tree)) {
      writeInto(partial, `programs/${path}`, content);
      programs.push({ path, sha256, size: content.length });
      found.push({ path, actual });
    }
    if (programs.length === 0) {
      throw trouble ?? new BinscribeError('unsupported', 'the build links no program');
    }
    const isProject = unit.source.project !== undefined;
    const kept = isProject || unit.ir ? keepKept(desk.kept, partial) : undefined;
    if (isProject) {
      for (const [i, twin] of (await desk.strip(found.map(({ actual }) => actual))).entries()) {
        const content = existsSync(twin) ? readLinked(twin) : undefined;
        if (content) writeInto(partial, `stripped/${found[i].path}`, content);
      }
    }
    const result: UnitResult = {
      package: unit.source.name,
      version: unit.source.version,
      compiler: unit.compiler.name,
      compilerVersion: unit.compiler.version,
      optimization: unit.level,
      flags: unitFlags(unit),
      buildSystem: system.name,
      sandboxed: sandbox.isolated,
      programs,
      ...(trouble && { incomplete: trouble.message }),
      ...(kept && { kept }),
    };
    writeInto(partial, 'unit.json', JSON.stringify(result, null, 1));
    place.settle(partial, place.unit(key));
    return result;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function writeInto(folder: string, path: string, content: Uint8Array | string): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}
