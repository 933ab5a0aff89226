import { BUILD_FOLDER } from './cmake.ts';
import type { BuildSystem } from './build-system.ts';

/**
 * Plain: flags are ours alone. Nothing is downloaded for what is missing; optional parts are built where the machine
 * has what they need. Configured at each level, since Meson keeps the paths and the answers of compilers.
 */
export const meson: BuildSystem = {
  name: 'meson',
  recognises: (files) => files.has('meson.build'),
  configure: ':',
  build: `meson setup ${BUILD_FOLDER} --buildtype=plain --wrap-mode=nodownload -Db_ndebug=false -Dwerror=false
ninja -C ${BUILD_FOLDER}`,
};
