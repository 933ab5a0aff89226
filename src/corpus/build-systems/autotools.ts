import type { BuildSystem } from './build-system.ts';

/**
 * Makes `configure` and the Makefile templates again where Debian's patches have changed what they are made
 * from, or where the package has none; else its authors' are used, which wants no autoconf on the machine. So they are
 * where the package insists on another autoconf than the machine's, as binutils does. A package's own autogen.sh, which
 * may want more of the machine, is the last resort: libuv's writes files that autoconf then reads.
 */
const REGENERATE = `
if [ ! -f configure ] || grep -rqE '^[+]{3} .*(configure[.]ac|configure[.]in|Makefile[.]am)' debian/patches 2>/dev/null
then autoreconf --force --install || test -f configure || NOCONFIGURE=1 sh ./autogen.sh
fi`;

/**
 * GNU's build system. Options that a package does not know cost a warning, so all get the same ones: no message
 * catalogues, no dependency files (nothing is ever built twice in one tree), no failing on warnings of a
 * compiler that the authors never saw. A script that somebody wrote by hand, as zlib's, refuses what it does not know.
 *
 * Manual pages and info files would be made again from the programs just built, by tools that a machine may
 * lack: automake's lists of them are emptied, and makeinfo, which binutils calls by rules of its own, does nothing.
 */
export const autotools: BuildSystem = {
  name: 'autotools',
  recognises: (files) => ['configure', 'configure.ac', 'configure.in'].some((name) => files.has(name)),
  configure: `${REGENERATE}
chmod +x configure
if grep -qi 'generated .*autoconf' configure
then ./configure CC=cc CXX=c++ CFLAGS= CXXFLAGS= --disable-nls --disable-dependency-tracking --disable-werror
else CC=cc CXX=c++ ./configure
fi`,
  build: 'make -k MANS= INFO_DEPS= MAKEINFO=true',
};
