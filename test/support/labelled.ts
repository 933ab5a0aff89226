/** Small labelled programs, compiled on the spot, as training and judging see them. */

import { readFileSync } from 'node:fs';
import { findFunctions } from '../../src/binary/functions.ts';
import { openBinary } from '../../src/binary/open.ts';
import { disassembleRange } from '../../src/binary/x86/disassemble.ts';
import type { LabelledProgram } from '../../src/tasks/labelled.ts';
import { normalizedAssembly } from '../../src/tokens/assembly.ts';
import { visibleNames } from '../../src/tokens/visible-names.ts';
import { exactHash, normalizedHash } from '../../src/tokens/normalize.ts';
import { compile } from './compile.ts';

/** Functions that several "packages" of the tests share, as real ones share gnulib. */
export const SHARED = `
#include <stdlib.h>
#include <string.h>
__attribute__((noinline)) void *xalloc(unsigned long n) { void *p = malloc(n); if (!p && n) abort(); return p; }
__attribute__((noinline)) char *xcopy(const char *s) { unsigned long n = strlen(s) + 1; return memcpy(xalloc(n), s, n); }
__attribute__((noinline)) unsigned hash(const char *s, unsigned m) {
  unsigned v = 0;
  for (; *s; s++) v = (v * 31 + (unsigned char)*s) ^ (v >> 9);
  return m ? v % m : v;
}
__attribute__((noinline)) int compare(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a - *b;
}
`;

export const PACKAGES: Record<string, string> = {
  alpha: `${SHARED}
int main(int argc, char **argv) {
  char *s = xcopy(argv[argc > 1]);
  return hash(s, 17) + compare(s, argv[0]);
}`,
  beta: `${SHARED}
__attribute__((noinline)) long total(const long *v, int n, long start) {
  for (int i = 0; i < n; i++) if (v[i] > start) start += v[i] * 3; else start -= v[i];
  return start;
}
int main(int argc, char **argv) {
  long v[4] = {argc, argc * 2, hash(xcopy(argv[0]), 5), compare(argv[0], "x")};
  return total(v, 4, argc);
}`,
  gamma: `${SHARED}
__attribute__((noinline)) int rare(int a, const char *s) {
  int n = 0;
  while (s[n] && n * n < a) n += (s[n] == 'x') + 1;
  return n ^ a;
}
int main(int argc, char **argv) { return rare(argc, xcopy(argv[0])) + hash(argv[0], 3); }`,
};

const LEVELS = ['O0', 'O1', 'O2', 'O3'];
const COMPILERS = ['gcc-12', 'clang-19'];

/** Every package by both compilers at four levels. Numbers of arguments are those of the sources above. */
export function* labelledPackages(names: readonly string[]): Generator<LabelledBuild> {
  const counts: Record<string, number> = {
    xalloc: 1,
    xcopy: 1,
    hash: 2,
    compare: 2,
    total: 3,
    rare: 2,
    main: 2,
  };
  for (const name of names) {
    for (const compiler of COMPILERS) {
      for (const optimization of LEVELS) {
        const build = { compiler, optimization };
        yield labelledBuild(name, PACKAGES[name], build, (symbol) => counts[symbol] ?? null);
      }
    }
  }
}

/** A program with what its rows say besides. */
export interface LabelledBuild extends LabelledProgram {
  /** Normalised assembly of each function. */
  readonly assemblies: readonly string[];
}

/**
 * One program of a package.
 * @param argumentsOf how many a function has; null for one that is left out
 */
export function labelledBuild(
  name: string,
  source: string,
  {
    compiler,
    optimization,
    flags = [],
  }: { compiler: string; optimization: string; flags?: readonly string[] },
  argumentsOf: (symbol: string) => number | null,
): LabelledBuild {
  const binary = openBinary(
    readFileSync(compile(source, { compiler, flags: [`-${optimization}`, ...flags] })),
  );
  const functions = findFunctions(binary).flatMap((found) => {
    const count = found.symbol === null ? null : argumentsOf(found.symbol);
    return count === null ? [] : [{ ...found, name: found.symbol!, count }];
  });
  const visible = visibleNames(binary);
  const inputs = functions.map(({ address, size }) => {
    const code = binary.memory.slice(address, size);
    return { address, size, code, body: disassembleRange(code, address) };
  });
  return {
    package: name,
    version: '1.0',
    compiler,
    optimization,
    binary: name,
    functions: inputs,
    assemblies: inputs.map(({ code, address }) =>
      normalizedAssembly(disassembleRange(code, address, { memory: binary.memory }), visible),
    ),
    labels: inputs.map(({ code, body }, i) => ({
      name: functions[i].name,
      arguments: functions[i].count,
      types: [],
      sourceFile: `${name}.c`,
      comment: null,
      exactHash: exactHash(code),
      normalizedHash: normalizedHash(body),
      duplicate: false,
      leak: false,
    })),
  };
}

/** A list as what `for await` takes. */
export async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield item;
}
