/**
 * Programs whose functions are of four subjects, each with a comment that says which: what a model of meaning can learn
 * in seconds. A package's functions differ from another's in their numbers.
 */

import type { FunctionRow } from '../../src/corpus/row.ts';
import { compile } from './compile.ts';
import { writeDataset } from './dataset.ts';
import { labelledBuild } from './labelled.ts';

export const SUBJECTS = ['checksum', 'memory', 'polynomial', 'search'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Source and comment of a function by a number that makes it its own. */
const WRITERS: Readonly<Record<Subject, (name: string, k: number) => [source: string, comment: string]>> = {
  checksum: (name, k) => [
    `unsigned ${name}(const unsigned char *p, unsigned long n) {
  unsigned v = ${k * 7919};
  for (unsigned long i = 0; i < n; i++) v = (v * ${2 * k + 31} ^ p[i]) + (v >> ${(k % 7) + 3});
  return v;
}`,
    `Update the checksum of variant ${k} with the bytes of the buffer.`,
  ],
  memory: (name, k) => [
    `void *${name}(unsigned long n) {
  char *p = malloc(n * ${8 * k} + ${k});
  if (!p) { puts("out of memory ${name}"); abort(); }
  for (int i = 0; i < ${k + 3}; i++) p[i] = 0;
  return p;
}`,
    `Allocate memory for ${k} elements, and die if there is none.`,
  ],
  polynomial: (name, k) => [
    `double ${name}(double x, double y) {
  double r = x * ${k}.5 + y;
  for (int i = 0; i < ${k + 2}; i++) r = r * x - y / (r + ${k}.25);
  return r;
}`,
    `Evaluate the polynomial of degree ${k} at a point.`,
  ],
  search: (name, k) => [
    `struct node *${name}(struct node *n, int key) {
  while (n && n->key[${k % 5}] != key + ${k}) n = n->next[${k % 3}];
  return n;
}`,
    `Search the list ${k} for the entry with this key.`,
  ],
};

const HEAD = `#include <stdio.h>
#include <stdlib.h>
struct node { struct node *next[3]; int key[5]; };
`;

/** Packages, with the number that their functions begin with. */
const PACKAGES: Readonly<Record<string, number>> = { alpha: 1, beta: 101, gamma: 201 };
/** Functions of a package of each subject. */
const EACH = 12;

interface Written {
  readonly name: string;
  readonly subject: Subject;
  readonly source: string;
  readonly comment: string;
}

/** What is in a package; subjects take turns, since functions are judged in batches as they come. */
export function functionsOf(name: string): Written[] {
  return Array.from({ length: EACH }, (_, i) =>
    SUBJECTS.map((subject) => {
      const own = `${subject}_${PACKAGES[name] + i}`;
      const [source, comment] = WRITERS[subject](own, PACKAGES[name] + i);
      return { name: own, subject, source, comment };
    }),
  ).flat();
}

function sourceOf(name: string): string {
  return `${HEAD}${functionsOf(name)
    .map(({ source }) => source)
    .join('\n')}\nint main(int argc, char **argv) { return argc > 3 ? argv[1][0] : 0; }`;
}

/** Start-up code is of no subject, and names imports as one subject alone does. */
const BARE = ['-nostartfiles', '-Wl,-e,main'];

/** A program with all functions of a package. @returns its path */
export function subjectProgram(name: string, flags: readonly string[] = ['-O1', ...BARE]): string {
  return compile(sourceOf(name), { compiler: 'gcc-12', flags: [...flags] });
}

/** A data set of them: alpha and beta to learn from, gamma to judge. @param folder to be made */
export function writeSubjects(folder: string): void {
  const written = new Map(
    Object.keys(PACKAGES).flatMap((name) => functionsOf(name).map((one) => [one.name, one])),
  );
  writeDataset(
    folder,
    (row): FunctionRow => {
      const { source, comment } = written.get(row.name)!;
      return {
        ...row,
        source,
        // `memory_3` as if of `src/memory.c`.
        source_file: `src/${row.name.split('_')[0]}.c`,
        text: comment,
        text_kind: 'comment',
        normalized_leak: false,
      };
    },
    (name) =>
      ['O1', 'O2'].map((level) =>
        labelledBuild(
          name,
          sourceOf(name),
          { compiler: 'gcc-12', optimization: level, flags: BARE },
          (symbol) => (written.has(symbol) ? 2 : null),
        ),
      ),
  );
}
