import type { BuildSystem } from './build-system.ts';

/** Where CMake and Meson build: a name that no package has for a folder of its own. */
export const BUILD_FOLDER = 'binscribe-build';

/**
 * No build type: its flags would come after nothing of ours, but `NDEBUG` changes what is compiled. No packages from
 * the network, no tests, which need programs of their own.
 */
const CONFIGURE = `cmake -S . -B ${BUILD_FOLDER} -G 'Unix Makefiles' -DCMAKE_BUILD_TYPE= -DBUILD_TESTING=OFF -DFETCHCONTENT_FULLY_DISCONNECTED=ON -DCMAKE_C_COMPILER=cc -DCMAKE_CXX_COMPILER=c++`;

/** CMake's builds are bound to the path that they were configured in: without a sandbox each level has another. */
export const cmake: BuildSystem = {
  name: 'cmake',
  recognises: (files) => files.has('CMakeLists.txt'),
  configure: CONFIGURE,
  build: `
if ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" ${BUILD_FOLDER}/CMakeCache.txt
then rm -rf ${BUILD_FOLDER}; ${CONFIGURE}
fi
make -C ${BUILD_FOLDER}`,
};
