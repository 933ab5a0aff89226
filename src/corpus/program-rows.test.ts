import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compile } from '../../test/support/compile.ts';
import { programRows } from './program-rows.ts';

const CASES = [3, 17, 5, 11, 2, 29, 7];
const SOURCE = `
int choose(int n, int x) {
  switch (n) {
${CASES.map((by, i) => `  case ${i}: return x * ${by} + ${i * by};`).join('\n')}
  }
  return -1;
}
int main(int argc, char **argv) { return choose(argc, 7); }
`;

it.each(['gcc-12', 'clang-19'])(
  'a switch of %s has edges to its cases: rows had none through jump tables',
  (compiler) => {
    const path = compile(SOURCE, { compiler, flags: ['-g', '-O0'] });
    const labels = { package: 'p', version: '1', compiler, optimization: 'O0', binary: 'p' } as const;
    const { rows } = programRows(labels, readFileSync(path), { sourcePath: (file) => file });
    const { assembly, blocks, edges } = rows.find(({ name }) => name === 'choose')!;
    const reached = new Set([0]);
    for (const from of reached) for (const edge of edges) if (edge.from === from) reached.add(edge.to);
    const ways = blocks.map((_, block) => edges.filter(({ from }) => from === block).length);
    expect(Math.max(...ways)).toBeGreaterThanOrEqual(CASES.length);
    expect(reached.size).toBeGreaterThan(CASES.length);
    // A label is the number of a block.
    for (const [, label] of assembly.matchAll(/^\.(\d+):$/gm)) expect(reached).toContain(Number(label));
    expect(assembly.match(/^\.\d+:$/gm)!.length).toBeGreaterThanOrEqual(CASES.length);
  },
);
