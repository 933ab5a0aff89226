import type { BuildSystem } from './build-system.ts';

/**
 * A hand-written Makefile. `CC = gcc` inside it reaches our driver through PATH as well. One that asks questions, as net-tools'
 * does, gets each one's default.
 */
export const plainMake: BuildSystem = {
  name: 'make',
  recognises: (files) => ['GNUmakefile', 'makefile', 'Makefile'].some((name) => files.has(name)),
  configure: ':',
  build: "yes '' | make -k CC=cc CXX=c++",
};
