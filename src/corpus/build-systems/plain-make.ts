import type { BuildSystem } from './build-system.ts';

/** A hand-written Makefile. `CC = gcc` inside it reaches our driver through PATH as well. */
export const plainMake: BuildSystem = {
  name: 'make',
  recognises: (files) => ['GNUmakefile', 'makefile', 'Makefile'].some((name) => files.has(name)),
  configure: ':',
  build: 'make CC=cc CXX=c++',
};
