/** Packages of each build system, built at two levels by the tools themselves. */

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addSourcePackage, bubblewrapWorks, temporaryFolder } from '../../../test/support/packages.ts';
import { buildCorpus, listPrograms, openDataset } from '../index.ts';
import { recogniseBuildSystem } from './index.ts';

const MAIN = 'int twice(int x);\nint main(int argc, char **argv) { return twice(argc) + (argv != 0); }\n';
const TWICE = '/* Doubles X.  */\nint twice(int x) { return 2 * x; }\n';

const PACKAGES = {
  cmake: {
    'CMakeLists.txt':
      'cmake_minimum_required(VERSION 3.13)\nproject(tool C)\nset(CMAKE_C_FLAGS_RELEASE "-O3")\nadd_executable(tool src/main.c src/twice.c)\n',
  },
  meson: {
    'meson.build':
      "project('tool', 'c', default_options: ['optimization=3'])\nexecutable('tool', 'src/main.c', 'src/twice.c')\n",
  },
};

describe('recogniseBuildSystem', () => {
  it.each([
    [['configure', 'Makefile'], 'autotools'],
    [['CMakeLists.txt', 'Makefile'], 'cmake'],
    [['meson.build', 'Makefile'], 'meson'],
    [['Makefile', 'main.c'], 'make'],
  ])('takes %j for %s', (files, name) => {
    expect(recogniseBuildSystem(new Set(files)).name).toBe(name);
  });

  it('says which ones it knows', () => {
    expect(() => recogniseBuildSystem(new Set(['main.c']))).toThrow('autotools, cmake, meson, make');
  });
});

describe.skipIf(!bubblewrapWorks()).each(Object.entries(PACKAGES))('a package of %s', (name, files) => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([false, true])(
    'is built at the levels that were asked for, unprotected: %s',
    async (unsafeNoSandbox) => {
      const [workDir, out] = [
        join(folder, `work-${unsafeNoSandbox}`),
        join(folder, `set-${unsafeNoSandbox}`),
      ];
      addSourcePackage(workDir, name, { ...files, 'src/main.c': MAIN, 'src/twice.c': TWICE });
      const recipe = {
        name: 'one',
        train: [name],
        test: [],
        compilers: ['gcc-12'],
        levels: ['O0' as const, 'O2' as const],
      };
      const manifest = await buildCorpus(recipe, { out, workDir, unsafeNoSandbox });
      expect(manifest.failures).toEqual([]);
      expect(manifest.packages).toMatchObject([{ buildSystem: name }]);
      const producers = listPrograms(workDir).map(({ path }) =>
        [
          ...execFileSync('readelf', ['--debug-dump=info', path], { encoding: 'utf8' }).matchAll(
            /GNU C.*-(O[0-3s])/g,
          ),
        ].map((match) => match[1]),
      );
      expect(producers.map((levels) => levels.at(-1)).sort()).toEqual(['O0', 'O2']);
      for await (const row of openDataset(out).rows(['name', 'source_file', 'text'])) {
        if (row.name === 'twice')
          expect(row).toMatchObject({ source_file: 'src/twice.c', text: 'Doubles X.' });
      }
    },
  );
});
