/** The unit of work: one package, built by one compiler at one level; and what it is known by. */

import { contentKey } from './hash.ts';
import type { Sandbox } from './sandbox.ts';
import type { SourcePackage } from './sources.ts';
import { flagsFor, type Compiler, type Level } from './toolchain.ts';

/** Goes into every key: raise it when the way of building changes, and all units are built again. */
const BUILD_VERSION = 1;

export interface Unit {
  source: SourcePackage;
  compiler: Compiler;
  level: Level;
}

function keyOf(value: unknown): string {
  return contentKey(JSON.stringify(value));
}

/** Key of the configured source tree that the levels of one compiler share. */
export function treeKey(unit: Omit<Unit, 'level'>, sandbox: Sandbox): string {
  const { source, compiler } = unit;
  return keyOf([BUILD_VERSION, source.name, source.version, source.files, compiler, sandbox.isolated]);
}

/** Key of the unit's result. */
export function unitKey(unit: Unit, sandbox: Sandbox): string {
  return keyOf([treeKey(unit, sandbox), flagsFor(unit.level)]);
}
