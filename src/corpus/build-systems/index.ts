import { BinscribeError } from '../../error.ts';
import { autotools } from './autotools.ts';
import type { BuildSystem } from './build-system.ts';
import { cmake } from './cmake.ts';
import { meson } from './meson.ts';
import { plainMake } from './plain-make.ts';

/**
 * In order of preference: a tree with a `configure` often has a maintainer's Makefile too, and one with several of
 * them has had the first for longest.
 */
const BUILD_SYSTEMS: readonly BuildSystem[] = [autotools, cmake, meson, plainMake];

/** @throws BinscribeError of kind `unsupported` where none fits. */
export function recogniseBuildSystem(files: ReadonlySet<string>): BuildSystem {
  const found = BUILD_SYSTEMS.find((system) => system.recognises(files));
  if (found) return found;
  const known = BUILD_SYSTEMS.map((system) => system.name).join(', ');
  throw new BinscribeError('unsupported', `no build system recognised (known: ${known})`);
}

export type { BuildSystem } from './build-system.ts';
