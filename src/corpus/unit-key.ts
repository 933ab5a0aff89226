/** The unit of work: one package, built by one compiler at one level; and what it is known by. */

import { contentKey } from './hash.ts';
import type { Sandbox } from './sandbox.ts';
import type { SourcePackage } from './sources.ts';
import { flagsFor, PROJECT_FLAGS, type Compiler, type Level } from './toolchain.ts';

/** Goes into every key: raise it when the way of building changes, and all units are built again. */
const BUILD_VERSION = 1;

/** The same for units of which more is kept than their programs. */
const KEEPING_VERSION = 1;

export interface Unit {
  source: SourcePackage;
  compiler: Compiler;
  level: Level;
  /** Whether LLVM IR is kept: only clang makes it. */
  ir: boolean;
  /** Whether rows have a draft of their source: that changes what is extracted, not what is built. */
  lifted: boolean;
}

/** What each of its compilations gets after the build's own flags. */
export function unitFlags({ source, level }: Pick<Unit, 'source' | 'level'>): string[] {
  return [...(source.project ? PROJECT_FLAGS : []), ...flagsFor(level)];
}

function keyOf(value: unknown): string {
  return contentKey(JSON.stringify(value));
}

/** Key of the configured source tree that the levels of one compiler share. */
export function treeKey({ source, compiler }: Pick<Unit, 'source' | 'compiler'>, sandbox: Sandbox): string {
  const { name, version, files, project } = source;
  const parts = [BUILD_VERSION, name, version, files, compiler, sandbox.isolated];
  return keyOf(project ? [...parts, KEEPING_VERSION, project.build] : parts);
}

/** Key of the unit's result. */
export function unitKey(unit: Unit, sandbox: Sandbox): string {
  const parts = [treeKey(unit, sandbox), unitFlags(unit)];
  return keyOf(unit.ir ? [...parts, KEEPING_VERSION, 'ir'] : parts);
}
