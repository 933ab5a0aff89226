import { BinscribeError } from '../../error.ts';
import { autotools } from './autotools.ts';
import type { BuildSystem } from './build-system.ts';
import { plainMake } from './plain-make.ts';

/** In order of preference: a tree with a `configure` often has a maintainer's Makefile too. */
const BUILD_SYSTEMS: readonly BuildSystem[] = [autotools, plainMake];

/** @throws BinscribeError of kind `unsupported` where none fits. */
export function recogniseBuildSystem(files: ReadonlySet<string>): BuildSystem {
  const found = BUILD_SYSTEMS.find((system) => system.recognises(files));
  if (found) return found;
  const known = BUILD_SYSTEMS.map((system) => system.name).join(', ');
  throw new BinscribeError('unsupported', `no build system recognised (known: ${known})`);
}

export type { BuildSystem } from './build-system.ts';
