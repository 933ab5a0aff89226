import type { BuildSystem } from './build-system.ts';

/**
 * A `configure` script. Options that a package does not know cost a warning, so all get the same ones: no
 * message catalogues, no dependency files (nothing is ever built twice in one tree), no failing on warnings of a
 * compiler that the authors never saw.
 *
 * Manual pages and info files would be made again from the programs just built, by tools that a machine may
 * lack: automake's lists of them are emptied.
 */
export const autotools: BuildSystem = {
  name: 'autotools',
  recognises: (files) => files.has('configure'),
  configure:
    'chmod +x configure\n' +
    './configure CC=cc CXX=c++ CFLAGS= CXXFLAGS= --disable-nls --disable-dependency-tracking --disable-werror',
  build: 'make MANS= INFO_DEPS=',
};
